"""One page of a service is asked; a count that went down, or is not told, has not grown."""

import pytest

from acted_service import acted_service
from example_evidence import down
from ops.service import Service
from ops.service_seen import ServiceSeen
from ops.service_statistics import growth, statistics
from ops_statistics import telling


async def test_statistics_are_asked_and_nothing_else() -> None:
    async with acted_service(statistics={"database_reads": 3}) as acted:
        seen = await statistics(Service(acted.url))

    assert acted.asked == ["GET /api/v2/cache/stats"]
    assert seen.number("database_reads") == 3
    assert seen.livez.status is seen.readyz.status is seen.metrics.status is None


@pytest.mark.parametrize(
    ("before", "after", "grown"),
    [
        (telling({"hits": 5}), telling({"hits": 7}), 2),
        (telling({"hits": 5}), telling({"hits": 5}), 0),
        (telling({"hits": 5}), telling({"hits": 4}), None),
        (telling({"hits": 5}), telling({}), None),
        (telling({}), telling({"hits": 5}), None),
        (telling({"hits": 5}), down(), None),
    ],
)
def test_growth_is_known_of_a_count_that_was_told_twice(
    before: ServiceSeen, after: ServiceSeen, grown: float | None
) -> None:
    assert growth(before, after, "hits") == grown

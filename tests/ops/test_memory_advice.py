"""Advice on memory: the guide's formula beside what Tally keeps, and the limit to set."""

import pytest

from ops.measured import Census, Measured, Number
from ops.memory_advice import advise_memory


def jobs(count: int, *, maxmemory: tuple[int, ...] | None = (256_000_000,)) -> Measured:
    return Measured(
        census=Census(active=100, finished=count - 100),
        interval=Number(value=3.0),
        entry_bytes=Number(value=2000.0, samples=500),
        ttl_seconds=30.0,
        maxmemory=maxmemory,
    )


def test_the_guides_sum_stands_beside_tallys() -> None:
    advice = advise_memory(jobs(10_100))

    assert tuple(advice.row) == (
        "100 active jobs x (30 s / 3 s) x 2000 bytes",
        "2 MB",
        "5-10x: 10-20 MB",
    )
    assert "10100 jobs x 2208 bytes of Redis memory = 22.3 MB" in advice.why[0]
    assert advice.recommended == "112-224 MB"
    assert advice.now == "maxmemory 256 MB"
    assert advice.change is None


def test_few_jobs_are_given_what_a_server_needs_for_itself() -> None:
    assert advise_memory(jobs(100)).recommended == "16 MB"


@pytest.mark.parametrize(
    ("maxmemory", "change"),
    [
        ((0,), "maxmemory 224mb"),
        ((64_000_000,), "maxmemory 224mb"),
        ((112_000_000,), None),
        ((40_000_000, 40_000_000, 40_000_000), None),
        ((40_000_000, 0, 40_000_000), "maxmemory 75mb"),
        (None, None),
    ],
)
def test_a_limit_that_is_missing_or_too_low_is_to_be_set(
    maxmemory: tuple[int, ...] | None, change: str | None
) -> None:
    advice = advise_memory(jobs(10_100, maxmemory=maxmemory))

    assert advice.change == change
    assert ("allkeys-lru" in advice.why[-1]) is (change is not None)


def test_what_is_not_known_is_asked_for() -> None:
    nothing = Measured(ttl_seconds=30.0)
    unsized = Measured(ttl_seconds=30.0, census=Census(active=5))

    assert "--jobs NUMBER" in advise_memory(nothing).why[0]
    assert "--entry-bytes NUMBER" in advise_memory(unsized).why[0]
    assert advise_memory(unsized).recommended == "unknown"


def test_jobs_that_were_not_all_counted_are_said_to_be_more() -> None:
    many = Measured(
        ttl_seconds=30.0,
        census=Census(active=1000, whole=False),
        entry_bytes=Number(value=2000.0, samples=5),
    )
    advice = advise_memory(many)

    assert advice.measured.startswith("1000 or more jobs")
    assert advice.row == ()
    assert advice.doubt is not None

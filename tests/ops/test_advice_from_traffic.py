"""Every row of the guide's tables is reproduced from traffic, through the service's own median."""

import pytest

from ops.measured import Measured
from ops.pool_advice import advise_pool
from ops.ttl_advice import advise_ttl
from ops.tuning import POOL_TABLE, TTL_TABLE
from ops_statistics import measured_of
from simulated_traffic import polling_statistics


def measured(clients: int, interval: float, *, periods: float = 8.0) -> Measured:
    """What the service would tell after so many intervals of such traffic."""
    polling = polling_statistics(clients, interval, seconds=periods * interval)
    return measured_of(ttl_seconds=30.0, feed={}, polling=polling)


@pytest.mark.parametrize(
    ("interval", "row"),
    [(1.0, 0), (2.0, 1), (3.0, 1), (5.0, 2), (10.0, 3), (30.0, 3), (60.0, 3)],
)
def test_each_row_of_the_ttl_table_is_found_from_its_traffic(interval: float, row: int) -> None:
    advice = advise_ttl(measured(100, interval))
    expected = TTL_TABLE[row]

    assert tuple(advice.row) == (expected.polling, expected.recommended, expected.efficiency)
    assert advice.figures["interval_seconds"] == pytest.approx(interval, rel=0.1)
    assert advice.doubt is None


@pytest.mark.parametrize(("clients", "row"), [(20, 0), (120, 1), (600, 2), (1500, 3)])
@pytest.mark.parametrize("interval", [1.0, 3.0])
def test_each_row_of_the_pool_table_is_found_from_its_traffic(
    clients: int, row: int, interval: float
) -> None:
    advice = advise_pool(measured(clients, interval, periods=12.0))
    expected = POOL_TABLE[row]

    assert tuple(advice.row) == (expected.users, expected.recommended, expected.memory)
    assert advice.figures["pollers"] == pytest.approx(clients, rel=0.15)


def test_a_service_polled_every_ten_seconds_is_told_a_better_ttl() -> None:
    advice = advise_ttl(measured(100, 10.0))

    assert advice.change is not None
    name, ttl = advice.change.split("=")
    assert name == "CACHE_TTL_SECONDS"
    assert 60 <= int(ttl) <= 110
    assert advice.figures["plain_hit_rate"] == pytest.approx(66.7, abs=0.1)
    assert advice.figures["recommended_plain_hit_rate"] >= 90.0


def test_little_traffic_makes_a_hint_and_no_more() -> None:
    advice = advise_ttl(measured(5, 3.0))

    assert advice.row[0] == "2-3 seconds"
    assert advice.doubt is not None
    assert "100 are wanted" in advice.doubt

"""Measured numbers are taken as the service tells them; what it does not tell is not known."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from example_evidence import down
from ops.advise import ADVISERS, as_text
from ops.measured import Census, Measured, Number, count_jobs, read_measured
from ops.measured import given as instead
from ops_statistics import telling
from settings import Settings

SETTINGS = Settings(cache_ttl_seconds=None)
STATISTICS: dict[str, Any] = {
    "ttl_seconds": 30.0,
    "feed": {"proven": True},
    "pool": {"size": 10, "in_use": 1, "waiting": 0, "busy": 3},
    "processes": {"counted": 2, "redis_in_use": 2, "feed_proven": 2},
    "windows": {"1h": {"hit_rate": 99.5}},
    "polling": {"interval_seconds": 10.0, "samples": 400, "pollers": 55.5},
    "entry": {"mean_bytes": 2100.5, "samples": 40},
    "server_facts": {
        "redis://a:1/0": {"role": "primary", "maxmemory_bytes": 0, "maxclients": 10_000},
        "redis://b:1/0": {"role": "replica", "maxmemory_bytes": 7, "maxclients": 500},
    },
}
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def test_the_statistics_are_read_as_they_are() -> None:
    assert read_measured(telling(STATISTICS), SETTINGS, Census(active=3)) == Measured(
        interval=Number(value=10.0, samples=400),
        pollers=Number(value=55.5, samples=400),
        entry_bytes=Number(value=2100.5, samples=40),
        census=Census(active=3),
        ttl_seconds=30.0,
        pool_size=10,
        busy=3,
        processes=2,
        hit_rate=99.5,
        follows=True,
        maxmemory=(0,),
        maxclients=500,
    )


def test_of_a_service_that_is_away_the_settings_alone_are_known() -> None:
    assert read_measured(down(), SETTINGS, None) == Measured(ttl_seconds=30.0)


def test_a_service_without_a_near_tier_follows_nothing() -> None:
    without = {name: told for name, told in STATISTICS.items() if name != "feed"}

    assert not read_measured(telling(without), SETTINGS, None).follows


def test_a_provider_that_hides_its_memory_leaves_it_unknown() -> None:
    hidden = {"redis://a:1/0": {"role": "primary", "maxmemory_bytes": "unknown"}}

    assert read_measured(telling({"server_facts": hidden}), SETTINGS, None).maxmemory is None


@given(st.sampled_from([*STATISTICS]), JSON)
def test_odd_statistics_are_survived(name: str, told: object) -> None:
    read_measured(telling({**STATISTICS, name: told}), SETTINGS, None)


@given(st.floats(), st.floats(), st.floats(), st.floats())
def test_whatever_numbers_a_service_tells_advice_is_given(
    interval: float, pollers: float, entry: float, ttl: float
) -> None:
    told = {
        **STATISTICS,
        "polling": {"interval_seconds": interval, "samples": 400, "pollers": pollers},
        "entry": {"mean_bytes": entry, "samples": 400},
        "ttl_seconds": ttl,
    }
    measured = read_measured(telling(told), SETTINGS, Census(active=3))

    assert len(as_text([advise(measured) for advise in ADVISERS])) < 5000


def test_a_gap_of_next_to_nothing_was_not_measured() -> None:
    told = {**STATISTICS, "polling": {"interval_seconds": 1e-320, "samples": 400}}

    assert read_measured(telling(told), SETTINGS, None).interval is None


def test_numbers_that_were_given_stand_in_for_measured_ones() -> None:
    measured = read_measured(telling(STATISTICS), SETTINGS, None)
    changed = instead(measured, interval=3.0, jobs=7)

    assert changed.interval == Number(value=3.0)
    assert changed.census == Census(active=7)
    assert changed.pollers == measured.pollers


def test_a_number_from_few_samples_is_doubtful_and_a_given_one_is_not() -> None:
    few, enough = Number(value=1.0, samples=99), Number(value=1.0, samples=100)

    assert few.doubt == "from 99 samples only, 100 are wanted: take it as a hint"
    assert enough.doubt is None
    assert Number(value=1.0).doubt is None
    assert (enough.told_by("mean"), Number(value=1.0).told_by()) == (
        " (mean of 100 samples)",
        " (as given)",
    )


def test_active_jobs_count_and_finished_ones_as_long_as_they_are_kept() -> None:
    documents: list[dict[str, Any]] = [
        {"done": False, "finished_at": None},
        {"done": True, "finished_at": "2026-11-23T08:00:00.000Z"},
        {"done": True, "finished_at": "2026-11-23T06:59:00.000Z"},
        {"done": True, "finished_at": "never"},
    ]
    census = count_jobs(documents, now=1_795_420_800.0, final_ttl=3600.0, whole=True)

    assert census == Census(active=1, finished=1)
    assert census.jobs == 2

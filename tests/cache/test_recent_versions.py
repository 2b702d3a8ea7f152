"""Versions are remembered by job, as far as there is room; who was longest unasked goes first."""

from cachetools import LRUCache
from hypothesis import given
from hypothesis import strategies as st

from cache.recent_versions import Versions

MOST = 3
STEPS = st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(1, 9)))


@given(steps=STEPS)
def test_it_remembers_what_a_cache_of_the_least_recently_used_does(
    steps: list[tuple[str, int | None]],
) -> None:
    versions, model = Versions(MOST, 0), LRUCache[str, int](MOST)
    for job_id, version in steps:
        if version is None:
            assert versions.get(job_id) == model.get(job_id, 0)
        else:
            versions.put(job_id, version)
            model[job_id] = version
        assert len(versions) == len(model)


def test_what_is_cleared_is_forgotten() -> None:
    versions = Versions(MOST, 0)
    versions.put("a", 1)
    versions.clear()

    assert (versions.get("a"), len(versions)) == (0, 0)


def test_who_is_asked_for_or_told_of_stays() -> None:
    versions = Versions(MOST, 0)
    for job_id in "abc":
        versions.put(job_id, 1)
    versions.get("a")
    versions.put("b", 2)
    versions.put("d", 1)

    assert [versions.get(job_id) for job_id in "abcd"] == [1, 2, 0, 1]

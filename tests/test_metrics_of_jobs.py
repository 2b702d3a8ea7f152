"""What a scrape shows of jobs and workers, and of Redis where its package is missing."""

import pytest

from cache import CacheStats
from cache.no_cache import NoCache
from scraped_metrics import of, scraped


def test_jobs_and_workers_are_told_as_the_database_has_them() -> None:
    text = scraped(of(CacheStats()))

    assert '\ntally_jobs{status="queued"} 3.0\n' in text
    assert '\ntally_jobs{status="canceling"} 0.0\n' in text
    assert "\ntally_jobs_oldest_queued_seconds 12.5\n" in text
    assert "\ntally_workers_living 2.0\n" in text
    assert "\ntally_jobs_age_seconds 0.5\n" in text


def test_what_the_database_does_not_tell_is_absent_and_the_rest_is_there() -> None:
    text = scraped(of(CacheStats(), jobs=None))

    assert "tally_jobs" not in text
    assert "tally_workers" not in text
    assert "\ncache_requests_total 0.0\n" in text


@pytest.mark.parametrize(("detail", "told"), [("redis-missing", 1), ("redis-off", 0)])
def test_a_missing_package_is_told_apart_from_redis_switched_off(detail: str, told: int) -> None:
    stats = CacheStats()
    stats.watch(NoCache(detail, "").state)

    assert f"\ntally_cache_redis_missing {told}.0\n" in scraped(of(stats))

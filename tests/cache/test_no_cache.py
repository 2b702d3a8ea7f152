"""What stands in for a cache that is switched off: it knows nothing, and says so once."""

import logging

import pytest

from cache import NoCache
from cache.tier import Trouble
from put_alone import put_alone


async def test_it_is_always_away_and_never_in_the_way() -> None:
    cache = NoCache("redis-off", "redis is switched off.")
    await cache.start()

    assert await cache.get("tally:job:x", cache.budget()) is Trouble.AWAY
    assert await put_alone(cache, "tally:job:x", b"value", seconds=1.0) is Trouble.AWAY
    assert await cache.put_many([], cache.budget()) == []
    await cache.listen(lambda _: pytest.fail("heard"), lambda: pytest.fail("heard"))
    assert (cache.state().enabled, cache.state().detail) == (False, "redis-off")
    assert cache.budget().left == 0.0
    await cache.stop()


async def test_it_tells_the_log_once_why(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tally.cache")

    await NoCache("redis-missing", "the redis package is not installed.").start()

    assert caplog.messages == ["cache: the redis package is not installed. Polls go on without it."]

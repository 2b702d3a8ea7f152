"""What the log says of a fleet's servers: each change once, and never a secret."""

import logging
from collections.abc import Awaitable, Callable

import pytest

from cache.redis_inquiry import Undiscovered
from cache.redis_lookout import most_telling
from dev_servers import RedisServer
from kept_fleet import Kept
from redis_parts import node_of, shared_by

Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]


LookAfter = Callable[..., Kept]


async def test_what_is_new_is_adopted_and_told_in_one_line(
    look_after: LookAfter, start_redis: Start, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    one, other = start_redis(), start_redis()
    kept = look_after(shared_by(node_of(one), epoch=1))
    await kept.lookout.start()
    kept.teller.told = shared_by(node_of(other), epoch=2)
    kept.lookout.wake()
    await until(lambda: str(other.port) in "".join(kept.fleet.states()), 2.0)
    await until(lambda: kept.fleet.in_use, 2.0)

    assert caplog.text.count("the primaries of redis+sentinel://***@there/s are now 127") == 1


async def test_that_nobody_tells_is_said_once_and_once_when_it_is_over(
    look_after: LookAfter, redis_server: RedisServer, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    kept = look_after(Undiscovered([OSError("dead"), ValueError("odd, and a secret")]))
    await kept.lookout.start()
    await until(lambda: len(kept.teller.looks) > 1, 5.0)
    kept.teller.told = shared_by(node_of(redis_server))
    await until(lambda: kept.fleet.in_use, 5.0)
    said = [record.message for record in caplog.records]

    assert said[:2] == [
        "cache: redis is not in use: nobody tells the primaries of redis+sentinel://***@there/s: "
        "it answers with errors (ValueError: odd, and a ***).",
        "cache: redis: the primaries of redis+sentinel://***@there/s are known again.",
    ]
    assert len(said) == 3
    assert kept.stats.snapshot()["errors"]["other"] > 1


async def test_that_nobody_tells_is_not_said_while_the_servers_are_in_use(
    look_after: LookAfter, redis_server: RedisServer, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    kept = look_after(shared_by(node_of(redis_server)))
    await kept.lookout.start()
    kept.teller.told = Undiscovered([OSError("dead")])
    kept.lookout.wake()
    await until(lambda: kept.stats.snapshot()["errors"]["connection"] > 0, 2.0)

    assert caplog.text == ""
    assert kept.fleet.in_use


async def test_whatever_goes_wrong_in_a_look_the_next_one_comes(
    look_after: LookAfter, redis_server: RedisServer, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    kept = look_after(ZeroDivisionError("a bug"))
    await kept.lookout.start()
    kept.teller.told = shared_by(node_of(redis_server))
    await until(lambda: kept.fleet.in_use, 5.0)

    assert "looking after its servers failed; trying again." in caplog.text


def test_what_somebody_said_tells_more_than_that_others_are_away() -> None:
    said = ValueError("odd")

    assert most_telling([OSError("dead"), TimeoutError(), said]) is said
    assert isinstance(most_telling([OSError("dead"), TimeoutError()]), OSError)

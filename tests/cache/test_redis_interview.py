"""An interview keeps what was told, and why the rest was not; it shows no secret."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from cache.redis_answers import Refused, Told
from cache.redis_credentials import Account, FixedCredentials
from cache.redis_driver import RedisDriver
from cache.redis_interview import Interview
from cache.redis_questions import OF_A_SERVER
from cache.redis_target import RedisAddress
from dev_servers import RedisServer
from redis_parts import LIMITS

Start = Callable[..., RedisServer]
SECRET: Final = "a secret of ours"
PAGE: Final = (Path(__file__).parent.parent.parent / "docs" / "doctor.md").read_text()
(ENOUGH,) = re.findall(r"^ACL SETUSER tally (\+.+)$", PAGE, re.MULTILINE)
"""What docs/doctor.md gives to a user beside the rights of the service."""


async def held(
    server: RedisServer,
    account: Account | None = None,
    *,
    keys: bool = True,
    seconds: float = 5.0,
) -> Told:
    address = RedisAddress(host="127.0.0.1", port=server.port)
    account = account or Account(password=server.password)
    driver = RedisDriver(address, FixedCredentials(account), LIMITS)
    interview = Interview(driver, [SECRET])
    with suppress(Exception):
        async with asyncio.timeout(seconds):
            await interview.hold(OF_A_SERVER, more=True, keys=keys)
    await driver.close()
    return interview.told


@pytest.fixture
def guarded(start_redis: Start) -> RedisServer:
    """A server with a password and a user who may do what doctor asks for, on Tally's keys."""
    rules = f"user tally on >{SECRET.replace(' ', '-')} resetkeys ~tally:* -@all +ping {ENOUGH}"
    return start_redis(password=SECRET, config=[rules])


def refused(told: Told) -> list[str]:
    return [name for name, answer in told.answers.items() if isinstance(answer, Refused)]


async def test_a_server_tells_its_owner_everything(redis_server: RedisServer) -> None:
    told = await held(redis_server)

    assert told.trouble is None
    assert refused(told) == []
    assert told.answers["ACL WHOAMI"] == b"default"
    assert told.answers["CONFIG GET bind"] == [b"bind", b"127.0.0.1"]
    assert told.answers["ACL DRYRUN FLUSHALL"] == b"OK"
    assert len(told.pings) > 10
    assert told.clock_ahead is not None
    assert abs(told.clock_ahead) < 0.5
    assert b"uptime_in_seconds" in told.answers["INFO later"]
    assert told.seconds_between > 0.0


async def test_a_user_with_the_documented_rights_sees_the_same_and_may_nothing_else(
    guarded: RedisServer,
) -> None:
    guarded.ask("SET tally:job:{a} x EX 100")
    guarded.ask("SET bull:1 x")
    told = await held(guarded, Account(username="tally", password=SECRET.replace(" ", "-")))
    rehearsed = {told.answers[f"ACL DRYRUN {name}"] for name in ("FLUSHALL", "KEYS", "SHUTDOWN")}

    assert (told.trouble, refused(told)) == (None, [])
    assert b"OK" not in rehearsed
    assert {*told.keys} == {b"tally:job:{a}", b"bull:1"}
    assert told.keys[b"tally:job:{a}"][0] in (99, 100)


async def test_who_may_not_even_ping_has_met_a_server_that_answers(guarded: RedisServer) -> None:
    guarded.ask("ACL SETUSER nobody on >x -@all")
    told = await held(guarded, Account(username="nobody", password="x"))

    assert told.trouble is None
    assert "PING" in refused(told)
    assert "INFO" in refused(told)


async def test_a_wrong_password_is_trouble_without_the_password(start_redis: Start) -> None:
    told = await held(start_redis(password="another"), Account(password=SECRET))

    assert told.trouble is not None
    assert "refuses our credentials" in told.trouble
    assert SECRET not in repr(told)
    assert told.answers == {}


async def test_without_the_password_that_is_wanted_there_is_trouble(start_redis: Start) -> None:
    told = await held(start_redis(password="another"), Account())

    assert told.trouble is not None
    assert "Authentication required" in told.trouble


async def test_a_sample_has_the_lifetimes_of_our_keys_and_the_size_of_entries(
    redis_server: RedisServer,
) -> None:
    script = (
        "for i = 1, 1500 do redis.call('SET', 'tally:job:{' .. i .. '}', string.rep('x', 2000),"
        " 'EX', 100) end redis.call('SET', 'tally:beat:1', 'x') redis.call('SET', 'other', 'x')"
    )
    redis_server.ask(f'EVAL "{script}" 0')
    told = await held(redis_server)
    sizes = [size for _, size in told.keys.values() if isinstance(size, int)]

    assert told.answers["SCAN"] == len(told.keys) == 1000
    assert len(sizes) == 50
    assert all(2000 < size < 4000 for size in sizes)
    assert {ttl for ttl, _ in told.keys.values() if isinstance(ttl, int)} <= {-1, 99, 100}


async def test_replicas_are_not_asked_for_keys(redis_server: RedisServer) -> None:
    told = await held(redis_server, keys=False)

    assert "SCAN" not in told.answers
    assert told.keys == {}


async def test_nothing_on_the_server_has_changed(redis_server: RedisServer) -> None:
    redis_server.ask("SET tally:job:{a} x EX 100")
    before = redis_server.facts("INFO persistence")["rdb_changes_since_last_save"]
    await held(redis_server)

    assert redis_server.facts("INFO persistence")["rdb_changes_since_last_save"] == before
    assert redis_server.ask("DBSIZE") == "1"


async def test_a_frozen_server_has_told_nothing_in_time(redis_server: RedisServer) -> None:
    redis_server.freeze()
    told = await held(redis_server, seconds=0.3)

    assert told.trouble is not None
    assert "does not answer in time" in told.trouble

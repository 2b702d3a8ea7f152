"""A server is met by its name: as a stranger, and as ourselves; whatever fails, it is told."""

import time
from collections.abc import Callable
from threading import Event
from typing import Final

import pytest

from cache import redis_meeting
from cache.redis_answers import Silent
from cache.redis_credentials import Account, Credentials, FixedCredentials
from cache.redis_meeting import Meeting, addresses_of
from cache.redis_questions import OF_A_SERVER
from cache.redis_target import RedisAddress
from dev_servers import RedisServer

Start = Callable[..., RedisServer]
PASSWORD: Final = "a secret"


def meeting(
    server: RedisServer, credentials: Credentials | None, *, host: str = "localhost"
) -> Meeting:
    address = RedisAddress(host=host, port=server.port, password=PASSWORD)
    return Meeting(address, "primary", credentials, "there is no account.", [PASSWORD])


@pytest.fixture
def guarded(start_redis: Start) -> RedisServer:
    return start_redis(password=PASSWORD)


async def test_it_is_met_as_a_stranger_and_asked_as_ourselves(guarded: RedisServer) -> None:
    credentials = FixedCredentials(Account(password=PASSWORD))
    met = await meeting(guarded, credentials).hold(OF_A_SERVER)

    assert met.name == f"redis://:***@localhost:{guarded.port}/0"
    assert not isinstance(met.addresses, Silent)
    assert "127.0.0.1" in met.addresses
    assert isinstance(met.stranger.said, bytes)
    assert met.stranger.said.startswith(b"-NOAUTH")
    assert (met.told.trouble, len(met.told.pings) > 10) == (None, True)


async def test_without_an_account_it_is_met_as_a_stranger_alone(guarded: RedisServer) -> None:
    met = await meeting(guarded, None).hold(OF_A_SERVER)

    assert isinstance(met.stranger.said, bytes)
    assert (met.told.trouble, met.told.answers) == ("there is no account.", {})


async def test_no_more_than_asked_for_is_asked(guarded: RedisServer) -> None:
    credentials = FixedCredentials(Account(password=PASSWORD))
    met = await meeting(guarded, credentials).hold({"PING": ("PING",)}, more=False)

    assert {*met.told.answers} == {"PING"}
    assert met.told.pings == []


async def test_a_name_that_nobody_knows_is_the_end_of_it(redis_server: RedisServer) -> None:
    met = await meeting(redis_server, None, host="nowhere.invalid").hold(OF_A_SERVER)

    assert isinstance(met.addresses, Silent)
    assert met.addresses == met.stranger.said == Silent(met.told.trouble or "")
    assert "nowhere.invalid cannot be resolved" in met.addresses.why


async def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = Event()
    monkeypatch.setattr(redis_meeting, "resolve", lambda host, port: hanging.wait(30))
    began = time.monotonic()
    found = await addresses_of("redis.internal")
    hanging.set()

    assert found == Silent("the name redis.internal is not looked up in time.")
    assert time.monotonic() - began < 2.0


async def test_addresses_are_told_once_each() -> None:
    assert await addresses_of("127.0.0.1") == ("127.0.0.1",)

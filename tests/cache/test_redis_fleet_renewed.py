"""Servers whose connections are worn out are renewed, and requests notice nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from cache.redis_credentials import Account, FixedCredentials
from cache.redis_fleet import Fleet
from cache.redis_node import RedisNode
from cache.tier import Budget
from dev_servers import RedisServer
from patience import STARTED_SECONDS, until_in_use
from redis_parts import Opened, Stopped, clients, node_of, shared_by

Start = Callable[..., RedisServer]
Until = Callable[..., Awaitable[float]]


class Wearing(FixedCredentials):
    """Connections made with them are soon worn out, and who is let in may change."""

    def __init__(self, password: str | None = None) -> None:
        super().__init__(Account(password=password))
        self.password = password

    @property
    def account(self) -> Account:
        return Account(password=self.password)

    @property
    def connection_seconds(self) -> float | None:
        return 100.0


class Worn:
    """A fleet at one server whose connections are worn out at each `renew`."""

    def __init__(self, stopped: Stopped, credentials: Wearing, server: RedisServer) -> None:
        self.now = 0.0
        self._server = server
        opened = Opened(credentials)
        self.fleet = stopped(Fleet(opened.node, replicas=False, clock=lambda: self.now))

    async def start(self) -> None:
        await self.fleet.adopt(shared_by(node_of(self._server)))
        await until_in_use(self.fleet)

    async def renew(self) -> None:
        self.now = time.monotonic() + 1000.0
        await self.fleet.renew()

    async def renewed(self) -> None:
        """Until another has taken over: each `renew` waits but a little for it."""
        worn = self.node
        async with asyncio.timeout(STARTED_SECONDS):
            while self.node is worn:
                await self.renew()
                await asyncio.sleep(0.01)

    @property
    def node(self) -> RedisNode:
        part = self.fleet.part("k")
        assert part is not None
        return part.primary


async def test_a_server_is_renewed_while_no_command_fails(
    stopped: Stopped, redis_server: RedisServer, until: Until
) -> None:
    redis_server.ask("SET k v")
    worn = Worn(stopped, Wearing(), redis_server)
    await worn.start()
    first, outcomes, over = worn.node, set[object](), asyncio.Event()

    async def ask() -> None:
        while not over.is_set():
            outcomes.add(await worn.node.get("k", Budget(1.0)))

    asking = [asyncio.create_task(ask()) for _ in range(3)]
    before = set(redis_server.ask("CLIENT LIST").splitlines())
    for _ in range(3):
        await worn.renewed()
    over.set()
    await asyncio.gather(*asking)
    old = {line.split()[0] for line in before}
    await until(lambda: clients(redis_server) <= 4, 5.0)
    left = {line.split()[0] for line in redis_server.ask("CLIENT LIST").splitlines()}

    assert outcomes == {b"v"}
    assert worn.node is not first
    assert old & left == set()


async def test_what_is_not_worn_is_not_renewed(stopped: Stopped, redis_server: RedisServer) -> None:
    worn = Worn(stopped, Wearing(), redis_server)
    await worn.start()
    first = worn.node
    worn.now = time.monotonic() + 50.0
    await worn.fleet.renew()

    assert worn.node is first


async def test_a_server_that_lets_no_heir_in_is_used_on_and_that_is_said_once(
    stopped: Stopped, start_redis: Start, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    server = start_redis(password="good")
    credentials = Wearing("good")
    worn = Worn(stopped, credentials, server)
    await worn.start()
    first = worn.node
    credentials.password = "bad"
    for _ in range(3):
        await worn.renew()
    await until(lambda: "refuses our credentials" in caplog.text, 5.0)
    await worn.renew()

    assert worn.node is first
    assert first.in_use
    assert caplog.text.count("refuses our credentials") == 1

    credentials.password = "good"
    await worn.renewed()
    assert worn.node.in_use


async def test_an_heir_goes_with_its_place(
    stopped: Stopped, start_redis: Start, until: Until
) -> None:
    server, other = start_redis(password="good"), start_redis(password="good")
    credentials = Wearing("good")
    worn = Worn(stopped, credentials, server)
    await worn.start()
    credentials.password = "bad"
    await worn.renew()
    credentials.password = "good"
    await worn.fleet.adopt(shared_by(node_of(other)))
    await until(lambda: clients(server) == 0, 5.0)

    assert list(worn.fleet.states()) == [f"redis://127.0.0.1:{other.port}/0"]


@pytest.mark.parametrize("turns", [0, 1, 2, 5, 20])
@pytest.mark.parametrize("begun", [False, True])
async def test_whatever_is_given_up_halfway_is_ended_by_the_stop(
    stopped: Stopped, redis_server: RedisServer, until: Until, begun: bool, turns: int
) -> None:
    worn = Worn(stopped, Wearing(), redis_server)
    if begun:
        await worn.start()
    task = asyncio.create_task(worn.renew() if begun else worn.start())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await worn.fleet.stop()
    await until(lambda: clients(redis_server) == 0, 5.0)

    assert worn.fleet.states() == {}

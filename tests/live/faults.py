"""Everything that may happen to a running Tally, one thing at a time; each ends with all healed."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeAlias

from dev_servers import PostgresServer, RedisServer
from live.client import Api
from live.excuses import Excuses
from live.installation import Installation
from live.settled import ready
from live.tcp_proxy import TcpProxy

_LONG: Final = (0.3, 1.5)
"""Seconds that a fault takes: shorter and longer than every patience of the cache."""


@dataclass(kw_only=True)
class World:
    """All that can be hurt. `new_worker` kills one of those who change jobs, and starts another."""

    tally: Installation
    redis: RedisServer
    proxy: TcpProxy
    postgres: PostgresServer | None
    new_worker: Callable[[], Awaitable[None]]
    dice: Random
    excuses: Excuses
    apis: list[Api] = field(default_factory=list)
    settings: dict[int, dict[str, str]] = field(default_factory=dict)
    """Of each API, by its port."""

    async def serve(self, **settings: str) -> None:
        """One more API, ready to be polled."""
        api = self.tally.serve(**settings)
        self.apis.append(await ready(api))
        self.settings[port_of(api)] = settings

    @property
    def database(self) -> str:
        return self.tally.settings["DATABASE_URL"]

    async def a_while(self) -> None:
        await asyncio.sleep(self.dice.uniform(*_LONG))


Fault: TypeAlias = Callable[[World], Awaitable[None]]


def port_of(api: Api) -> int:
    return int(api.http.base_url.port or 0)


async def redis_is_frozen(world: World) -> None:
    world.redis.freeze()
    await world.a_while()
    world.redis.thaw()


async def redis_is_killed_and_comes_back_empty(world: World) -> None:
    world.redis.kill()
    (world.redis.folder / "dump.rdb").unlink(missing_ok=True)
    await world.a_while()
    world.redis.start()


async def redis_comes_back_with_the_past(world: World) -> None:
    """Killed, it knows what it last wrote down, and none of the changes since."""
    world.redis.ask("SAVE")
    await world.a_while()
    world.redis.kill()
    await world.a_while()
    world.redis.start()


async def redis_is_flushed(world: World) -> None:
    world.redis.ask("FLUSHALL")
    await asyncio.sleep(0.1)


async def the_way_is_frozen(world: World) -> None:
    await _suffered(world, world.proxy.freeze)


async def the_way_is_closed(world: World) -> None:
    world.proxy.reset()
    await _suffered(world, world.proxy.refuse)


async def the_way_is_reset(world: World) -> None:
    await _suffered(world, lambda: world.proxy.reset(new=True))


async def the_way_is_long(world: World) -> None:
    seconds = world.dice.choice((0.005, 0.02, 0.04, 0.06, 0.3))
    await _suffered(world, lambda: world.proxy.delay(seconds))


async def the_way_drips(world: World) -> None:
    await _suffered(world, lambda: world.proxy.drip(world.dice.choice((0.0001, 0.001, 0.01))))


async def the_way_is_cut(world: World) -> None:
    await _suffered(world, lambda: world.proxy.cut_after(world.dice.randrange(1, 3000)))


async def the_way_is_half_closed(world: World) -> None:
    await _suffered(world, world.proxy.half_close)


async def the_way_swallows(world: World) -> None:
    await _suffered(world, world.proxy.swallow_existing)
    world.proxy.reset()


async def the_way_corrupts(world: World) -> None:
    share, seed = world.dice.choice((0.0003, 0.003, 0.05)), world.dice.randrange(10**6)
    await _suffered(world, lambda: world.proxy.corrupt(share, seed=seed))


async def an_api_is_killed(world: World) -> None:
    """`kill -9`; another takes its port."""
    number = world.dice.randrange(len(world.apis))
    old = world.apis[number]
    port = port_of(old)
    with world.excuses.process_away(port):
        old.process.kill()
        old.process.wait()
        world.excuses.died(port)
        new = world.tally.serve("--port", str(port), **world.settings[port])
        await old.http.aclose()
        world.apis[number] = await ready(Api(new.process, port, world.tally.console))


async def a_worker_is_killed(world: World) -> None:
    await world.new_worker()


async def the_database_is_frozen(world: World) -> None:
    """SQLite: somebody holds the lock of those who write."""
    with world.excuses.database_away():
        if world.postgres:
            world.postgres.freeze()
            await asyncio.sleep(world.dice.uniform(1.0, 3.0))
            world.postgres.thaw()
        else:
            with closing(sqlite3.connect(world.database.removeprefix("sqlite:///"))) as link:
                link.execute("BEGIN IMMEDIATE")
                await world.a_while()


async def the_databases_connections_end(world: World) -> None:
    assert world.postgres
    with world.excuses.database_away():
        name = world.database.rpartition("/")[2]
        world.postgres.psql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            f"WHERE datname = '{name}'"
        )


async def the_database_is_killed(world: World) -> None:
    """`kill -9`: it comes back by its write-ahead log."""
    assert world.postgres
    with world.excuses.database_away():
        world.postgres.kill()
        await world.a_while()
        world.postgres.start()


KILLS: Final[tuple[Fault, ...]] = (an_api_is_killed, a_worker_is_killed, the_database_is_frozen)
REDIS_FAULTS: Final[tuple[Fault, ...]] = (
    redis_is_frozen,
    redis_is_killed_and_comes_back_empty,
    redis_comes_back_with_the_past,
    redis_is_flushed,
    the_way_is_frozen,
    the_way_is_closed,
    the_way_is_reset,
    the_way_is_long,
    the_way_drips,
    the_way_is_cut,
    the_way_is_half_closed,
    the_way_swallows,
    the_way_corrupts,
)
POSTGRES_FAULTS: Final[tuple[Fault, ...]] = (the_databases_connections_end, the_database_is_killed)


async def _suffered(world: World, fault: Callable[[], None]) -> None:
    fault()
    await world.a_while()
    world.proxy.heal()

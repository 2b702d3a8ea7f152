"""A feed goes silent: the database's connection or the Redis push stalls, and no end ever arrives.

The crowd polls through it all. Near answers stay true or stop; what still works carries on; and all
comes back by itself. PostgreSQL and Redis lie behind proxies for the API; the writers go straight.
"""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from dev_servers import PostgresServer, RedisServer
from live.arrivals import arrivals, spread_of
from live.changing import Changes
from live.installation import Installation
from live.promises import Promise
from live.soak import SOAK, longer, say
from live.spells import HEALTHY, Load, Spell, crowded
from live.tcp_proxy import TcpProxy

API: Final = "api"
AFTERWARDS: Final = "afterwards"
TIMES: Final = longer(1, 15)
AWAY_SECONDS: Final = longer(5.0, 50.0)
"""In the long form longer than anything that moves may be remembered."""
FELT_SECONDS: Final = 1.0
"""Without any feed near answers get so old before they end."""
PATIENCE: Final = 15.0
"""Seconds in which what was lost must be found again, by itself."""
ARRIVED_SECONDS: Final = longer(2.0, 0.5)
"""A change is seen by then. The second is promised; the first no busy machine exceeds."""

pytestmark = [
    pytest.mark.live,
    pytest.mark.soak,
    pytest.mark.timeout(1800 if SOAK else 180),
]


@pytest.mark.parametrize("redis_too", longer([False], [True, False]), ids=lambda it: f"redis={it}")
async def test_the_databases_connections_are_swallowed(
    redis_too: bool,
    postgres_url: str,
    postgres_server: PostgresServer,
    valkey: RedisServer,
    tally: Installation,
    tmp_path: Path,
) -> None:
    """New ones are well. Without Redis nothing but the database's feed tells of changes."""
    redis_url = valkey.url if redis_too else "none"
    with TcpProxy("127.0.0.1", postgres_server.port) as proxy:
        plan = changes(postgres_url, redis_url)
        async with polled(tally, tmp_path, proxy.url(postgres_url), redis_url, plan) as load:
            spells = [await load.spell(HEALTHY, 1.0)]
            for _ in range(TIMES):
                proxy.swallow_existing()
                spells.append(await load.spell("swallowed", 3.0))
                spells.append(await near_again(load))
            await load.end()
    history = load.history()
    old = load.history(Promise(fresh_seconds=FELT_SECONDS)).broken.get("too old", 0)
    load.tell(spells)
    say(f"{history}\n{old} near answers were older than {FELT_SECONDS} s")

    assert history.broken == {}, history
    assert redis_too or old > 0, "the fault was not felt"
    assert min(share_near(load, it) for it in spells if it.name == AFTERWARDS) > 0.5


async def test_the_whole_way_to_the_database_freezes(
    postgres_url: str,
    postgres_server: PostgresServer,
    valkey: RedisServer,
    tally: Installation,
    tmp_path: Path,
) -> None:
    """Redis and the push go on, and bring what the writers still commit."""
    with TcpProxy("127.0.0.1", postgres_server.port) as proxy:
        plan = changes(postgres_url, valkey.url)
        async with polled(tally, tmp_path, proxy.url(postgres_url), valkey.url, plan) as load:
            healthy = await load.spell(HEALTHY, 1.0)
            proxy.freeze()
            frozen = await load.spell("frozen", AWAY_SECONDS)
            proxy.heal()
            healed = await near_again(load)
            await load.end()
    statuses = frozenset({200, 304, *longer([], [503])})
    history = load.history(Promise(statuses=statuses))
    load.tell([healthy, frozen, healed])
    say(history)
    polls = load.polls(API, frozen.began + 4.0, frozen.ended)
    away = [it for it in polls if it.ended < frozen.ended]

    assert history.broken == {}, history
    said = {re.sub("; (detail|ttl)=.*", "", it.cache) for it in away if it.status != 503}
    assert said <= {"tally; fwd=stale; fwd-status=503", "tally; hit"}
    assert share_near(load, healed) > 0.5


@pytest.mark.parametrize(
    "database_url", longer(["postgres"], ["sqlite", "postgres"]), indirect=True
)
async def test_the_push_is_swallowed_and_the_database_still_tells(
    database_url: str, valkey: RedisServer, tally: Installation, tmp_path: Path
) -> None:
    """As are the connections that commands use. The pollers look every 20 ms."""
    with TcpProxy("127.0.0.1", valkey.port) as proxy:
        plan = replace(changes(database_url, valkey.url), jobs=4)
        async with polled(
            tally, tmp_path, database_url, proxy.url(valkey.url), plan, pollers=4
        ) as load:
            await push_is(load, True)
            well = [await load.spell("with the push", longer(2.0, 30.0))]
            lost = []
            for _ in range(TIMES):
                began = time.monotonic()
                proxy.swallow_existing()
                await push_is(load, False)
                again = await push_is(load, True)
                lost.append(Spell(name="lost", began=began, ended=again, gone={}, back={}))
                well.append(await load.spell("with the push", 1.0))
            await load.spell(AFTERWARDS, 1.0)  # in which the last of them arrive
            await load.end()
    history = load.history()
    polls, timeline = load.polls(API), load.timeline()
    hurried, carried = (
        arrivals(polls, timeline, [(it.began, it.ended) for it in times]) for times in (well, lost)
    )
    say(f"with the push: {spread_of(hurried)}\nwithout: {spread_of(carried)}\n{history}")

    assert history.broken == {}, history
    assert len(carried) > 10
    assert max(carried) < ARRIVED_SECONDS
    assert max(hurried) < ARRIVED_SECONDS


def changes(database_url: str, redis_url: str) -> Changes:
    return Changes(
        worker="w-1",
        database_url=database_url,
        redis_url=redis_url,
        jobs=20,
        rate=20.0,
        seconds=longer(90.0, 900.0),
        finishing=0.0,
    )


@asynccontextmanager
async def polled(
    tally: Installation,
    folder: Path,
    database_url: str,
    redis_url: str,
    plan: Changes,
    pollers: int = 40,
) -> AsyncIterator[Load]:
    """One API at those places, under 200 polls a second while the plan is carried out."""
    tally.settings |= {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    api = await tally.serve(EMBEDDED_WORKER="off").up()
    async with crowded(folder, {API: api}, plan, pollers=pollers) as load:
        yield load


async def near_again(load: Load) -> Spell:
    """A while from when the feed is proven again."""
    await load.until(lambda it: it["feed"]["proven"], seconds=PATIENCE)
    return await load.spell(AFTERWARDS, 0.5)


async def push_is(load: Load, wanted: bool) -> float:
    """When it was so."""
    moments = await load.until(lambda it: it["feed"]["push"] is wanted, seconds=PATIENCE)
    return moments[API]


def share_near(load: Load, spell: Spell) -> float:
    """Of the polls in that time, how many were answered near and in good faith."""
    polls = load.polls(API, spell.began, spell.ended)
    near = [it for it in polls if it.cache.startswith("tally; hit") and "detail=near" in it.cache]
    return len(near) / len(polls)

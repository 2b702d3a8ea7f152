"""Poll reads share few connections to PostgreSQL: which is used next, which is ended, and when."""

import asyncio
import time

import pytest
from sqlalchemy import text

import jobs.sql_polls_postgres as module
from jobs import StoreUnavailable
from patience import SLACK, seen
from polls_ground import OURS, PLACES, Ground


async def test_polls_in_turn_use_one_connection_and_crowds_a_few(ground: Ground) -> None:
    for _ in range(3):
        await ground.poll()
    alone = ground.proxy.connections
    await asyncio.gather(*(ground.poll(place) for place in range(64)))

    assert alone == 1
    assert ground.proxy.connections <= PLACES


async def test_the_connection_used_last_is_used_next(ground: Ground) -> None:
    """So that few stay in use after a crowd, and the others are left to age."""
    await ground.use_all_places()
    async with ground.direct.reading() as connection:
        began = (await connection.execute(text("SELECT clock_timestamp()::text"))).scalar_one()
    for _ in range(3):
        await ground.poll()

    assert await ground.count(f"query_start > '{began}'") == 1


async def test_one_connection_that_the_server_ends_costs_the_others_nothing(
    ground: Ground,
) -> None:
    await ground.use_all_places()
    await ground.poll()  # and would be used next
    await ground.terminate(f"query_start = (SELECT max(query_start) {OURS})")
    await seen(lambda: ground.proxy.open_connections, lambda count: count == PLACES - 1, beat=0.01)
    await ground.direct.ping()  # by then the loop has seen the connection end, too
    await ground.poll()

    assert ground.proxy.connections == PLACES
    assert await ground.count("TRUE") == PLACES - 1


async def test_a_connection_that_met_an_error_is_ended_and_not_only_dropped(
    ground: Ground,
) -> None:
    """Whoever keeps the error keeps what it met, too."""
    await ground.poll()
    with pytest.raises(StoreUnavailable) as raised:
        await ground.store.status("\0", owner=None)
    await seen(lambda: ground.proxy.open_connections, lambda count: count == 0, seconds=5.0)

    assert raised.value.__cause__


async def test_a_poll_cancelled_while_it_connects_leaves_no_connection_behind(
    ground: Ground,
) -> None:
    for turns in range(30):
        asked = asyncio.create_task(ground.poll())
        for _ in range(turns):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.wait([asked])
    await ground.database.polls.close()

    await seen(lambda: ground.proxy.open_connections, lambda count: count == 0)


async def test_whoever_finds_all_places_taken_does_not_wait_for_ever(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_QUEUE_SECONDS", 0.1)
    async with ground.locked():
        polls = [asyncio.create_task(ground.poll(place)) for place in range(PLACES)]
        await ground.until("state = 'active'", PLACES)
        with pytest.raises(StoreUnavailable, match="all connections for polls are in use"):
            await ground.poll()
    await asyncio.gather(*polls)


async def test_closing_ends_the_connections_also_silent_ones(ground: Ground) -> None:
    await ground.use_all_places()
    await ground.database.polls.close()
    await ground.until("TRUE", 0)
    await ground.poll()  # as with any closed pool: it works, and keeps nothing
    await ground.until("TRUE", 0)
    silent = Ground(ground.direct.writes.url.render_as_string(), ground.proxy)
    silent.documents = ground.documents
    await silent.poll()
    ground.proxy.swallow_existing()
    began = time.monotonic()
    await silent.database.polls.close()

    assert time.monotonic() - began < 0.5 + SLACK

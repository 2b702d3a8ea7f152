"""Poll reads from a PostgreSQL that restarts, freezes, or falls silent."""

import asyncio
import struct
import time

import pytest

from dev_servers import PostgresServer
from example_jobs import RecordedDelivery
from jobs import SqlJobs, StoreUnavailable, open_database
from patience import SLACK, seen
from polls_ground import PLACES, Ground


async def test_silent_connections_cost_one_wait_of_a_second_and_no_error(ground: Ground) -> None:
    await ground.use_all_places()
    ground.proxy.swallow_existing()
    first = await ground.poll()
    others = await asyncio.gather(*(ground.poll(place) for place in range(2 * PLACES)))

    assert first < 1.0 + SLACK
    assert max(others) < SLACK


async def test_a_crowd_on_silent_connections_waits_a_second_together(ground: Ground) -> None:
    await ground.use_all_places()
    ground.proxy.swallow_existing()
    took = await asyncio.gather(*(ground.poll(place) for place in range(2 * PLACES)))

    assert max(took) < 1.0 + 2 * SLACK


async def test_a_server_that_restarted_costs_no_error(
    ground: Ground, postgres_server: PostgresServer
) -> None:
    await ground.use_all_places()
    postgres_server.stop()
    with pytest.raises(StoreUnavailable):
        await ground.store.status("job_x", owner=None)
    postgres_server.start()
    await asyncio.gather(*(ground.poll(place) for place in range(10)))


async def test_connections_that_the_server_ends_cost_no_error_idle_or_asking(
    ground: Ground,
) -> None:
    await ground.use_all_places()
    await ground.terminate("TRUE")
    await asyncio.gather(*(ground.poll(place) for place in range(10)))
    async with ground.locked():
        asking = asyncio.create_task(ground.poll())
        await ground.until("state = 'active'", 1)
        before = ground.proxy.connections
        await ground.terminate("state = 'active'")
        await seen(lambda: ground.proxy.connections, lambda count: count > before)

    assert await asking < 2.0


async def test_connections_reset_by_the_network_cost_no_error(ground: Ground) -> None:
    await ground.use_all_places()
    ground.proxy.reset()
    await asyncio.gather(*(ground.poll(place) for place in range(10)))


async def test_a_frozen_server_is_an_error_within_bounds_and_works_again(ground: Ground) -> None:
    await ground.poll()
    ground.proxy.freeze()
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await ground.poll()
    waited = time.monotonic() - began
    ground.proxy.heal()
    await ground.poll()

    assert waited < 1.0 + 2.0 + SLACK


async def test_a_first_statement_that_is_not_answered_is_an_error_within_its_bound(
    ground: Ground,
) -> None:
    async with ground.locked():
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="does not answer"):
            await ground.poll()
        waited = time.monotonic() - began

    assert 1.0 < waited < 2.0 + SLACK


async def test_a_cancelled_poll_ends_at_once_and_the_server_leaves_off_too(
    ground: Ground,
) -> None:
    await ground.poll()
    async with ground.locked():
        asked = asyncio.create_task(ground.poll())
        await ground.until("state = 'active'", 1)
        began = time.monotonic()
        asked.cancel()
        await asyncio.wait([asked])
        ended = time.monotonic() - began
        await ground.until("state = 'active'", 0)
    await ground.poll(1)

    assert ended < SLACK
    assert asked.cancelled()


async def test_a_password_arrives_as_it_was_meant_and_is_in_no_error() -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (size,) = struct.unpack("!i", await reader.readexactly(4))
        await reader.readexactly(size - 4)  # who it is
        writer.write(b"R" + struct.pack("!ii", 8, 3))  # "your password, please"
        _, size = struct.unpack("!ci", await reader.readexactly(5))
        heard.append(await reader.readexactly(size - 4))
        words = b"SFATAL\0C28P01\0Mpassword authentication failed\0\0"
        writer.write(b"E" + struct.pack("!i", 4 + len(words)) + words)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"postgresql://us%40er:p%2F%40%3Aw%25@127.0.0.1:{port}/d?sslmode=disable"
    database = open_database(url)
    with pytest.raises(StoreUnavailable, match="password authentication failed") as raised:
        await SqlJobs(database, RecordedDelivery()).status("job_x", owner=None)
    await database.close()
    server.close()

    assert heard == [b"p/@:w%\0"]
    assert "p/@:w%" not in f"{raised.value!r} {raised.value.__cause__!r} {database!r}"


async def test_who_wants_tls_never_speaks_without(postgres_url: str) -> None:
    database = open_database(f"{postgres_url}?sslmode=require")
    with pytest.raises(StoreUnavailable, match="SSL"):
        await SqlJobs(database, RecordedDelivery()).status("job_x", owner=None)
    await database.close()

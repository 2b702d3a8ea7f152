"""One memory behind three servers: without the fast lane, with it as plain ASGI, and in uvicorn."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvicorn

from api import create_api
from api_service import still_parts
from cache import Cache, CacheStats, Memory, NoCache
from example_jobs import RecordedDelivery
from jobs import DEFAULT_OWNER, Answer, Database, JobFiles, SqlChanges, SqlJobs

NOW: Final = 1_000.0
"""The memory's clock stands still: an answer does not grow older between two servers."""
_SILENCE_SECONDS: Final = 2.0


@dataclass(frozen=True, kw_only=True)
class Served:
    """The ports of the three, and what is behind them."""

    ordinary: int
    asgi: int
    protocol: int
    memory: Memory
    stats: CacheStats
    observed: list[tuple[str, str, int]]
    laned: list[int]

    @property
    def lanes(self) -> tuple[int, int]:
        return self.asgi, self.protocol


@asynccontextmanager
async def three_servers(
    database: Database, folder: Path, cache: Cache | None = None, **knobs: Any
) -> AsyncIterator[Served]:
    stats, observed, answered = CacheStats(), list[tuple[str, str, int]](), list[int]()
    store = SqlJobs(database, RecordedDelivery())
    memory = Memory(
        store,
        cache or NoCache("redis-off", "redis is switched off."),
        stats,
        changes=SqlChanges(database),
        clock=lambda: NOW,
        **knobs,
    )

    def observe(route: str, method: str, status: int, seconds: float) -> None:
        observed.append((route, method, status))

    def laned(status: int, seconds: float) -> None:
        answered.append(status)

    async with AsyncExitStack() as stack:
        await memory.start()
        stack.push_async_callback(memory.stop)
        while memory.feed and not memory.feed.proven:
            await memory.feed.ask()
        ordinary = _app(memory, folder, observe, laned, lane=False)
        laned = _app(memory, folder, observe, laned, lane=True)
        plain = "httptools"
        yield Served(
            ordinary=await stack.enter_async_context(_serving(ordinary, plain)),
            asgi=await stack.enter_async_context(_serving(laned, plain)),
            protocol=await stack.enter_async_context(_serving(laned, "api.lane_protocol:Protocol")),
            memory=memory,
            stats=stats,
            observed=observed,
            laned=answered,
        )


def _app(memory: Memory, folder: Path, observe: Any, laned: Any, *, lane: bool) -> Any:
    def at_hand(job_id: str, floor: int) -> Answer | None:
        return memory.store.at_hand(job_id, floor, owner=DEFAULT_OWNER) if lane else None

    def ask_soon(job_id: str, floor: int, *, tell: Callable[[Answer | None], None]) -> bool:
        store = memory.store
        return lane and store.ask_soon(job_id, floor, owner=DEFAULT_OWNER, tell=tell)

    return create_api(
        still_parts(
            memory.store,
            JobFiles(folder),
            at_hand=at_hand,
            ask_soon=ask_soon,
            observe=observe,
            laned=laned,
        )
    )


@asynccontextmanager
async def _serving(app: Any, http: Any) -> AsyncIterator[int]:
    config = uvicorn.Config(app, http=http, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.005)
        yield listener.getsockname()[1]
        server.should_exit = True
        await running


LAST: Final = b"GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n"


async def said(port: int, parts: Sequence[bytes]) -> bytes:
    """All that a server says to these bytes, sent one after the other, and to a last request; but
    for the date."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = b""
    try:
        for part in (*parts, LAST):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        async with asyncio.timeout(_SILENCE_SECONDS):
            while more := await reader.read(65_536):
                heard += more
    except TimeoutError:
        heard += b"<open>"
    except ConnectionError:
        heard += b"<reset>"
    finally:
        writer.close()
    return re.sub(rb"(?i)date: [^\r]*\r\n", b"", heard)

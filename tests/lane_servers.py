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
from starlette.types import Receive, Scope, Send

from api import create_api
from api.lane_asgi import LaneApp
from api_service import still_parts
from cache import Cache, CacheStats, Memory, NoCache
from example_jobs import RecordedDelivery
from jobs import Answer, Database, JobFiles, SqlChanges, SqlJobs
from patience import until_proven

NOW: Final = 1_000.0
"""The memory's clock stands still: an answer does not grow older between two servers."""
_SILENCE_SECONDS: Final = 2.0
_TURNS: Final = 5
"""Of the loop, in which a server of this process reads what was sent: else it reads all at once."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """The ports of the three, and what is behind them."""

    ordinary: int
    asgi: int
    protocol: int
    memory: Memory
    stats: CacheStats
    observed: list[tuple[str, str, int]]
    polled: list[str]
    """The host of each poll, whoever answered it."""
    laned: tuple[list[int], list[int]]
    """The statuses that each of the lanes answered, as in `lanes`: the second inside uvicorn."""

    @property
    def lanes(self) -> tuple[int, int]:
        return self.asgi, self.protocol


@asynccontextmanager
async def three_servers(
    database: Database, folder: Path, cache: Cache | None = None, **knobs: Any
) -> AsyncIterator[Served]:
    stats, observed, polled = CacheStats(), list[tuple[str, str, int]](), list[str]()
    answered = list[int](), list[int]()
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

    def note(job_id: str, host: str, last: bool) -> None:
        polled.append(host)

    def app(laned: list[int] | None = None) -> Any:
        return _app(memory, folder, laned, observe=observe, polled=note)

    async with AsyncExitStack() as stack:
        await memory.start()
        stack.push_async_callback(memory.stop)
        await until_proven(memory)
        plain, protocol = "httptools", "api.lane_protocol:Protocol"
        yield Served(
            ordinary=await stack.enter_async_context(_serving(app(), plain)),
            asgi=await stack.enter_async_context(_serving(app(answered[0]), plain)),
            protocol=await stack.enter_async_context(
                _serving(_Within(app([]), app(answered[1]).lane), protocol)
            ),
            memory=memory,
            stats=stats,
            observed=observed,
            polled=polled,
            laned=answered,
        )


class _Within(LaneApp):
    """Uvicorn finds `lane` here; `app`, which it passes the rest to, has a lane of its own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def _app(memory: Memory, folder: Path, answered: list[int] | None, **told: Any) -> Any:
    """With the lane if there is a list of its answers."""
    lane = answered is not None

    def laned(status: int, seconds: float) -> None:
        assert answered is not None
        answered.append(status)

    def at_hand(job_id: str, floor: int, owner: str) -> Answer | None:
        return memory.store.at_hand(job_id, floor, owner) if lane else None

    def ask_soon(
        job_id: str, floor: int, owner: str, *, tell: Callable[[Answer | None], None]
    ) -> bool:
        return lane and memory.store.ask_soon(job_id, floor, owner, tell=tell)

    return create_api(
        still_parts(
            memory.store,
            JobFiles(folder),
            at_hand=at_hand,
            ask_soon=ask_soon,
            laned=laned,
            **told,
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
            for _ in range(_TURNS):
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

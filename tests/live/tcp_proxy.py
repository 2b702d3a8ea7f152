"""A TCP proxy of our own: stands before Redis or PostgreSQL and does to them what networks do.

It runs in a thread and a loop of its own, so that neither the test nor the proxy slows the other.
Its methods may be called from any thread or loop; when one returns, the fault is in force. Each
replaces the fault before it. Connecting itself is the kernel's and never slow or frozen.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Coroutine
from typing import Any, Final, Self, TypeVar

from dev_servers import free_port
from live.tcp_flow import BOTH, HEALTHY, Fault, Way
from live.tcp_link import Link

T = TypeVar("T")

_CONTROL_SECONDS: Final = 10.0
_AT_ONCE: Final = 1024


class TcpProxy:
    """`with TcpProxy(host, port) as proxy:` listens on 127.0.0.1 at `proxy.port`."""

    def __init__(self, host: str, port: int) -> None:
        self.port = free_port()
        self.connections = 0
        """How many have been accepted since the start."""
        self.passed: Counter[Way] = Counter()
        """How many bytes went each way."""
        self._host = host
        self._server_port = port
        self._links: dict[Link, asyncio.Task[Any]] = {}
        self._new = HEALTHY
        self._listener: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        self._ask(self._listen())
        return self

    def __exit__(self, *error: object) -> None:
        self._ask(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CONTROL_SECONDS)
        self._loop.close()

    def url(self, url: str) -> str:
        """The server's URL, with the proxy in its place."""
        return url.replace(f":{self._server_port}", f":{self.port}")

    @property
    def open_connections(self) -> int:
        return len(self._links)

    def heal(self) -> None:
        """All is well: listens, and what was held back goes on. Not what was swallowed."""
        self._ask(self._apply(HEALTHY, existing=True, new=True))
        self._ask(self._listen())

    def freeze(self, *, existing: bool = True, new: bool = True) -> None:
        """A black hole: accepts, answers nothing, resets nothing; loses nothing once it heals."""
        self._ask(self._apply(Fault(frozen=True), existing=existing, new=new))

    def swallow_existing(self) -> None:
        """Connections open now go silent for ever, unnoticed; new ones are as they were."""
        self._ask(self._apply(Fault(swallows=True), existing=True, new=False))

    def refuse(self) -> None:
        """Nobody listens any more. Connections open now go on; `reset` those, if that is meant."""
        self._ask(self._deafen())

    def reset(self, *, existing: bool = True, new: bool = False) -> None:
        """RST: at once to connections open now, on arrival to new ones."""
        self._ask(self._apply(Fault(resets=True), existing=existing, new=new))

    def delay(self, seconds: float, *, existing: bool = True, new: bool = True) -> None:
        """Everything takes so much longer, each way."""
        self._ask(self._apply(Fault(delay=seconds), existing=existing, new=new))

    def drip(self, pause: float, *, ways: tuple[Way, ...] = BOTH) -> None:
        """One byte at a time, and after each a pause."""
        self._ask(self._apply(Fault(drip=pause, ways=ways), existing=True, new=True))

    def cut_after(self, count: int, way: Way = "to_client") -> None:
        """Each connection, open now or new, ends after so many bytes more."""
        self._ask(self._apply(Fault(cut_after=count, ways=(way,)), existing=True, new=True))

    def half_close(self, way: Way = "to_client") -> None:
        """Connections open now: one end hears that no more comes; the other way goes on."""
        self._ask(self._apply(Fault(ended=True, ways=(way,)), existing=True, new=False))

    def corrupt(self, share: float, *, seed: int) -> None:
        """So large a share of the bytes that the server says is changed."""
        spoilt = Fault(corrupt=share, seed=str(seed), ways=("to_client",))
        self._ask(self._apply(spoilt, existing=True, new=True))

    def _ask(self, act: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(act, self._loop).result(_CONTROL_SECONDS)

    async def _apply(self, fault: Fault, *, existing: bool, new: bool) -> None:
        if new:
            self._new = fault
        for link in list(self._links) if existing else []:
            link.suffer(fault)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(
                self._serve, "127.0.0.1", self.port, backlog=_AT_ONCE
            )

    async def _deafen(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        link = Link(reader, writer, self.connections, self._new)
        task = asyncio.current_task()
        assert task  # the stream's own, for this connection
        self._links[link] = task
        try:
            await link.run(self._host, self._server_port, self.passed)
        except asyncio.CancelledError:
            pass  # the proxy closes; asyncio's streams would log it as a fault
        finally:
            del self._links[link]

    async def _close(self) -> None:
        await self._deafen()
        tasks = list(self._links.values())
        for link, task in list(self._links.items()):
            task.cancel()
            link.reset()
        if tasks:
            await asyncio.wait(tasks)

"""A link to a server that is far away: each answer takes `delay` seconds more. A thread of its own.

Only for 127.0.0.1; it lets everything through, in order.
"""

import asyncio
import contextlib
import threading
from typing import Any, Final, Self

from dev_servers import free_port

_AT_ONCE: Final = 65_536
_CONTROL_SECONDS: Final = 10.0


class SlowLink:
    """`with SlowLink(port) as link:` listens at `link.port`; `delay` may be set at any time."""

    def __init__(self, server_port: int) -> None:
        self.port = free_port()
        self.delay = 0.0
        self._server_port = server_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.start_server(self._link, "127.0.0.1", self.port)
        asyncio.run_coroutine_threadsafe(listening, self._loop).result(_CONTROL_SECONDS)
        return self

    def __exit__(self, *error: object) -> None:
        ending = asyncio.run_coroutine_threadsafe(_end_all(), self._loop)
        ending.result(_CONTROL_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CONTROL_SECONDS)

    def url(self, url: str) -> str:
        """The server's URL, with the link in its place."""
        return url.replace(f":{self._server_port}/", f":{self.port}/")

    async def _link(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        server, forth = await asyncio.open_connection("127.0.0.1", self._server_port)
        asking = asyncio.create_task(self._pass(client, forth, slow=False))
        await self._pass(server, back, slow=True)
        asking.cancel()

    async def _pass(self, source: Any, target: Any, *, slow: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(_AT_ONCE):
                if slow:
                    await asyncio.sleep(self.delay)
                target.write(data)
                await target.drain()
        target.close()


async def _end_all() -> None:
    """The connections that are still open."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

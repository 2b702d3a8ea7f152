"""A keep-alive connection to an API: one GET at a time, at a tenth of what a full client costs."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final, Self

_HEAD_END: Final = b"\r\n\r\n"


class BadReply(ConnectionError):
    """The answer is no HTTP/1.1 with a Content-Length."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer as it came; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpLine(asyncio.Protocol):
    """Ask again only when the last answer has come. Each failure is an OSError."""

    def __init__(self) -> None:
        self.used_at = time.monotonic()
        self._buffer = bytearray()
        self._answer: asyncio.Future[Reply] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int) -> Self:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(cls, "127.0.0.1", port)
        return line

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    @property
    def own_port(self) -> int:
        """Our end's; only while it is open."""
        assert self._transport
        return int(self._transport.get_extra_info("sockname")[1])

    async def ask(self, path: str, etag: str = "") -> Reply:
        if self._transport is None:
            raise ConnectionResetError("the connection is closed")
        condition = f"If-None-Match: {etag}\r\n" if etag else ""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{condition}\r\n".encode())
        reply = await self._answer
        self.used_at = time.monotonic()
        return reply

    def close(self) -> None:
        """At once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            reply = self._complete()
        except ValueError as error:
            self._fail(BadReply(f"no HTTP: {error}"))
            self.close()
            return
        if reply and self._answer and not self._answer.done():
            self._answer.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(exc or ConnectionResetError("the connection ended"))

    def _fail(self, error: Exception) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)

    def _complete(self) -> Reply | None:
        """The answer in the buffer, if it is whole. Raises ValueError for what is none."""
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return None
        first, *rest = self._buffer[:end].decode("ascii").split("\r\n")
        status = _status(first)
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in rest)
        }
        if "transfer-encoding" in headers:
            raise ValueError("an answer in chunks, which this client cannot read")
        size = 0 if status in (204, 304) else int(headers.get("content-length", "0"))
        stop = end + len(_HEAD_END) + size
        if len(self._buffer) < stop:
            return None
        body = bytes(self._buffer[end + len(_HEAD_END) : stop])
        del self._buffer[:stop]
        return Reply(status=status, headers=headers, body=body)


def _status(first: str) -> int:
    protocol, _, rest = first.partition(" ")
    if protocol != "HTTP/1.1":
        raise ValueError(f"{first[:40]!r}")
    return int(rest[:3])

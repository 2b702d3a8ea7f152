"""One keep-alive connection to a service: EDGE. One GET at a time; nothing is judged."""

import asyncio
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

_HEAD_END: Final = b"\r\n\r\n"
_LONGEST: Final = 2**20
"""Bytes of an answer's head, and of a part of its body."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a service listens."""

    host: str
    port: int
    tls: bool = False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def place_of(url: str) -> Place:
    """Of a URL that `Service` has taken."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return Place(host=parts.hostname or "", port=parts.port or (443 if tls else 80), tls=tls)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer's status, and the headers that matter to a poller."""

    status: int
    etag: str = ""


class BadReply(OSError):
    """What answers there speaks no HTTP/1.1."""


_NO_HTTP: Final = (ValueError, KeyError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class HttpLine:
    """Ask again only when the last answer has come. Every failure is an OSError."""

    def __init__(
        self, place: Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.place = place
        self._reader = reader
        self._writer = writer
        self.used_at = time.monotonic()

    @classmethod
    async def open(cls, place: Place) -> Self:
        context = await asyncio.to_thread(ssl.create_default_context) if place.tls else None
        streams = await asyncio.open_connection(place.host, place.port, ssl=context, limit=_LONGEST)
        return cls(place, *streams)

    @property
    def is_open(self) -> bool:
        return not (self._writer.is_closing() or self._reader.at_eof())

    async def get(self, path: str, etag: str = "") -> Reply:
        """The answer to a GET with that If-None-Match; its body is read and dropped."""
        condition = f"If-None-Match: {etag}\r\n" if etag else ""
        head = f"GET {path} HTTP/1.1\r\nHost: {self.place}\r\nUser-Agent: tally-ops\r\n{condition}"
        self._writer.write(f"{head}\r\n".encode())
        try:
            reply = await self._read()
        except _NO_HTTP as error:
            raise BadReply("the answer broke off, or is no HTTP/1.1") from error
        self.used_at = time.monotonic()
        return reply

    def close(self) -> None:
        """At once, whatever is under way."""
        with suppress(OSError):
            self._writer.transport.abort()

    async def _read(self) -> Reply:
        head = (await self._reader.readuntil(_HEAD_END)).decode("latin-1")
        first, *rest = head.rstrip("\r\n").split("\r\n")
        status = _status(first)
        pairs = (line.partition(":") for line in rest)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if "chunked" in headers.get("transfer-encoding", ""):
            while await self._piece(int(await self._reader.readline(), 16)):
                pass
        elif status not in (204, 304):
            await self._reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self._writer.close()
        return Reply(status=status, etag=headers.get("etag", ""))

    async def _piece(self, size: int) -> int:
        await self._reader.readexactly(size + len("\r\n"))
        return size


def _status(first: str) -> int:
    protocol, _, rest = first.partition(" ")
    if protocol != "HTTP/1.1":
        raise ValueError(first)
    return int(rest[:3])

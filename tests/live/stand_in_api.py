"""A service that answers polls as a test wants it to, badly too. In the test's own loop."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

Answer: TypeAlias = Callable[[str, str], Awaitable[bytes]]


@dataclass
class StandIn:
    """Writes what `answer` gives for a job and an entity tag, and remembers both."""

    answer: Answer
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while head := await _head(reader):
            job = head.split()[1].rpartition("/")[2]
            sent = re.search(r"If-None-Match: (\S+)", head)
            self.asked.append((job, sent[1] if sent else ""))
            writer.write(await self.answer(*self.asked[-1]))
            if self.answer is cut_short:
                break
        writer.close()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, OSError):
        return ""


def reply(job: str, version: int, sent: str = "") -> bytes:
    body = f'{{"id":"{job}","version":{version},"done":false}}'
    if sent == f'"{version}.1"':
        return f'HTTP/1.1 304 Not Modified\r\netag: "{version}.1"\r\n\r\n'.encode()
    return (
        f'HTTP/1.1 200 OK\r\nETag: "{version}.1"\r\nAge: 2\r\nCache-Status: tally; hit\r\n'
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def right(job: str, sent: str) -> bytes:
    return reply(job, 3, sent)


async def cut_short(job: str, sent: str) -> bytes:
    return reply(job, 3)[:-5]


async def nonsense(job: str, sent: str) -> bytes:
    return b"+PONG\r\n\r\n"


async def no_json(job: str, sent: str) -> bytes:
    return b'HTTP/1.1 200 OK\r\nETag: "1.1"\r\nContent-Length: 3\r\n\r\n{"a'


@asynccontextmanager
async def standing_in(answer: Answer = right) -> AsyncIterator[StandIn]:
    api = StandIn(answer)
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    api.port = server.sockets[0].getsockname()[1]
    yield api
    server.close()

"""A line is used again and again, reads what it must, and every failure is an OSError."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from live.stand_in_api import Answer, cut_short, nonsense, right, standing_in
from ops.http_line import HttpLine, Place, Reply, place_of


@asynccontextmanager
async def answering(*pieces: bytes) -> AsyncIterator[Place]:
    """Where somebody answers the first request with these bytes, and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield Place(host="127.0.0.1", port=server.sockets[0].getsockname()[1])


@pytest.mark.parametrize(
    ("url", "place", "told"),
    [
        ("http://127.0.0.1:8000", Place(host="127.0.0.1", port=8000), "127.0.0.1:8000"),
        ("http://[::1]:8000", Place(host="::1", port=8000), "[::1]:8000"),
        ("http://tally", Place(host="tally", port=80), "tally:80"),
        ("https://tally", Place(host="tally", port=443, tls=True), "tally:443"),
    ],
)
def test_a_url_leads_to_its_place(url: str, place: Place, told: str) -> None:
    assert place_of(url) == place
    assert str(place) == told


async def test_a_line_is_used_again_and_sends_the_entity_tag() -> None:
    async with standing_in(right) as api:
        line = await HttpLine.open(Place(host="127.0.0.1", port=api.port))
        first = await line.get("/api/v2/jobs/job_a")
        second = await line.get("/api/v2/jobs/job_a", first.etag)
        line.close()

    assert (first, second) == (Reply(status=200, etag='"3.1"'), Reply(status=304, etag='"3.1"'))
    assert api.asked == [("job_a", ""), ("job_a", '"3.1"')]
    assert api.connections == 1


async def test_an_answer_in_chunks_is_read_to_its_end() -> None:
    head = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: "7.1"\r\n\r\n'
    async with answering(head, b"5\r\nhello\r\n", b"0\r\n\r\n") as place:
        reply = await (await HttpLine.open(place)).get("/")

    assert reply == Reply(status=200, etag='"7.1"')


async def test_a_line_that_the_server_closes_is_not_open() -> None:
    goodbye = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with answering(goodbye) as place:
        line = await HttpLine.open(place)
        assert line.is_open
        reply = await line.get("/")

    assert reply.status == 404
    assert not line.is_open


@pytest.mark.parametrize("answer", [cut_short, nonsense])
async def test_what_is_no_answer_is_an_oserror(answer: Answer) -> None:
    async with standing_in(answer) as api:
        line = await HttpLine.open(Place(host="127.0.0.1", port=api.port))
        with pytest.raises(OSError, match="broke off"):
            await line.get("/api/v2/jobs/job_a")
        line.close()


async def test_an_answer_without_a_length_is_an_oserror() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n\r\nhello") as place:
        line = await HttpLine.open(place)
        with pytest.raises(OSError, match="broke off"):
            await line.get("/")
        line.close()

"""A service is asked with a limit, whatever it does; and every outcome is a value."""

import asyncio
import json

import pytest

from dev_servers import free_port
from ops.service import BadServiceUrl, Service
from ops.service_seen import Page
from said_pages import saying, serving


async def asked(url: str, seconds: float = 5.0) -> Page:
    return await Service(url, seconds=seconds).page("/livez")


async def test_an_answer_is_its_status_and_its_bytes() -> None:
    async with saying("200 OK", b'{"a": 1}') as url:
        page = await asked(url)

    assert (page.status, page.document, page.fine) == (200, {"a": 1}, True)
    assert 0 < page.seconds < 5


@pytest.mark.parametrize("status", ["404 Not Found", "503 Service Unavailable"])
async def test_an_error_status_is_an_answer_too(status: str) -> None:
    async with saying(status, b'{"status": "unready"}') as url:
        page = await asked(url)

    assert page.status == int(status[:3])
    assert page.document == {"status": "unready"}
    assert not page.fine


async def test_a_redirect_is_not_followed() -> None:
    async with saying("302 Found", b"", "Location: http://127.0.0.1:1/livez") as url:
        page = await asked(url)

    assert page.status == 302


async def test_a_post_brings_its_document() -> None:
    heads: list[bytes] = []

    async def reply(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(reply) as url:
        page = await Service(url).page("/api/v2/jobs", {"kind": "probe"})

    length = len(json.dumps({"kind": "probe"}))
    assert page.status == 202
    assert heads[0].startswith(b"POST /api/v2/jobs ")
    assert f"Content-Length: {length}\r\n".encode() in heads[0]
    assert b"Content-Type: application/json\r\n" in heads[0]


async def test_one_who_never_answers_is_left_in_time() -> None:
    async def silent(head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with serving(silent) as url, asyncio.timeout(5):
        page = await asked(url, seconds=0.1)

    assert (page.status, page.fine) == (None, False)
    assert "in time" in page.trouble or "within 0.1 s" in page.trouble


async def test_one_who_answers_drop_by_drop_is_left_in_time() -> None:
    async def dripping(head: bytes, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"H")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(dripping) as url, asyncio.timeout(5):
        page = await asked(url, seconds=0.2)

    assert page.trouble == "does not answer within 0.2 s"


@pytest.mark.parametrize(
    "words", [b"", b"+PONG\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
async def test_what_speaks_no_http_or_breaks_off_is_trouble(words: bytes) -> None:
    async def odd(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()

    async with serving(odd) as url:
        page = await asked(url)

    assert page.status is None
    assert page.trouble


async def test_why_it_cannot_be_asked_is_told_in_few_and_harmless_characters() -> None:
    async def binary(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x1b[2J" + bytes(range(128, 256)) * 99 + b"\r\n\r\n")
        await writer.drain()

    async with serving(binary) as url:
        page = await asked(url)

    assert page.trouble.startswith("cannot be asked: ")
    assert page.trouble.isprintable()
    assert len(page.trouble) < 130


async def test_where_nobody_listens_the_reason_is_told() -> None:
    page = await asked(f"http://127.0.0.1:{free_port()}")

    assert page.trouble == "cannot be asked: Connection refused"


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with saying("200 OK", b"{}") as url:
        page = await asked(url)

    assert page.fine


async def test_all_four_pages_are_asked_at_once() -> None:
    waiting = asyncio.Event()
    paths: set[str] = set()

    async def together(head: bytes, writer: asyncio.StreamWriter) -> None:
        paths.add(head.split()[1].decode())
        if len(paths) == 4:
            waiting.set()
        await waiting.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(together) as url:
        seen = await Service(url, seconds=5.0).seen()

    assert paths == {"/livez", "/readyz", "/metrics", "/api/v2/cache/stats"}
    assert seen.answers
    assert seen.url == url


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/", "https://tally.internal", "http://[::1]:80"]
)
def test_a_url_of_a_service_is_taken(url: str) -> None:
    assert Service(url).url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8000",
        "redis://localhost:6379",
        "file:///etc/passwd",
        "http://",
        "http://host:port",
        "http://host:99999",
        "http://[::1",
        "http://ann:s3cret@host:8000",
        "http://host:8000/api/v2",
        "http://host:8000?x=1",
    ],
)
def test_anything_else_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadServiceUrl) as refusal:
        Service(url)

    assert "--url must be http://host:port" in str(refusal.value)
    assert str(BadServiceUrl("--prometheus")).startswith("--prometheus must be http://host:port")
    assert "s3cret" not in str(refusal.value)

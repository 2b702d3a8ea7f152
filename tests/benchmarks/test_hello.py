"""The one with a poll's header lines has all of them, and is else as the hello world."""

import httpx

from api.v2.poll import poll_headers
from benchmarks import hello
from example_documents import a_document
from jobs import Answer


async def test_it_has_the_header_lines_of_a_poll() -> None:
    answer = Answer(document=a_document(), hit=True, detail="near", ttl=29.0)
    assert answer.document is not None
    lines = poll_headers(answer.document, answer)
    async with _asking() as client:
        whole, unchanged = [await client.get("/", headers=sent) for sent in ({}, ETAG)]

    assert [whole.status_code, unchanged.status_code] == [200, 304]
    assert [whole.content, unchanged.content] == [hello.BODY, b""]
    assert {*unchanged.headers} == {name.lower() for name in lines}
    assert {*whole.headers} == {*unchanged.headers, "content-length", "content-type"}
    assert unchanged.headers["cache-status"] == lines["Cache-Status"]


ETAG = {"If-None-Match": '"1.1"'}


def _asking() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=hello.with_lines)
    return httpx.AsyncClient(transport=transport, base_url="http://bench")

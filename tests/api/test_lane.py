"""The fast lane says what the ordinary way says, byte for byte, whatever is asked and however."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from example_jobs import a_job
from jobs import CancelRequested, Claimed, Deleted, migrate, open_database
from lane_servers import Served, said, three_servers

NOBODY: Final = "job_" + "0" * 26


@dataclass(frozen=True)
class Ground:
    served: Served
    moving: str
    done: str
    deleted: str
    strange: str
    """Another owner's."""


@pytest.fixture(scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    folder = tmp_path_factory.mktemp("lane")
    database = open_database(f"sqlite:///{folder}/tally.db")
    await migrate(database)
    async with three_servers(database, folder) as served:
        store = served.memory.store
        jobs = [a_job() for _ in range(3)] + [a_job(owner="somebody")]
        for job in jobs:
            await store.create(job)
        moving, done, deleted, strange = [job.id for job in jobs]
        now = time.time()
        await store.advance(moving, Claimed(worker="w"), now=now)
        for job_id in (done, deleted):
            await store.advance(job_id, CancelRequested(), now=now)
        await store.advance(deleted, Deleted(), now=now)
        yield Ground(served, moving, done, deleted, strange)
    await database.close()


METHODS = st.sampled_from(["GET"] * 8 + ["HEAD", "POST", "get", "OPTIONS"])
VERSIONS = st.sampled_from(["1.1"] * 8 + ["1.0", "2.0"])
TAGS = st.sampled_from(
    ['"1.1"', '"2.1"', 'W/"2.1"', '"9.1"', "*", '"2.2"', '"x"', '"1.1", "2.1"', "", '"2.1']
)
HEADERS = st.lists(
    st.one_of(
        TAGS.map(lambda tag: f"If-None-Match: {tag}"),
        st.sampled_from(
            [
                "Host: tally",
                "Connection: keep-alive",
                "Connection: Keep-Alive",
                "Proxy-Connection: close",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Upgrade: h2c",
                "Accept: */*",
                "accept-encoding: gzip",
                "Range: bytes=0-9",
                "If-Modified-Since: Sat, 01 Jan 2022 00:00:00 GMT",
                "If-Match: *",
                "Prefer: wait=1",
                "Content-Length: 0",
                "Expect: 100-continue",
                "X-Forwarded-For: 10.0.0.1",
                "Cookie: a=b",
                "X-Bad: a\x01b",
                "Bad Name: x",
                " folded",
                "NoColon",
                "Authorization: Bearer x",
                "TE: trailers",
            ]
        ),
    ),
    max_size=4,
)
PLACES = ["moving"] * 3 + ["done"] * 3 + ["deleted", "strange", "nobody", "odd"]


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str]:
    """Whose job, and the request with {id} in its place."""
    end = draw(st.sampled_from([""] * 6 + ["?a=b", "/", "%20", "x"]))
    lines = [f"{draw(METHODS)} /api/v2/jobs/{{id}}{end} HTTP/{draw(VERSIONS)}", *draw(HEADERS)]
    return draw(st.sampled_from(PLACES)), "\r\n".join([*lines, "", ""])


def bytes_of(ground: Ground, place: str, request: str) -> bytes:
    odd = {"nobody": NOBODY, "odd": "job_" + "%41" * 8 + "xy"}
    return request.replace("{id}", odd.get(place) or getattr(ground, place)).encode("latin-1")


def chopped(whole: bytes, cuts: Sequence[int]) -> list[bytes]:
    edges = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    return [whole[low:high] for low, high in pairwise(edges)]


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(requests(), min_size=1, max_size=3), st.lists(st.integers(0), max_size=3))
async def test_both_lanes_say_what_the_ordinary_way_says(
    ground: Ground, asked: Sequence[tuple[str, str]], cuts: Sequence[int]
) -> None:
    whole = b"".join(bytes_of(ground, *each) for each in asked)
    parts, served = chopped(whole, cuts), ground.served

    ordinary, *lanes = await asyncio.gather(
        *(said(port, parts) for port in (served.ordinary, *served.lanes))
    )

    assert lanes == [ordinary, ordinary]


async def test_the_lanes_answer_the_polls_they_are_for(ground: Ground) -> None:
    poll = f"GET /api/v2/jobs/{ground.moving} HTTP/1.1\r\nHost: tally\r\n".encode()
    tag = b'If-None-Match: "2.1"\r\n'
    before, laned = len(ground.served.observed), len(ground.served.laned)
    heard = [
        await said(port, [poll + b"\r\n", poll + tag + b"\r\n"]) for port in ground.served.lanes
    ]

    assert heard[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"HTTP/1.1 304 Not Modified\r\n" in heard[0]
    assert heard[0] == heard[1]
    assert ground.served.observed[before:] == [("/livez", "GET", 200)] * 2
    assert ground.served.laned[laned:] == [200, 304] * 2

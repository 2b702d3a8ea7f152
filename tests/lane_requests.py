"""Random requests for polls, near misses among them, and the jobs they ask for."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from hypothesis import strategies as st

from example_jobs import a_job
from jobs import CancelRequested, Claimed, Deleted
from lane_servers import Served

_NOBODY: Final = "job_" + "0" * 26

METHODS: Final = st.sampled_from(["GET"] * 8 + ["HEAD", "POST", "get", "OPTIONS"])
VERSIONS: Final = st.sampled_from(["1.1"] * 8 + ["1.0", "2.0"])
TAGS: Final = st.sampled_from(
    ['"1.1"', '"2.1"', 'W/"2.1"', '"9.1"', "*", '"2.2"', '"x"', '"1.1", "2.1"', "", '"2.1']
)
HEADERS: Final = st.lists(
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
PLACES: Final = ["moving"] * 3 + ["done"] * 3 + ["deleted", "strange", "nobody", "odd"]
USUAL_HEADERS: Final = st.lists(
    st.sampled_from(["Host: tally", "Accept: */*", 'If-None-Match: "2.1"', 'If-None-Match: "1.1"']),
    max_size=3,
    unique=True,
)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The servers, and the ids of jobs that they have."""

    served: Served
    moving: str
    done: str
    deleted: str
    strange: str
    """Another owner's."""


async def with_jobs(served: Served) -> Ground:
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
    return Ground(served=served, moving=moving, done=done, deleted=deleted, strange=strange)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str]:
    """Whose job, and the request with {id} in its place."""
    end = draw(st.sampled_from([""] * 6 + ["?a=b", "/", "%20", "x"]))
    lines = [f"{draw(METHODS)} /api/v2/jobs/{{id}}{end} HTTP/{draw(VERSIONS)}", *draw(HEADERS)]
    return draw(st.sampled_from(PLACES)), "\r\n".join([*lines, "", ""])


@st.composite
def usual_polls(draw: st.DrawFn) -> tuple[str, str]:
    """As `requests`, but only what a lane is for."""
    lines = ["GET /api/v2/jobs/{id} HTTP/1.1", *draw(USUAL_HEADERS)]
    return draw(st.sampled_from(["moving", "done"])), "\r\n".join([*lines, "", ""])


def bytes_of(ground: Ground, place: str, request: str) -> bytes:
    odd = {"nobody": _NOBODY, "odd": "job_" + "%41" * 8 + "xy"}
    return request.replace("{id}", odd.get(place) or getattr(ground, place)).encode("latin-1")


def chopped(whole: bytes, cuts: Sequence[int]) -> list[bytes]:
    edges = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    return [whole[low:high] for low, high in pairwise(edges)]

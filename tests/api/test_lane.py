"""The fast lane says what the ordinary way says, byte for byte, whatever is asked and however."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs import migrate, open_database
from lane_requests import Ground, bytes_of, chopped, requests, usual_polls, with_jobs
from lane_servers import said, three_servers

FEW, SOME = 10, 20
"""Answers of a lane; every second example begins with one of each kind."""
_POLL = "GET /api/v2/jobs/{id} HTTP/1.1\r\n"
BEGINNINGS = ((), (("moving", f"{_POLL}\r\n"), ("moving", f'{_POLL}If-None-Match: "2.1"\r\n\r\n')))
"""Of a connection: the lane's own, or whatever comes."""


@pytest.fixture(scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    folder = tmp_path_factory.mktemp("lane")
    database = open_database(f"sqlite:///{folder}/tally.db")
    await migrate(database)
    async with three_servers(database, folder) as served:
        yield await with_jobs(served)
    await database.close()


@pytest.fixture
def taken(ground: Ground) -> Iterator[None]:
    """Fails where the test hardly ever took one of the lanes: then it has shown little."""
    before = [len(laned) for laned in ground.served.laned]
    yield
    for laned, begin in zip(ground.served.laned, before, strict=True):
        answers = Counter(laned[begin:])
        assert answers[200] >= SOME
        assert answers[304] >= FEW


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(requests() | usual_polls(), min_size=1, max_size=3),
    st.none() | st.lists(st.integers(0), max_size=3),
    st.sampled_from(BEGINNINGS),
)
@pytest.mark.usefixtures("taken")
async def test_both_lanes_say_what_the_ordinary_way_says(
    ground: Ground,
    asked: Sequence[tuple[str, str]],
    cuts: Sequence[int] | None,
    first: Sequence[tuple[str, str]],
) -> None:
    parts, served = [bytes_of(ground, *each) for each in asked], ground.served
    if cuts is not None:
        parts = chopped(b"".join(parts), cuts)
    parts = [*(bytes_of(ground, *each) for each in first), *parts]

    ordinary, *lanes = await asyncio.gather(
        *(said(port, parts) for port in (served.ordinary, *served.lanes))
    )

    assert lanes == [ordinary, ordinary]


async def test_the_lanes_answer_the_polls_they_are_for(ground: Ground) -> None:
    poll = f"GET /api/v2/jobs/{ground.moving} HTTP/1.1\r\nHost: tally\r\n".encode()
    tag = b'If-None-Match: "2.1"\r\n'
    before = len(ground.served.observed)
    heard = [
        await said(port, [poll + b"\r\n", poll + tag + b"\r\n"]) for port in ground.served.lanes
    ]

    assert heard[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"HTTP/1.1 304 Not Modified\r\n" in heard[0]
    assert heard[0] == heard[1]
    assert ground.served.observed[before:] == [("/livez", "GET", 200)] * 2
    assert [laned[-2:] for laned in ground.served.laned] == [[200, 304]] * 2


async def test_of_two_lines_that_name_the_client_the_last_one_counts_everywhere(
    ground: Ground,
) -> None:
    """The proxy next to us has the last word; what stands before it clients can make up."""
    lines = "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2\r\n"
    poll = f"GET /api/v2/jobs/{ground.moving} HTTP/1.1\r\n{lines}\r\n".encode()
    served = ground.served
    before, laned = len(served.polled), [len(it) for it in served.laned]
    for port in (served.ordinary, *served.lanes):
        await said(port, [poll])

    assert served.polled[before:] == ["10.0.0.2"] * 3
    assert [it[begin:] for it, begin in zip(served.laned, laned, strict=True)] == [[200]] * 2

"""A crowd polls at its rate whatever the answers take, and sees what a client would see."""

import asyncio
from collections import Counter

from live.stand_in_api import StandIn, reply, right, standing_in
from ops.http_line import Place
from ops.polls import Polls, polling
from patience import seen

PATHS = [f"/api/v2/jobs/job_{name}" for name in "abc"]


def place(api: StandIn) -> Place:
    return Place(host="127.0.0.1", port=api.port)


async def answered(polls: Polls, count: int) -> None:
    """Until so many polls were answered; fails after some seconds."""
    await seen(lambda: len(polls.looks) >= count, seconds=10, beat=0.005)


async def test_the_jobs_are_polled_in_turn_with_the_newest_tag_that_was_seen() -> None:
    async with standing_in(right) as api, polling(place(api), PATHS, rate=300.0) as polls:
        await answered(polls, 30)
    figures = polls.figures()

    assert (figures.errors, figures.steps_back) == (0, 0)
    assert len(set(Counter(job for job, _ in api.asked).values())) <= 2
    assert Counter(tag for _, tag in api.asked)[""] < 30
    assert api.asked[-1][1] == '"3.1"'
    assert polls.newest(PATHS[0]) == 3


async def test_polls_go_on_while_answers_are_waited_for() -> None:
    """An open loop: a slow service is not spared, and the wait of each poll is seen."""
    released = asyncio.Event()

    async def slow(job: str, sent: str) -> bytes:
        await released.wait()
        return reply(job, 3, sent)

    async with standing_in(slow) as api, polling(place(api), PATHS, rate=500.0) as polls:
        await seen(lambda: len(api.asked) >= 20, seconds=10, beat=0.005)
        assert not polls.looks
        released.set()
        await answered(polls, 20)

    assert polls.figures().errors == 0
    assert api.connections >= 20
    assert polls.looks[0].seconds > 0.02


async def test_a_version_below_the_one_sent_is_a_step_back() -> None:
    versions = iter([5, 5, 5, 4, 4, 4])

    async def forgetful(job: str, sent: str) -> bytes:
        return reply(job, next(versions, 4))

    async with standing_in(forgetful) as api, polling(place(api), PATHS, rate=50.0) as polls:
        await answered(polls, 9)

    assert polls.figures().steps_back > 0
    assert polls.newest(PATHS[0]) == 5


async def test_where_nobody_listens_every_poll_is_an_error_with_its_reason() -> None:
    async with standing_in(right) as api:
        empty = place(api)
    async with polling(empty, PATHS, rate=100.0) as polls:
        await answered(polls, 5)

    assert polls.figures().errors == len(polls.looks)
    assert {*polls.figures().troubles} == {"Connection refused"}


async def test_polls_move_to_another_place_without_an_error() -> None:
    async with standing_in(right) as old, standing_in(right) as new:
        async with polling(place(old), PATHS, rate=300.0) as polls:
            await answered(polls, 20)
            polls.aim(place(new))
            moved = len(polls.looks)
            await answered(polls, moved + 30)
        asked = len(old.asked)

    assert polls.figures().errors == 0
    assert len(new.asked) >= 20
    assert asked + len(new.asked) == len(polls.looks)


async def test_a_deleted_job_is_not_polled_again_and_without_jobs_it_ends() -> None:
    async def gone(job: str, sent: str) -> bytes:
        return b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"

    async with standing_in(gone) as api:
        polls = Polls(place(api), PATHS, rate=100.0)
        async with asyncio.timeout(5.0):
            await polls.run()
        await polls.end()

    assert {job for job, _ in api.asked} == {"job_a", "job_b", "job_c"}
    assert polls.figures().errors == 0

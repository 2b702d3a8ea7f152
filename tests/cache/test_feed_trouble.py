"""The change feed in trouble: lost history, broken deliveries, what it logs, and how it ends."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from cache.feed import Feed, boot_clock
from example_documents import a_document
from followed_feed import BEGUN, Followed
from jobs import Document, HistoryLost, StoreUnavailable
from scripted_changes import ScriptedChanges, news

Until = Callable[[Callable[[], bool], float], Awaitable[float]]


async def test_when_the_database_went_back_in_time_everything_is_forgotten_at_once() -> None:
    followed = Followed(BEGUN, news("9", a_document("a", 9)), HistoryLost())
    await followed.ask(2)
    epoch = followed.near.epoch
    followed.near.keep(a_document("a", 9), followed.clock.now, epoch)
    await followed.ask()

    assert not followed.feed.proven
    assert followed.near.epoch > epoch
    assert (followed.near.get("a"), followed.near.known("a")) == (None, 0)


async def test_it_logs_why_it_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    followed = Followed(BEGUN, HistoryLost("Too much has changed."))
    await followed.ask(2)

    assert [message.partition(" Too")[2] for message in caplog.messages] == [" much has changed."]


async def test_and_it_begins_anew_in_an_epoch_of_its_own() -> None:
    followed = Followed(BEGUN, HistoryLost())
    await followed.ask(2)
    lost = followed.near.epoch
    followed.log.then(BEGUN, news("1", a_document("a", 4)))
    await followed.ask(2)

    assert followed.log.asked == [None, "0", None, "0"]
    assert followed.near.epoch > lost
    assert (followed.feed.proven, followed.near.known("a")) == (True, 4)


async def test_where_telling_breaks_off_all_of_it_is_asked_for_again() -> None:
    followed = Followed(BEGUN)
    told: list[int] = []

    def tell(document: Document, said_at: float) -> None:
        told.append(document.version)
        if len(told) == 2:
            raise ValueError("a bug")

    feed = Feed(followed.log, followed.near, tell, lambda: None, clock=followed.clock)
    followed.log.then(*[news("1", a_document("a", 4), a_document("b", 7))] * 2)
    for _ in range(4):
        await feed.ask()

    assert told == [4, 7, 4, 7]
    assert followed.log.asked == [None, "0", "0", "1"]


async def test_it_logs_one_line_when_it_is_down_and_one_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "tally.cache")
    followed = Followed(BEGUN, *[StoreUnavailable("It is switched off.")] * 9)
    await followed.ask(4)
    assert caplog.messages == []  # near answers go on
    followed.clock.now += 1.5
    await followed.ask(6)
    assert caplog.messages == [
        "cache: the change feed is down, near answers end. It is switched off."
    ]
    await followed.ask(3)

    assert caplog.messages[1:] == ["cache: the change feed follows the database again."]


async def test_a_database_that_is_starting_too_has_ten_seconds_before_it_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    followed = Followed(*[StoreUnavailable("It is starting.")] * 9)
    await followed.ask(3)
    followed.clock.now += 9.9
    await followed.ask(3)
    assert caplog.messages == []
    followed.clock.now += 0.2
    await followed.ask(3)

    assert caplog.messages == ["cache: the change feed is down, near answers end. It is starting."]


async def test_one_that_answers_by_then_is_never_mentioned(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "tally.cache")
    followed = Followed(*[StoreUnavailable("It is starting.")] * 9, BEGUN)
    await followed.ask(9)
    assert followed.feed.failing
    await followed.ask()

    assert (followed.feed.proven, caplog.messages) == (True, [])


async def test_an_error_that_nobody_foresaw_is_logged_once_with_its_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    followed = Followed(BEGUN, *[ValueError("a bug")] * 5)
    await followed.ask(6)

    assert [bool(record.exc_info) for record in caplog.records] == [True]


async def test_it_asks_at_the_beat_until_it_is_cancelled_and_then_lets_go(until: Until) -> None:
    followed = Followed(BEGUN)
    running = asyncio.create_task(followed.feed.run())
    await until(lambda: len(followed.log.asked) > 5, 5.0)
    assert followed.feed.proven
    running.cancel()
    await asyncio.wait([running])

    assert running.cancelled()
    assert followed.log.closed == 1
    assert not followed.feed.proven


async def test_it_lets_go_also_when_a_question_hangs(until: Until) -> None:
    followed = Followed(BEGUN, None)
    running = asyncio.create_task(followed.feed.run())
    await until(lambda: len(followed.log.asked) == 2, 5.0)
    running.cancel()
    await asyncio.wait([running])

    assert (running.cancelled(), followed.log.closed) == (True, 1)


async def test_a_failing_database_is_asked_less_often(until: Until) -> None:
    followed = Followed(*[StoreUnavailable()] * 100)
    running = asyncio.create_task(followed.feed.run())
    took = await until(lambda: len(followed.log.asked) == 3, 5.0)
    running.cancel()
    await asyncio.wait([running])

    assert took > 0.45  # two pauses of a quarter of a second, not of the beat


async def test_the_clock_of_the_machine_serves_where_none_is_given() -> None:
    followed = Followed()
    feed = Feed(ScriptedChanges(), followed.near, lambda *_: None, lambda: None)
    before = boot_clock()
    await feed.ask()

    assert before <= feed.proven_at <= boot_clock()
    assert feed.proven

"""Names are looked up one at a time: a resolver that hangs costs one thread, however asked."""

import asyncio
import socket
import threading

import pytest

from cache.name_lookup import NameLookup


async def test_a_name_that_exists_is_found() -> None:
    await NameLookup("localhost", 6379).succeed()


async def test_a_name_that_cannot_exist_is_an_error() -> None:
    with pytest.raises(socket.gaierror):
        await NameLookup("no-such-host.invalid", 6379).succeed()


async def test_while_a_question_is_open_no_second_one_is_asked() -> None:
    asked: list[str] = []
    answer = threading.Event()

    def hang(host: str, port: int) -> None:
        asked.append(host)
        answer.wait(10.0)

    lookup = NameLookup("h", 1, hang)
    for _ in range(20):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lookup.succeed(), 0.005)

    assert asked == ["h"]
    answer.set()
    await asyncio.wait_for(lookup.succeed(), 5.0)


async def test_after_a_failure_it_is_asked_anew() -> None:
    answers: list[Exception | None] = [socket.gaierror("not yet"), None]

    def ask(host: str, port: int) -> None:
        if error := answers.pop(0):
            raise error

    lookup = NameLookup("h", 1, ask)
    with pytest.raises(socket.gaierror):
        await lookup.succeed()
    await lookup.succeed()

    assert answers == []


async def test_text_that_is_no_name_at_all_is_an_error_like_any_other() -> None:
    with pytest.raises((OSError, UnicodeError)):
        await NameLookup("a" * 300, 6379).succeed()

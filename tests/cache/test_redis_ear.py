"""A channel is followed until the connection is silent, and what lies there is read first."""

import asyncio
from collections import deque
from typing import Any

import pytest

from cache.redis_ear import follow


class ScriptedLine:
    """A connection that reads what a test says, None being silence, and remembers what is sent."""

    socket_timeout: float | None = 0.3

    def __init__(self, *answers: object) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.waits: list[float | None] = []
        self._answers = deque(answers)

    async def send_command(self, *words: Any) -> None:
        self.sent.append(words)

    async def read_response(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109  # the driver's own face
        disconnect_on_error: bool = True,
    ) -> Any:
        self.waits.append(timeout)
        await asyncio.sleep(0)
        if not self._answers:
            raise ConnectionError("lost")
        return self._answers.popleft()


SUBSCRIBED = [b"subscribe", b"c", 1]
MESSAGE = [b"message", b"c", b"value"]
PONG = [b"pong", b""]


async def test_what_is_published_is_delivered_and_everything_is_a_sign_of_life() -> None:
    line = ScriptedLine(SUBSCRIBED, MESSAGE, PONG, MESSAGE)
    delivered, heard = list[bytes](), list[None]()
    with pytest.raises(ConnectionError, match="lost"):
        await follow(line, delivered.append, lambda: heard.append(None))

    assert delivered == [b"value", b"value"]
    assert len(heard) == 4
    assert line.sent == []


async def test_a_silence_is_asked_for_a_sign_of_life_twice_and_then_over() -> None:
    line = ScriptedLine(SUBSCRIBED, None, None, None)
    with pytest.raises(TimeoutError, match="nothing heard"):
        await follow(line, lambda _: None, lambda: None)

    assert line.sent == [("PING",), ("PING",)]
    assert line.waits == [pytest.approx(0.1)] * 4


async def test_any_answer_ends_a_silence() -> None:
    line, heard = ScriptedLine(None, None, PONG, None, None, MESSAGE), list[None]()
    with pytest.raises(ConnectionError, match="lost"):
        await follow(line, lambda _: None, lambda: heard.append(None))

    assert len(line.sent) == 4
    assert len(heard) == 2

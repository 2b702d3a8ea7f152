"""The fast lane: polls that memory can answer, answered before routing and middleware.

Knows the cache by two methods, near and Redis, and gives what the ordinary way would give, byte for
byte; what neither has at hand it leaves alone. See docs/fast-lane.md.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

from api.lane_request import Asked
from api.v2.poll import Polled, matches, poll_headers
from jobs import DEFAULT_OWNER, Answer

_log = logging.getLogger("tally")

AtHand: TypeAlias = Callable[[str, int, str], Answer | None]
"""The near answer for a job, given the caller's floor and owner; None: ask the ordinary way."""


class AskSoon(Protocol):
    """Asks Redis where there is no near answer, if that is of use: whether `tell` will be called.

    If so, in a later turn of the loop, once and soon; with None: ask the ordinary way.
    """

    def __call__(
        self, job_id: str, floor: int, owner: str, *, tell: Callable[[Answer | None], None]
    ) -> bool: ...


Laned: TypeAlias = Callable[[int, float], None]
"""Is told the status of an answer of the lane, and how many seconds it took."""


Ready: TypeAlias = tuple[int, bytes, bytes, bytes]
"""A whole answer: status, header lines of its own, those shared with other jobs' and the empty one
behind them, and body. Lines are as they are sent."""


@dataclass(frozen=True, slots=True)
class Made:
    """What an answer is to clients: made once, kept with it. Few objects, one read after another:
    among many jobs, each that a poll touches is far from the processor."""

    etag: str
    done: bool
    lines: bytes
    rest: bytes
    body: bytes


_NO_BODY: Final = b"\r\n"
"""In place of the shared lines."""
Tell: TypeAlias = Callable[[Ready | None], None]


class Lane:
    """Answers what it can; `laned` and `polled` are told of it, as others are of other polls."""

    def __init__(self, at_hand: AtHand, ask_soon: AskSoon, laned: Laned, polled: Polled) -> None:
        self._at_hand = at_hand
        self._ask_soon = ask_soon
        self._laned = laned
        self._polled = polled

    def at_once(self, job_id: str, asked: Asked, client: str) -> Ready | None:
        """The answer that needs no waiting; None, and nothing counted: ask the ordinary way."""
        began = time.perf_counter()
        try:
            answer = self._at_hand(job_id, asked.floor, DEFAULT_OWNER)
        except Exception:
            _tell_failed()
            return None
        return self._shown(job_id, answer, asked, client, began) if answer else None

    def ask_soon(self, job_id: str, asked: Asked, client: str, tell: Tell) -> bool:
        """Where `at_once` has none: whether Redis is asked. If so, `tell` is called in a later turn
        of the loop, once and soon; with None, and nothing counted: ask the ordinary way."""
        began = time.perf_counter()

        def told(answer: Answer | None) -> None:
            tell(self._shown(job_id, answer, asked, client, began) if answer else None)

        return self._ask_soon(job_id, asked.floor, DEFAULT_OWNER, tell=told)

    def _shown(
        self, job_id: str, answer: Answer, asked: Asked, client: str, began: float
    ) -> Ready | None:
        """Whatever breaks here must leave no client without an answer: then the ordinary way's,
        which counts the poll once more."""
        try:
            made = answer.memo or _make(answer)
            self._polled(job_id, client, made.done)
            seen = asked.seen
            if seen and (seen == made.etag or matches(seen, made.etag)):
                ready = (304, made.lines, _NO_BODY, b"")
            else:
                ready = (200, made.lines, made.rest, made.body)
            self._laned(ready[0], time.perf_counter() - began)
        except Exception:
            _tell_failed()
            return None
        return ready


def _tell_failed() -> None:
    _log.exception("the fast lane failed; the poll goes the ordinary way.")


def _make(answer: Answer) -> Made:
    """Header lines as the ordinary way's, kept with the answer, which has a document."""
    document = answer.document
    if document is None:
        raise ValueError("an answer without a document is not for the lane")
    headers = poll_headers(document, answer)
    lines = "".join([f"{name.lower()}: {value}\r\n" for name, value in headers.items()])
    made = Made(
        document.etag, document.done, lines.encode(), _rest(len(document.body)), document.body
    )
    object.__setattr__(answer, "memo", made)  # it is frozen, and this is no part of what it says
    return made


@lru_cache(1024)
def _rest(length: int) -> bytes:
    return b"content-length: %d\r\ncontent-type: application/json\r\n\r\n" % length

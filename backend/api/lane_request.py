"""Which polls the fast lane may answer: what their header lines ask for. Pure.

Whatever is unusual here goes the ordinary way, which knows it all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from api.v2.poll import floor

PATH: Final = b"/api/v2/jobs/"
ID_LENGTH: Final = 30
"""Of a job id: `job_` and 26 more. What else fits in its place is nobody's id, and no hit."""

_UNUSUAL: Final = frozenset(
    {
        b"authorization",  # nobody is asked for it yet; whoever will be must not be passed by
        b"content-length",  # a body, whose end somebody must find
        b"expect",
        b"http2-settings",
        b"prefer",
        b"proxy-connection",
        b"transfer-encoding",
        b"upgrade",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a poll says besides the job's id; `seen` is its If-None-Match, empty without one."""

    seen: str
    floor: int
    forwarded_for: str = ""
    """What a proxy says of its client: good enough to tell clients apart, for nothing else."""


NOTHING: Final = Asked("", 0)
_SHORT: Final = 40
"""Bytes of an If-None-Match that is worth remembering: all clients of a job send the same."""
_ADDRESSES: Final = 100
"""Bytes of an X-Forwarded-For that are enough to tell clients apart."""


def asked_by(headers: Iterable[tuple[bytes, bytes]]) -> Asked | None:
    """What these header lines ask for, names in lower case; None: the ordinary way sees to it."""
    seen: list[bytes] = []
    forwarded_for = b""
    for name, value in headers:
        if name == b"if-none-match":
            seen.append(value)
        elif name == b"x-forwarded-for":
            forwarded_for = value
        elif name in _UNUSUAL or (name == b"connection" and value.lower() != b"keep-alive"):
            return None
    if not seen and not forwarded_for:
        return NOTHING
    tags = seen[0] if len(seen) == 1 else b", ".join(seen)
    asked = _often(tags) if len(tags) <= _SHORT else _seen(tags)
    if not forwarded_for:
        return asked
    return Asked(asked.seen, asked.floor, forwarded_for[:_ADDRESSES].decode("latin-1"))


def _seen(tags: bytes) -> Asked:
    text = tags.decode("latin-1")
    return Asked(text, floor(text))


_often: Final = lru_cache(1024)(_seen)

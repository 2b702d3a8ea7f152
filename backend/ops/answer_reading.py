"""Reads single answers of Redis: a value, or why there is none. Pure.

Whatever was answered, reading never raises: what makes no sense is `Unknown`.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cache import Refused, Silent, read_info
from ops.server_seen import Fact, Unknown

T = TypeVar("T")


def read(answer: Any, meaning: Callable[[Any], T]) -> Fact[T]:
    """What an answer means; Unknown where there is none, or `meaning` can make nothing of it."""
    if isinstance(answer, Refused | Silent):
        return Unknown(answer.why)
    try:
        return meaning(answer)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        return Unknown("what it answers makes no sense")


def info(answer: Any) -> Fact[Mapping[str, str]]:
    """The fields of INFO or CLUSTER INFO."""
    return read(answer, read_info)


def pairs(answer: Any) -> Fact[Mapping[str, str]]:
    """A flat list of names and values, as CONFIG GET and SENTINEL MASTER give it."""
    return read(answer, _pairs)


def _pairs(flat: Any) -> Mapping[str, str]:
    words = [word.decode(errors="replace") for word in flat]
    return dict(zip(words[::2], words[1::2], strict=True))

"""What a poller saw, and what was committed: compact records that pass between processes. Pure.

Moments are `time.monotonic()` in seconds, which on Linux is one clock for all processes.
Tuples, because there are hundreds of thousands of them: a record is one line of JSON.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar


class Observation(NamedTuple):
    """One poll. Words are empty, and `body_version` is 0, where the answer had none."""

    poller: str
    process: str
    """The API process that was asked."""
    job: str
    sent: str
    """The If-None-Match that was sent."""
    status: int
    """0: no answer came; `error` says why."""
    etag: str
    body_job: str
    body_version: int
    body_done: bool
    digest: str
    """Of the body's bytes."""
    due: float
    """When the poll should have begun. Latency counts from here: a stall delays the next, too."""
    began: float
    ended: float
    cache: str
    """Cache-Status, as it came."""
    age: int
    error: str

    @property
    def version(self) -> int:
        """As the entity tag has it."""
        return version_of(self.etag)

    @property
    def latency(self) -> float:
        return self.ended - self.due


class Committed(NamedTuple):
    """A change that the database has kept. `at` is a moment just after it was committed."""

    job: str
    version: int
    at: float
    done: bool


R = TypeVar("R", Observation, Committed)


def version_of(etag: str) -> int:
    """The version in an entity tag of ours, weak or strong; 0 for any other text."""
    found = re.match(r'(?:W/)?"(\d+)\.\d+"$', etag)
    return int(found[1]) if found else 0


def line(record: tuple[Any, ...]) -> str:
    return json.dumps(record, separators=(",", ":")) + "\n"


def read_lines(path: Path, kind: type[R]) -> Iterator[R]:
    """The records written so far; a line that is still being written is left out."""
    with path.open() as lines:
        for one in lines:
            if one.endswith("\n"):
                yield kind._make(json.loads(one))

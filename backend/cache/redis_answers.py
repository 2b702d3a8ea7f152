"""What servers answered an operator's questions, as they said it: values, judged by nobody."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from cache.certificate import Certificate


@dataclass(frozen=True)
class Refused:
    """It answers, but not this: our user may not ask, it does not know it, or its provider hides
    it. `why` is what it said."""

    why: str


@dataclass(frozen=True)
class Silent:
    """No answer: it cannot be reached, or not in time. `why` holds no secret."""

    why: str


Answer: TypeAlias = Any
"""As the server gave it (bytes, numbers, lists of them), or Refused, or Silent."""

Role: TypeAlias = Literal["primary", "replica", "unknown"]


@dataclass(frozen=True, kw_only=True)
class TlsFacts:
    """A TLS connection that was made without verifying anything."""

    version: str
    certificate: Certificate | None
    """None: it could not be read."""


@dataclass(frozen=True, kw_only=True)
class StrangerTold:
    """What somebody without credentials and without a certificate is told."""

    said: bytes | Silent
    """The first line of the answer to PING."""
    tls: TlsFacts | Silent | None
    """None: no TLS is spoken."""
    wants_certificate: bool = False
    """It tells nobody anything who shows none."""


@dataclass(kw_only=True)
class Told:
    """What one server has told us so far. Grows while it is asked."""

    trouble: str | None = "it does not answer in time."
    """Why it did not answer PING, in a sentence. None: it did, or said that we may not ask."""
    answers: dict[str, Answer] = field(default_factory=dict)
    """By the words of the command, such as `ACL WHOAMI`; `INFO later` is INFO once more, `SCAN`
    how many keys are in the sample."""
    keys: dict[bytes, tuple[Answer, Answer]] = field(default_factory=dict)
    """Of a sample of its keys: TTL, and MEMORY USAGE; None where that was not asked."""
    pings: list[float] = field(default_factory=list)
    """Seconds that each PING took, one after another."""
    clock_ahead: float | None = None
    """Seconds by which its clock is ahead of ours."""
    seconds_between: float = 0.0
    """Between INFO and INFO later."""

    def answer(self, command: str) -> Answer:
        """Silent where it was not answered, whatever the reason."""
        return self.answers.get(command, Silent(self.trouble or "it does not answer in time."))


@dataclass(frozen=True, kw_only=True)
class ServerAnswers:
    """One server or Sentinel. `name` has no password in it."""

    name: str
    role: Role
    addresses: tuple[str, ...] | Silent
    """All that its name resolves to; none for a unix socket."""
    stranger: StrangerTold
    told: Told


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """A whole target. Names are those of the servers."""

    servers: Sequence[ServerAnswers] = ()
    sentinels: Sequence[ServerAnswers] = ()
    shards: Sequence[tuple[str, tuple[str, ...]]] = ()
    """Primaries with their replicas. None are known where `layout_trouble` says why."""
    layout_trouble: str | None = None
    trouble: str | None = None
    """Why nobody was asked with credentials: there are none, or the redis package is missing."""

"""Checks of servers as rows of a table: each gives a finding for each server in question. Pure.

A judge takes facts by `known` and `figure`: one that is Unknown ends the judgement there, as
unknown. So nothing that was not seen is ever in order.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias, TypeVar

from ops.evidence import Evidence
from ops.finding import Finding
from ops.rule import Judged, Rule, unknown
from ops.server_seen import Fact, SentinelSeen, ServerSeen, Unknown

T = TypeVar("T")

ASK_WITH_MORE_RIGHTS: Final = (
    "look at it with the provider's console, or run doctor as a user who may ask: "
    "REDIS_URL=... python -m ops doctor; docs/doctor.md has the rights"
)


class NotKnown(Exception):
    """A fact that a judge needs could not be learned; the message is why."""


def known(fact: Fact[T]) -> T:
    """The fact. Raises NotKnown."""
    if isinstance(fact, Unknown):
        raise NotKnown(fact.why)
    return fact


def word(fields: Mapping[str, str], name: str) -> str:
    """A field of INFO, CONFIG or the like. Raises NotKnown where it was not told."""
    found = fields.get(name)
    if found is None:
        raise NotKnown(f"it does not tell {name}")
    return found


def figure(fields: Mapping[str, str], name: str) -> float:
    """The same, a number."""
    try:
        return float(word(fields, name))
    except ValueError:
        raise NotKnown(f"what it tells as {name} is no number") from None


Met: TypeAlias = ServerSeen | SentinelSeen
"""Whoever was met: servers and Sentinels alike."""


@dataclass(frozen=True, kw_only=True)
class ServerRule:
    """A check of each server, or of each in some roles. A judge without an opinion gives None."""

    check: str
    threshold: str
    fix: str
    judge: Callable[[ServerSeen, Evidence], Judged | None]
    roles: frozenset[str] = frozenset({"primary", "replica", "unknown"})

    def __call__(self, evidence: Evidence) -> Iterator[Finding]:
        yield from _nobody(self, evidence)
        for server in evidence.servers:
            if server.role in self.roles:
                yield from _row(self, server, partial(self.judge, server))(evidence)


@dataclass(frozen=True, kw_only=True)
class MetRule:
    """A check of each server and of each Sentinel."""

    check: str
    threshold: str
    fix: str
    judge: Callable[[Met, Evidence], Judged | None]

    def __call__(self, evidence: Evidence) -> Iterator[Finding]:
        yield from _nobody(self, evidence)
        everybody: list[Met] = [*evidence.servers, *evidence.sentinels]
        for met in everybody:
            yield from _row(self, met, partial(self.judge, met))(evidence)


@dataclass(frozen=True, kw_only=True)
class SentinelRule:
    """A check of each Sentinel."""

    check: str
    threshold: str
    fix: str
    judge: Callable[[SentinelSeen, Evidence], Judged | None]

    def __call__(self, evidence: Evidence) -> Iterator[Finding]:
        for sentinel in evidence.sentinels:
            yield from _row(self, sentinel, partial(self.judge, sentinel))(evidence)


PRIMARIES: Final = frozenset({"primary"})
REPLICAS: Final = frozenset({"replica"})


_AnyRule: TypeAlias = ServerRule | MetRule | SentinelRule
_Judge: TypeAlias = Callable[[Evidence], Judged | None]


def _row(rule: _AnyRule, met: Met, judge: _Judge) -> Rule:
    return _about(rule, met.name, partial(_careful, judge, met))


def _about(rule: _AnyRule, subject: str, judge: _Judge) -> Rule:
    return Rule(
        check=rule.check, subject=subject, threshold=rule.threshold, fix=rule.fix, judge=judge
    )


def _careful(judge: _Judge, met: Met, evidence: Evidence) -> Judged | None:
    """What it says; unknown where it lacks a fact. Why a server is silent is told once only."""
    try:
        return judge(evidence)
    except NotKnown as why:
        if str(why) == met.trouble:
            return unknown("it could not be asked", "see redis.reachable")
        return unknown(str(why), ASK_WITH_MORE_RIGHTS)


def _nobody(rule: ServerRule | MetRule, evidence: Evidence) -> Iterator[Finding]:
    """Where no server is known, the target as a whole is unknown."""
    if evidence.target is not None and not evidence.servers:
        said = unknown("none of its servers is known", "see redis.layout")
        yield from _about(rule, str(evidence.target), lambda _: said)(evidence)

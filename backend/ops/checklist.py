"""The deployment guide's checklist, and which checks tell of each of its lines. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from ops.finding import Finding, Verdict

LINES: Final[dict[str, tuple[str, ...]]] = {
    "Redis server running and accessible": (
        *("redis.name", "redis.reachable", "redis.layout"),
        "cache.redis",
    ),
    "REDIS_URL environment variable set": ("settings.redis-url", "redis.url", "cache.same-redis"),
    "Password authentication enabled": ("redis.password", "secrets.*"),
    "Network security configured (firewall, VPC)": ("redis.exposed",),
    "TLS/SSL enabled for production": ("redis.tls*", "redis.certificate"),
    "Monitoring and alerts configured": ("monitoring.*",),
    "Backup strategy in place": ("backup.*",),
    "Rollback plan tested": ("drill.rollback", "cache.without-redis"),
    "Performance baseline established": ("baseline.record",),
    "Cache stats endpoint monitored": ("service.stats", "monitoring.scraped"),
}
"""Word for word as in the guide; ids of checks, with * for any end. Some tell of two lines."""
REST: Final = "And what is not on the list"


class State(StrEnum):
    """UNKNOWN also where nobody looked: a line is never done by silence.

    WAIVED is not done, and need not be: nothing needs it here, or somebody lives without it.
    """

    DONE = "done"
    OPEN = "open"
    UNKNOWN = "unknown"
    WAIVED = "waived"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of the list, and the findings that tell of it."""

    line: str
    state: State
    findings: Sequence[Finding]


def checklist(findings: Iterable[Finding], accepted: Collection[str] = ()) -> list[Item]:
    """Each line of the guide in turn; at the end, one for all that belongs to none of them.

    What is unknown and accepted counts as done: that is how an operator attests what no program can
    see. A warning that is accepted was seen, so its line is waived. A failure stays open.
    """
    found = list(findings)
    items = [
        _item(line, [one for one in found if _tells(one, patterns)], accepted)
        for line, patterns in LINES.items()
    ]
    rest = [one for one in found if not any(_tells(one, patterns) for patterns in LINES.values())]
    return [*items, _item(REST, rest, accepted)]


def _tells(finding: Finding, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(finding.check, glob) for glob in patterns)


def _item(line: str, findings: Sequence[Finding], accepted: Collection[str]) -> Item:
    return Item(line=line, state=_state(findings, accepted), findings=findings)


def _state(findings: Sequence[Finding], accepted: Collection[str]) -> State:
    states = {_state_of(one, one.check in accepted) for one in findings}
    return next((state for state in _WORST if state in states), State.UNKNOWN)


_WORST: Final = (State.OPEN, State.UNKNOWN, State.WAIVED, State.DONE)


def _state_of(finding: Finding, accepted: bool) -> State:
    match finding.verdict:
        case Verdict.OK:
            return State.WAIVED if finding.not_needed else State.DONE
        case Verdict.UNKNOWN:
            return State.DONE if accepted else State.UNKNOWN
        case Verdict.WARN if accepted:
            return State.WAIVED
    return State.OPEN

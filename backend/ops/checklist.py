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
    "Monitoring and alerts configured": ("monitoring.metrics", "monitoring.alerts"),
    "Backup strategy in place": ("backup.*",),
    "Rollback plan tested": ("drill.rollback", "cache.without-redis"),
    "Performance baseline established": ("baseline.record",),
    "Cache stats endpoint monitored": ("service.stats", "monitoring.scraped"),
}
"""Word for word as in the guide; ids of checks, with * for any end."""
REST: Final = "And what is not on the list"


class State(StrEnum):
    """UNKNOWN also where nobody looked: a line is never done by silence."""

    DONE = "done"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of the list, and the findings that tell of it."""

    line: str
    state: State
    findings: Sequence[Finding]


def checklist(findings: Iterable[Finding], accepted: Collection[str] = ()) -> list[Item]:
    """Each line of the guide in turn; at the end, one for all that belongs to none of them.

    What is accepted counts as done, if it is no failure: that is how an operator attests what no
    program can see.
    """
    rest = list(findings)
    items = []
    for line, patterns in LINES.items():
        chosen = [one for one in rest if any(fnmatchcase(one.check, glob) for glob in patterns)]
        rest = [one for one in rest if one not in chosen]
        items.append(_item(line, chosen, accepted))
    return [*items, _item(REST, rest, accepted)]


def _item(line: str, findings: Sequence[Finding], accepted: Collection[str]) -> Item:
    return Item(line=line, state=_state(findings, accepted), findings=findings)


def _state(findings: Sequence[Finding], accepted: Collection[str]) -> State:
    verdicts = {
        Verdict.OK if one.check in accepted and one.verdict is not Verdict.FAIL else one.verdict
        for one in findings
    }
    if verdicts & {Verdict.FAIL, Verdict.WARN}:
        return State.OPEN
    return State.DONE if verdicts == {Verdict.OK} else State.UNKNOWN

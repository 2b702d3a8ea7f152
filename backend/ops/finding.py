"""What a check found, and what the findings together mean for an exit code. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from ops.printable import printable


class Verdict(StrEnum):
    """How a check ended. UNKNOWN is no OK: what could not be looked at was not found in order."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fact about a running system, judged. No field ever holds a secret.

    `check` is a stable id such as `redis.password`: scripts may rely on it. `subject` is what was
    looked at: a server's name, a setting. `fix` is what to do, where possible as a command or a
    setting that can be pasted; empty where nothing is to be done.
    """

    check: str
    subject: str
    verdict: Verdict
    measured: str
    threshold: str
    fix: str
    not_needed: bool = False
    """In order although it is not there, since nothing needs it here: no list calls it done."""


MAY_STAY_UNKNOWN: Final = frozenset(
    {
        "backup.database",  # nothing can look into it, ever: the operator alone knows
        "baseline.drift",  # this and all the rest: too little traffic yet, and no fault of anybody
        "cache.audit",
        "cache.hit-rate",
        "cache.latency",
        "cache.ttl",
        "monitoring.scraped",  # monitoring.alerts, beside it, counts for both
        "redis.memory-estimate",
    }
)
"""Checks whose UNKNOWN changes no exit code. What else keeps them from knowing is found by others:
a service that does not answer is a failure by itself."""


class NoSuchCheck(Exception):
    """Somebody accepts a check that there is not: a slip that would go unnoticed for years."""

    def __init__(self, name: str, checks: Collection[str]) -> None:
        near = get_close_matches(name, sorted(checks), n=1)
        perhaps = f"perhaps {near[0]}? " if near else ""
        super().__init__(
            f"no check is called {printable(name)}; {perhaps}docs/doctor.md has all of them."
        )


def must_exist(accepted: Iterable[str], checks: Collection[str]) -> None:
    """Raises NoSuchCheck at the first that is none of the checks."""
    for name in accepted:
        if name not in checks:
            raise NoSuchCheck(name, checks)


def exit_code(findings: Iterable[Finding], accepted: Collection[str] = ()) -> int:
    """2 with a failure, 1 with a warning or something unknown that matters, else 0.

    `accepted` are ids whose warnings and unknowns somebody has looked at and lives with; nobody
    can accept a failure.
    """
    worst = 0
    for finding in findings:
        if finding.verdict is Verdict.FAIL:
            return 2
        if matters(finding) and finding.check not in accepted:
            worst = 1
    return worst


def matters(finding: Finding) -> bool:
    """Whether it keeps the exit code from being 0."""
    if finding.verdict is Verdict.UNKNOWN:
        return finding.check not in MAY_STAY_UNKNOWN
    return finding.verdict is not Verdict.OK

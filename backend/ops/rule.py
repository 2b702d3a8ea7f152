"""A check as a row of a table: its id, what is wanted, what mends it, and who judges. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ops.evidence import Evidence
from ops.finding import Finding, Verdict
from ops.service_seen import ServiceSeen

ENOUGH: Final = 100
"""Requests or samples; from fewer nothing is concluded."""
START: Final = (
    "cd backend && python -m uvicorn main:app --http api.lane_protocol:Protocol --no-access-log; "
    "or name another one: --url"
)
"""What to do where no service answers."""
LATER: Final = "look again once there was more traffic"


@dataclass(frozen=True)
class Judged:
    """What a judge says. `fix` and `threshold` stand in for those of the rule where it has some."""

    verdict: Verdict
    measured: str
    fix: str = ""
    threshold: str = ""
    not_needed: bool = False


def judged(measured: str, *, warn: bool = False, fail: bool = False, fix: str = "") -> Judged:
    """FAIL or WARN if that is so, else OK."""
    verdict = Verdict.FAIL if fail else Verdict.WARN if warn else Verdict.OK
    return Judged(verdict, measured, fix)


def not_needed(measured: str) -> Judged:
    """OK: what is wanted is not there, and nothing here needs it."""
    return Judged(Verdict.OK, measured, not_needed=True)


def unknown(why: str, fix: str = "") -> Judged:
    return Judged(Verdict.UNKNOWN, why, fix)


def advised(counts: Mapping[str, float], advice: Mapping[str, str], otherwise: str) -> str:
    """What to do about the most frequent kind."""
    most = max(counts, key=lambda kind: counts[kind], default="")
    return advice.get(most, otherwise)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A check that gives one finding, about one subject. A judge without an opinion gives None."""

    check: str
    subject: str
    threshold: str
    fix: str
    judge: Callable[[Evidence], Judged | None]

    def __call__(self, evidence: Evidence) -> Iterator[Finding]:
        said = self.judge(evidence)
        if said:
            yield found(self, self.subject, said)


@dataclass(frozen=True, kw_only=True)
class ServiceRule:
    """The same, where the statistics of the service are asked: UNKNOWN where there are none."""

    check: str
    threshold: str
    fix: str
    judge: Callable[[ServiceSeen, Evidence], Judged | None]

    def __call__(self, evidence: Evidence) -> Iterator[Finding]:
        seen = evidence.service
        said = self.judge(seen, evidence) if seen and seen.statistics else _silent(seen)
        if said:
            yield found(self, seen.url if seen else "the service", said)


def found(rule: Rule | ServiceRule, subject: str, said: Judged) -> Finding:
    """The finding that a judgement means."""
    mend = "" if said.verdict is Verdict.OK else said.fix or rule.fix
    return Finding(
        check=rule.check,
        subject=subject,
        verdict=said.verdict,
        measured=said.measured,
        threshold=said.threshold or rule.threshold,
        fix=mend,
        not_needed=said.not_needed,
    )


def _silent(seen: ServiceSeen | None) -> Judged:
    why = seen.trouble or f"/api/v2/cache/stats {seen.stats}" if seen else "it was not asked"
    return unknown(f"no statistics: {why}", "start the service, or name it: --url")

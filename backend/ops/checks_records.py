"""Checks of what was tried and measured before: drills and baselines on record. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ops.evidence import Check, Evidence
from ops.records import Kind, Record
from ops.rule import ENOUGH, LATER, Judged, Rule, judged, unknown
from ops.service_seen import ServiceSeen

DAY: Final = 86400.0
_ROLLBACK_DAYS: Final = 30.0
_FAILOVER_DAYS: Final = 90.0
_DRIFT: Final = 0.25
FEWEST_POLLS: Final = 500
FEWEST_SECONDS: Final = 10.0
"""A baseline of less is an anecdote: its p99 is that of five polls at most."""


def _rollback(evidence: Evidence) -> Judged:
    return _drilled(evidence, "drill-rollback", _ROLLBACK_DAYS)


def _failover(evidence: Evidence) -> Judged | None:
    """Only where there is something that fails over."""
    if evidence.target is None or evidence.target.topology == "standalone":
        return None
    return _drilled(evidence, "drill-failover", _FAILOVER_DAYS)


def _drilled(evidence: Evidence, kind: Kind, days: float) -> Judged:
    record = newest(evidence, kind)
    if record is None:
        return judged(f"none on record{_unread(evidence)}", warn=True)
    age = (evidence.now - record.at) / DAY
    other = _other_version(record, evidence)
    measured = f"{_ago(age)}: {'all was well' if record.ok else 'something went wrong'}{other}"
    return judged(measured, warn=age > days or bool(other), fail=not record.ok)


def _baseline(evidence: Evidence) -> Judged:
    record = newest(evidence, "baseline")
    if record is None:
        return judged(f"none on record{_unread(evidence)}", warn=True)
    age = _ago((evidence.now - record.at) / DAY)
    if too_few(record.figures):
        return judged(f"{age}, too few polls to tell", warn=True)
    return judged(f"{age}{'' if record.ok else ', with errors'}", warn=not record.ok)


def too_few(figures: Mapping[str, Any]) -> bool:
    """Whether a baseline was too short to tell anything. One that does not say is not."""
    least = {"polls": FEWEST_POLLS, "seconds": FEWEST_SECONDS}
    told = ((figures.get(name), bound) for name, bound in least.items())
    return any(isinstance(found, int | float) and found < bound for found, bound in told)


def _drift(evidence: Evidence) -> Judged | None:
    """Nothing where no baseline tells anything: that is the other finding."""
    record, seen = newest(evidence, "baseline"), evidence.service
    if record is None or too_few(record.figures):
        return None
    requests = (seen.number("windows", "1h", "requests") if seen else None) or 0
    if seen is None or requests < ENOUGH:
        return unknown(f"{requests:.0f} requests in the last hour: too few to compare", LATER)
    worse = [told for figure in _FIGURES if (told := figure.drift(record, seen))]
    return judged("; ".join(worse) or "as then, or better", warn=bool(worse))


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """A figure of a baseline, and where the same of the last hour is told."""

    name: str
    words: str
    now: Callable[[ServiceSeen], float | None]
    noise: float
    """So much of a difference is none."""
    rises: bool = False
    """Whether more of it is better."""

    def drift(self, record: Record, seen: ServiceSeen) -> str:
        """In words, if it is worse now; else nothing."""
        then, now = record.figures.get(self.name), self.now(seen)
        if not isinstance(then, int | float) or now is None:
            return ""
        worse = then - now if self.rises else now - then
        is_drift = worse > max(_DRIFT * abs(then), self.noise)
        return f"{self.words}: {then:g} then, {now:g} now" if is_drift else ""


def _reads(seen: ServiceSeen) -> float | None:
    reads, requests = (
        seen.number("windows", "1h", name) for name in ("database_reads", "requests")
    )
    return 1000.0 * reads / requests if reads is not None and requests else None


_FIGURES: Final = (
    _Figure(
        name="hit_rate",
        words="hit rate, percent",
        now=lambda seen: seen.number("windows", "1h", "hit_rate"),
        noise=2.0,
        rises=True,
    ),
    _Figure(
        name="database_reads_per_1000_polls",
        words="database reads per 1,000 polls",
        now=_reads,
        noise=5.0,
    ),
    _Figure(
        name="entry_bytes",
        words="bytes of an entry",
        now=lambda seen: seen.number("entry", "mean_bytes"),
        noise=100.0,
    ),
)
"""Its latencies are those of a client on the network: they compare with the next baseline alone."""


def newest(evidence: Evidence, kind: Kind) -> Record | None:
    """The last record of that kind."""
    found = [record for record in evidence.records if record.kind == kind]
    return max(found, key=lambda record: record.at, default=None)


def _other_version(record: Record, evidence: Evidence) -> str:
    here = evidence.host.version if evidence.host else None
    return f", with {record.version}; this is {here}" if here and record.version != here else ""


def _ago(days: float) -> str:
    return "today" if days < 1 else f"{days:.0f} days ago"


def _unread(evidence: Evidence) -> str:
    names = evidence.host.unreadable_records if evidence.host else ()
    return f"; these files are no records: {', '.join(names)}" if names else ""


CHECKS: tuple[Check, ...] = (
    Rule(
        check="drill.rollback",
        subject="the rollback drill",
        threshold=f"one of the last {_ROLLBACK_DAYS:.0f} days, with this version, all well",
        fix="python -m ops drill rollback",
        judge=_rollback,
    ),
    Rule(
        check="drill.failover",
        subject="the failover drill",
        threshold=f"one of the last {_FAILOVER_DAYS:.0f} days, with this version, all well",
        fix="python -m ops drill failover --yes",
        judge=_failover,
    ),
    Rule(
        check="baseline.record",
        subject="the baseline",
        threshold=f"one of {FEWEST_POLLS} polls in {FEWEST_SECONDS:g} s or more, without errors",
        fix="python -m ops baseline",
        judge=_baseline,
    ),
    Rule(
        check="baseline.drift",
        subject="the baseline",
        threshold=f"the last hour is at most {_DRIFT:.0%} worse than the baseline",
        fix="find out what has changed; or take a new one: python -m ops baseline",
        judge=_drift,
    ),
)

"""Checks of what watches over the service: metrics, alert rules, backups. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from ops.evidence import Check, Evidence
from ops.finding import Finding, Verdict
from ops.rule import Judged, Rule, judged, unknown

_START: Final = "cd backend && python -m uvicorn main:app; or name another one: --url"
_SAMPLE: Final = re.compile(r"([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)(?: \d+)?")
_OWED: Final = ("cache_hit_rate", "cache_requests_total", "tally_cache_in_use")
"""Two metrics of the deployment guide, and one of each service."""
_SCRAPES: Final = 100
"""Fewer questions for metrics or statistics may have come from people, or from doctors."""
_WATCHED: Final = ('route="/metrics"', 'route="/api/v2/cache/stats"')


def _metrics(evidence: Evidence) -> Judged:
    seen = evidence.service
    if seen is None or not seen.answers:
        return unknown("nobody answers", _START)
    if not seen.metrics.fine:
        return judged(f"/metrics {seen.metrics}", fail=True)
    names = {name for name, _, _ in samples(seen.metrics.text)}
    missing = [name for name in _OWED if name not in names]
    lacks = f", but not {', '.join(missing)}" if missing else ""
    return judged(f"{len(names)} series names{lacks}", fail=bool(missing))


def _scraped(evidence: Evidence) -> Judged:
    seen = evidence.service
    if seen is None or not seen.metrics.fine:
        return unknown("/metrics does not answer", _START)
    asked = sum(
        float(value)
        for name, labels, value in samples(seen.metrics.text)
        if name == "tally_http_requests_total" and any(route in labels for route in _WATCHED)
    )
    if asked < _SCRAPES:
        return unknown(f"asked {asked:.0f} times since the start: perhaps by people alone")
    return judged(f"asked {asked:.0f} times since the start")


def _alerts(evidence: Evidence) -> Judged:
    here = evidence.host.alert_rules if evidence.host else None
    if here is None:
        return unknown("the folder deploy/ cannot be looked at")
    return judged("they are here" if here else "they are not here", warn=not here)


def samples(text: str) -> list[tuple[str, str, str]]:
    """Name, labels and value of each sample of Prometheus's text format; none for other text."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [(_SAMPLE.fullmatch(line)) for line in lines]
    read = [(one[1], one[2] or "", one[3]) for one in found if one and _is_number(one[3])]
    return read if len(read) == len(lines) else []


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _backup(evidence: Evidence) -> Iterator[Finding]:
    on_sqlite = evidence.settings.database.startswith("sqlite")
    yield Finding(
        check="backup.database",
        subject="the SQLite file" if on_sqlite else "PostgreSQL",
        verdict=Verdict.UNKNOWN,
        measured="nothing can be seen from here",
        threshold="backups that have been restored once; Redis needs none",
        fix="restore one into a scratch place; then say so: --accept backup.database",
    )


CHECKS: tuple[Check, ...] = (
    Rule(
        check="monitoring.metrics",
        subject="/metrics",
        threshold="answers 200, in Prometheus's text format",
        fix="is it Tally that listens there? See --url",
        judge=_metrics,
    ),
    Rule(
        check="monitoring.scraped",
        subject="/metrics, /api/v2/cache/stats",
        threshold=f"asked at least {_SCRAPES} times: something watches",
        fix="let Prometheus scrape it: deploy/prometheus/prometheus.yml",
        judge=_scraped,
    ),
    Rule(
        check="monitoring.alerts",
        subject="deploy/prometheus/alerts.yml",
        threshold="the alert rules are at hand; whether they are loaded, Prometheus tells",
        fix="take them from Tally's repository",
        judge=_alerts,
    ),
    _backup,
)

"""Checks of what watches over the service: metrics, alert rules, backups. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ops.evidence import Check, Evidence
from ops.finding import Finding, Verdict
from ops.prometheus_seen import JOB
from ops.rule import START, Judged, Rule, judged, unknown
from ops.server_rule import known
from ops.server_seen import Unknown
from ops.service_seen import ServiceSeen

_SAMPLE: Final = re.compile(r"([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)(?: \d+)?")
_OWED: Final = ("cache_hit_rate", "cache_requests_total", "tally_cache_in_use")
"""Two metrics of the deployment guide, and one of each service."""
ALERTS: Final = (
    *("TallyDown", "TallyServerErrors", "TallyDatabaseAway", "TallyPromiseBroken"),
    *("TallyForeignValue", "TallyDatabaseReadsSurge", "TallyRedisNotInUse"),
)
"""Those of deploy/prometheus/alerts.yml that nobody should be without."""
_NAME_IT: Final = "python -m ops doctor --prometheus http://127.0.0.1:9090"
_ATTEST: Final = (
    f"{_NAME_IT}; or look at its /alerts page yourself, then --accept monitoring.alerts"
)
_WATCHED: Final = ('route="/metrics"', 'route="/api/v2/cache/stats"')


def _metrics(evidence: Evidence) -> Judged:
    seen = evidence.service
    if seen is None or not seen.answers:
        return unknown("nobody answers", START)
    if not seen.metrics.fine:
        return judged(f"/metrics {seen.metrics}", fail=True)
    names = {name for name, _, _ in samples(seen.metrics.text)}
    missing = [name for name in _OWED if name not in names]
    lacks = f", but not {', '.join(missing)}" if missing else ""
    return judged(f"{len(names)} series names{lacks}", fail=bool(missing))


def _scraped(evidence: Evidence) -> Judged:
    prometheus = evidence.prometheus
    if prometheus is None:
        return unknown(_asked(evidence.service), _NAME_IT)
    targets = prometheus.scraped
    if isinstance(targets, Unknown):
        return unknown(f"{prometheus.url}: {targets.why}", _NAME_IT)
    if not targets:
        return judged(f"{prometheus.url} has no target of the job {JOB}", warn=True)
    lost = _ill(targets)
    measured = f"{prometheus.url} scrapes {', '.join(sorted(targets))}"
    return judged(f"{measured}{f'; not well: {lost}' if lost else ''}", warn=bool(lost))


def _asked(seen: ServiceSeen | None) -> str:
    """The service counts questions, not who asks: people do, and doctors."""
    if seen is None or not seen.metrics.fine:
        return "/metrics does not answer"
    asked = sum(
        float(value)
        for name, labels, value in samples(seen.metrics.text)
        if name == "tally_http_requests_total" and any(route in labels for route in _WATCHED)
    )
    return f"asked {asked:.0f} times since the start; by whom cannot be seen from here"


def _alerts(evidence: Evidence) -> Judged:
    prometheus = evidence.prometheus
    if prometheus is None:
        return unknown("whether a Prometheus loads them cannot be seen from here", _ATTEST)
    alerts, told = prometheus.alerts, prometheus.told
    for fact in (alerts, told):
        if isinstance(fact, Unknown):
            return unknown(f"{prometheus.url}: {fact.why}", _ATTEST)
    return _loaded(prometheus.url, known(alerts), known(told))


def _loaded(url: str, alerts: Mapping[str, bool], told: int) -> Judged:
    wanted = {name: alerts[name] for name in ALERTS if name in alerts}
    missing = ", ".join(name for name in ALERTS if name not in alerts)
    ill = _ill(wanted)
    wrong = [f"not loaded: {missing}"] if missing else []
    wrong += [f"not evaluated: {ill}"] if ill else []
    wrong += [] if told else ["it tells no Alertmanager, so nobody is called"]
    measured = "; ".join([f"{url} has {len(alerts)} alerts", *wrong])
    return judged(measured, warn=bool(wrong))


def _ill(well: Mapping[str, bool]) -> str:
    return ", ".join(sorted(name for name in well if not well[name]))


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
        threshold="a Prometheus scrapes it",
        fix="scrape_configs as in deploy/prometheus/prometheus.yml; its /targets page says what is "
        "wrong with one",
        judge=_scraped,
    ),
    Rule(
        check="monitoring.alerts",
        subject="deploy/prometheus/alerts.yml",
        threshold=f"a Prometheus has them, and tells an Alertmanager: {', '.join(ALERTS)}",
        fix="rule_files and alerting in prometheus.yml, as in deploy/prometheus; then reload it",
        judge=_alerts,
    ),
    _backup,
)

"""Checks of what the cache answers: how often, how fresh, how true. By statistics alone. Pure."""

from collections.abc import Mapping
from typing import Final

from ops.evidence import Check, Evidence
from ops.rule import ENOUGH, LATER, Judged, ServiceRule, advised, judged, unknown
from ops.service_seen import ServiceSeen
from ops.tuning import plain_hit_rate, recommended_ttl, ttl_row

_SLACK: Final = 5.0
"""Percentage points below what a cache with a mere TTL would reach."""
_LEAST: Final = 90.0
"""Percent, where nobody knows how often clients poll. Proven near answers make it about 100."""
_UNTOLD: Final = "its statistics do not tell"
_UNBROKEN: Final = ("kept", "undated", "skipped")
_WHY_MISSED: Final[Mapping[str, str]] = {
    "miss": "jobs polled once or rarely, or CACHE_TTL_SECONDS is short: python -m ops advise",
    "stale": "the feed is not proven (see cache.feed), or clients have seen newer: that is right",
    "bypass": "Redis is away or fails: see cache.redis and cache.errors",
    "outage": "the database was away",
    "error": "the database was away, and nothing was remembered",
}


def _hit_rate(seen: ServiceSeen, evidence: Evidence) -> Judged:
    requests = seen.number("windows", "1h", "requests")
    rate = seen.number("windows", "1h", "hit_rate")
    if requests is None or rate is None or requests < ENOUGH:
        return unknown(f"{requests or 0:.0f} requests in the last hour: too few to tell", LATER)
    least, why = _expected(seen)
    return Judged(
        judged("", warn=rate < least).verdict,
        f"{rate:.1f} % of {requests:.0f} requests in the last hour",
        advised(seen.counts("missed_by"), _WHY_MISSED, "see missed_by in the statistics"),
        f"at least {least:.0f} %: {why}",
    )


def _expected(seen: ServiceSeen) -> tuple[float, str]:
    """What a cache that knows nothing but its TTL would reach; Tally's own should be about 100."""
    interval, ttl = _interval(seen), seen.number("ttl_seconds")
    if interval is None or not ttl:
        return _LEAST, "how often clients poll is not known yet; about 100 is usual"
    plain = plain_hit_rate(ttl, interval)
    words = f"a plain cache has {plain:.0f} % with a TTL of {ttl:g} s and a poll every {interval:g}"
    return max(0.0, plain - _SLACK), f"{words} s; about 100 is usual here"


def _interval(seen: ServiceSeen) -> float | None:
    """Seconds; None while too few polls tell."""
    samples = seen.number("polling", "samples") or 0
    interval = seen.number("polling", "interval_seconds") or 0.0
    return interval if samples >= ENOUGH and interval > 0 else None


def _ttl(seen: ServiceSeen, evidence: Evidence) -> Judged:
    interval, ttl = _interval(seen), seen.number("ttl_seconds")
    if interval is None or not ttl:
        return unknown("too few polls by now to tell how often clients poll", LATER)
    row = ttl_row(interval)
    return Judged(
        judged("", warn=ttl < row.shortest).verdict,
        f"CACHE_TTL_SECONDS={ttl:g}, a poll every {interval:g} s",
        f"CACHE_TTL_SECONDS={recommended_ttl(interval)}, restart; python -m ops advise",
        f"{row.recommended} for polls every {row.polling}",
    )


def _told(seen: ServiceSeen, *path: str) -> bool:
    """Whether there is a table of counts, and each is one: what is none counts as zero else."""
    numbers = [seen.number(*path, name) for name in seen.table(*path)]
    return bool(numbers) and all(number is not None and number >= 0 for number in numbers)


def _rejected(seen: ServiceSeen, evidence: Evidence) -> Judged:
    counts = seen.counts("rejected")
    if not counts and not _told(seen, "rejected"):
        return unknown(_UNTOLD)
    measured = ", ".join(f"{kind} {count}" for kind, count in counts.items()) or "none"
    if set(counts) == {"future"}:
        fix = "after a restored database: redis-cli FLUSHDB; see backend/cache/README.md"
        return judged(measured, warn=True, fix=fix)
    return judged(measured, fail=bool(counts))


def _audit(seen: ServiceSeen, evidence: Evidence) -> Judged:
    outcomes = seen.counts("audit", "outcomes")
    broken = {kind: count for kind, count in outcomes.items() if kind not in _UNBROKEN}
    if broken:
        words = ", ".join(f"{kind} {count}" for kind, count in broken.items())
        return judged(f"answers that broke a promise: {words}", fail=True)
    if not outcomes and evidence.settings.cache_audit_share == 0:
        return judged("no answer is ever audited", warn=True, fix="CACHE_AUDIT_SHARE=0.001")
    if not _told(seen, "audit", "outcomes"):
        return unknown(_UNTOLD)
    if not outcomes.get("kept"):
        return unknown("no answer has been audited by now", LATER)
    return judged(f"{outcomes['kept']} answers audited, all as promised")


def _feed(seen: ServiceSeen, evidence: Evidence) -> Judged | None:
    if seen.cache_enabled is False:
        return None
    proven, age = seen.found("feed", "proven"), seen.number("feed", "age_seconds")
    if "feed" in seen.statistics and seen.found("feed") is None:
        fix = "CACHE_NEAR_MAX_ENTRIES=10000, restart"
        return judged("no near tier, no feed: each poll goes to Redis", warn=True, fix=fix)
    if not isinstance(proven, bool) or (proven and age is None):
        return unknown(_UNTOLD)
    told = "never" if age is None else f"{age:g} s ago"
    return judged(f"proven: {str(proven).lower()}, last {told}", fail=not proven)


def _near(seen: ServiceSeen, evidence: Evidence) -> Judged | None:
    entries, size = seen.number("near", "entries"), seen.number("near", "bytes")
    if seen.found("near") is None:
        return None
    if entries is None or size is None:
        return unknown(_UNTOLD)
    processes = seen.number("processes", "counted") or 1
    settings = evidence.settings
    share = max(
        entries / max(1, settings.cache_near_max_entries * processes),
        size / (settings.cache_near_max_bytes * processes),
    )
    measured = f"{entries:.0f} documents, {size / 2**20:.1f} MB: {100 * share:.0f} % of its room"
    return judged(measured, warn=share > 0.95)


CHECKS: tuple[Check, ...] = (
    ServiceRule(
        check="cache.hit-rate",
        threshold="what TTL and polling allow",
        fix="python -m ops advise",
        judge=_hit_rate,
    ),
    ServiceRule(
        check="cache.ttl",
        threshold="a TTL of several polls: the guide's table",
        fix="python -m ops advise",
        judge=_ttl,
    ),
    ServiceRule(
        check="cache.rejected",
        threshold="no value in Redis that must not be served",
        fix="somebody else writes under tally:*; give Tally a Redis or a database of its own",
        judge=_rejected,
    ),
    ServiceRule(
        check="cache.audit",
        threshold="no answer ever broke a promise",
        fix="grep audit logs/app.log names the jobs; please report it",
        judge=_audit,
    ),
    ServiceRule(
        check="cache.feed",
        threshold="the database proves the near tier, in the last 1.5 s",
        fix="grep cache logs/app.log: is the database slow or away?",
        judge=_feed,
    ),
    ServiceRule(
        check="cache.near",
        threshold="at most 95 % of CACHE_NEAR_MAX_ENTRIES and CACHE_NEAR_MAX_BYTES",
        fix="CACHE_NEAR_MAX_ENTRIES and CACHE_NEAR_MAX_BYTES twice as large, if memory allows",
        judge=_near,
    ),
)

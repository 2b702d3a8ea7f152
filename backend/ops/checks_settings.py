"""Checks of the settings, and of how this host keeps its secrets. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from ops.evidence import Check, Evidence
from ops.finding import Finding, Verdict
from ops.host_seen import FileSeen, PasswordSeen
from ops.rule import Judged, Rule, ServiceRule, judged, unknown
from ops.service_seen import LogSeen, ServiceSeen

_STRONG: Final = 16
"""Characters; half of what `openssl rand -base64 32` gives."""
_LONG_BUDGET: Final = 0.2
"""Seconds. More, and a Redis that hangs is felt in each poll until the breaker opens."""
_ANEW: Final = "openssl rand -base64 32; then change it on the server and here"
_OURS: Final = "password in"
_CONSOLE: Final = (
    "search what keeps it (journalctl, docker logs, kubectl logs) for passwords; then "
    "--accept secrets.log"
)


def _redis_url(evidence: Evidence) -> Judged:
    settings = evidence.settings
    if "redis_url" not in settings.model_fields_set:
        return judged("not set: redis://localhost:6379/0 is the default", warn=True)
    if evidence.target is None and not evidence.url_trouble:
        return judged("set, and switches Redis off", warn=True)
    return judged("set, in the environment or .env")


def _timeouts(seen: ServiceSeen, evidence: Evidence) -> Judged | None:
    limits = seen.table("limits")
    budget = seen.number("limits", "budget_seconds")
    if budget is None:  # no Redis there, or of an older version
        return None
    measured = ", ".join(f"{name} {limits[name]}" for name in limits)
    unlimited = [
        name
        for name in ("socket_timeout", "socket_connect_timeout")
        if not seen.number("limits", name)
    ]
    retries = seen.number("limits", "retries") or 0
    return judged(measured, warn=budget > _LONG_BUDGET, fail=bool(unlimited) or retries > 0)


def _log(evidence: Evidence) -> Judged | None:
    log = evidence.log
    if log is None:
        return unknown("LOG_FILE is empty; what keeps the console is not seen", _CONSOLE)
    if log.trouble:
        return unknown(f"{log.path.name} cannot be read: {log.trouble}", "see LOG_FILE")
    measured = _searched(log)
    found = ", ".join(f"{name}: {count} times" for name, count in log.leaks.items())
    if found:
        ours = any(_OURS in name for name in log.leaks)
        return judged(f"{measured}: {found}", fail=ours, warn=not ours)
    if log.unsought:
        names = ", ".join(log.unsought)
        return unknown(f"{measured}; not looked for, unreadable or too short: {names}")
    return judged(f"{measured}: none is there")


def _searched(log: LogSeen) -> str:
    return f"secrets looked for: {len(log.sought)}, in its last {log.read_bytes / 2**20:.1f} MB"


def _passwords(evidence: Evidence) -> Iterator[Finding]:
    for seen in evidence.host.passwords if evidence.host else ():
        weak = seen.length < _STRONG
        yield Finding(
            check="secrets.password",
            subject=seen.name,
            verdict=judged("", warn=weak, fail=seen.well_known).verdict,
            measured=_strength(seen),
            threshold=f"at least {_STRONG} characters, and in nobody's documentation",
            fix=_ANEW if weak or seen.well_known else "",
        )


def _strength(seen: PasswordSeen) -> str:
    return "stands in documentation" if seen.well_known else f"{seen.length} characters"


def _env_files(evidence: Evidence) -> Iterator[Finding]:
    files = evidence.host.env_files if evidence.host else ()
    yield from _kept("secrets.env-file", files, must=True)


def _password_files(evidence: Evidence) -> Iterator[Finding]:
    files = evidence.host.password_files if evidence.host else ()
    yield from _kept("secrets.file", files, must=False)


def _kept(check: str, files: Iterable[FileSeen], *, must: bool) -> Iterator[Finding]:
    """`must`: it is a failure; else a warning."""
    for seen in files:
        bad = seen.open_to_all and seen.holds_secret and not seen.platforms
        said = (
            unknown(f"cannot be looked at: {seen.trouble}")
            if seen.trouble
            else judged(_openness(seen), fail=bad and must, warn=bad)
        )
        yield Finding(
            check=check,
            subject=seen.name,
            verdict=said.verdict,
            measured=said.measured,
            threshold="a file with a password can be read by its owner and group alone",
            fix="" if said.verdict is Verdict.OK else f"chmod o-rwx {seen.name}",
        )


def _openness(seen: FileSeen) -> str:
    holds = "holds a password" if seen.holds_secret else "holds no password"
    if seen.platforms:
        return f"{holds}; the platform's mount, with the rights that it chose"
    return (
        f"{holds}, {'everybody on this host' if seen.open_to_all else 'not everybody'} may read it"
    )


CHECKS: tuple[Check, ...] = (
    Rule(
        check="settings.redis-url",
        subject="REDIS_URL",
        threshold="set in the environment or .env",
        fix="echo 'REDIS_URL=redis://localhost:6379/0' >> .env, and restart",
        judge=_redis_url,
    ),
    ServiceRule(
        check="cache.timeouts",
        threshold=f"a budget of at most {_LONG_BUDGET:g} s, all timeouts set, no retries",
        fix="CACHE_BUDGET_SECONDS=0.05; leave CACHE_SOCKET_TIMEOUT and its like at their defaults",
        judge=_timeouts,
    ),
    Rule(
        check="secrets.log",
        subject="LOG_FILE",
        threshold="no password in the log, and no URL with one",
        fix="change that password, then remove the log: who could read it knows it",
        judge=_log,
    ),
    _passwords,
    _env_files,
    _password_files,
)

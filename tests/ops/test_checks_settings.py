"""Settings and secrets: what is weak, what lies open, what was written where it must not be."""

from pathlib import Path
from typing import Any

import pytest

from example_evidence import STATISTICS, evidence, service
from ops.checks_settings import CHECKS
from ops.evidence import Evidence
from ops.finding import Finding
from ops.host_seen import FileSeen, HostSeen, PasswordSeen
from ops.service_seen import LogSeen
from settings import Settings

LOG = Path("app.log")


def found(given: Evidence) -> dict[str, Finding]:
    return {finding.check: finding for check in CHECKS for finding in check(given)}


def test_settings_in_good_order_are_found_so() -> None:
    assert {str(finding.verdict) for finding in found(evidence()).values()} == {"ok"}


def test_a_redis_url_that_nobody_set_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    unset, off = Settings(_env_file=None), Settings(_env_file=None, redis_url="none")

    assert found(evidence(settings=unset))["settings.redis-url"].verdict == "warn"
    finding = found(evidence(settings=off, target=None))["settings.redis-url"]
    assert (finding.verdict, finding.measured) == ("warn", "set, and switches Redis off")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "ok"),
        ({"budget_seconds": 0.2}, "ok"),
        ({"budget_seconds": 0.21}, "warn"),
        ({"retries": 1}, "fail"),
        ({"socket_timeout": 0.0}, "fail"),
        ({"socket_connect_timeout": None}, "fail"),
    ],
)
def test_limits_that_let_a_poll_hang_are_seen(changes: dict[str, Any], verdict: str) -> None:
    limits = {**STATISTICS["limits"], **changes}

    seen = found(evidence(service=service({"limits": limits})))

    assert seen["cache.timeouts"].verdict == verdict


def test_a_service_without_redis_has_no_limits_to_judge() -> None:
    assert "cache.timeouts" not in found(evidence(service=service({"limits": {}})))


@pytest.mark.parametrize(
    ("log", "verdict", "words"),
    [
        (LogSeen(path=LOG, read_bytes=2**20, sought=("a",)), "ok", "secrets looked for: 1"),
        (LogSeen(path=LOG, leaks={"the password in REDIS_URL": 3}), "fail", "3 times"),
        (LogSeen(path=LOG, leaks={"an account in a URL": 1}), "warn", "an account in a URL"),
        (LogSeen(path=LOG, unsought=("the password in DATABASE_URL",)), "unknown", "DATABASE_URL"),
        (LogSeen(path=LOG, trouble="Permission denied"), "unknown", "Permission denied"),
        (None, "unknown", "LOG_FILE is empty"),
    ],
)
def test_a_password_in_the_log_is_a_failure(log: LogSeen | None, verdict: str, words: str) -> None:
    finding = found(evidence(log=log))["secrets.log"]

    assert finding.verdict == verdict
    assert words in finding.measured


@pytest.mark.parametrize(
    ("length", "well_known", "verdict"),
    [(44, False, "ok"), (16, False, "ok"), (15, False, "warn"), (20, True, "fail")],
)
def test_a_weak_password_is_seen_and_not_shown(length: int, well_known: bool, verdict: str) -> None:
    password = PasswordSeen(name="the password in REDIS_URL", length=length, well_known=well_known)
    finding = found(evidence(host=HostSeen(passwords=[password])))["secrets.password"]

    assert (finding.verdict, finding.subject) == (verdict, "the password in REDIS_URL")
    assert bool(finding.fix) is (verdict != "ok")


@pytest.mark.parametrize(
    ("holds", "is_open", "trouble", "verdicts"),
    [
        (True, True, "", ("fail", "warn")),
        (True, False, "", ("ok", "ok")),
        (False, True, "", ("ok", "ok")),
        (False, False, "Permission denied", ("unknown", "unknown")),
    ],
)
def test_a_file_with_a_password_that_all_may_read_is_seen(
    holds: bool, is_open: bool, trouble: str, verdicts: tuple[str, str]
) -> None:
    file = FileSeen(name=".env", holds_secret=holds, open_to_all=is_open, trouble=trouble)
    seen = found(evidence(host=HostSeen(env_files=[file], password_files=[file])))

    assert (seen["secrets.env-file"].verdict, seen["secrets.file"].verdict) == verdicts
    assert ("chmod o-rwx .env" in seen["secrets.env-file"].fix) is (verdicts[0] != "ok")


def test_what_the_platform_mounts_is_its_own_to_protect_and_an_env_file_is_not() -> None:
    file = FileSeen(name="it", holds_secret=True, open_to_all=True, platforms=True)
    seen = found(evidence(host=HostSeen(password_files=[file])))["secrets.file"]

    assert (seen.verdict, seen.fix) == ("ok", "")
    assert "the platform's mount" in seen.measured

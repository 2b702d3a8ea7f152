"""A report says the worst first, each with what to do; its JSON holds all of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from ops.finding import Finding, Verdict
from ops.report import Report, as_checklist, as_json, as_text

Shown: TypeAlias = Callable[[Report], str]
FOUND = [
    Finding(
        check="cache.redis",
        subject="http://127.0.0.1:8000",
        verdict=Verdict.OK,
        measured="redis_enabled: true",
        threshold="the service uses Redis",
        fix="",
    ),
    Finding(
        check="redis.password",
        subject="localhost:6379",
        verdict=Verdict.FAIL,
        measured="it lets anybody in " * 8,
        threshold="a password",
        fix="CONFIG SET requirepass ...",
    ),
    Finding(
        check="drill.rollback",
        subject="the rollback drill",
        verdict=Verdict.WARN,
        measured="none on record",
        threshold="one of the last 30 days",
        fix="python -m ops drill rollback",
    ),
    Finding(
        check="backup.database",
        subject="PostgreSQL",
        verdict=Verdict.UNKNOWN,
        measured="nothing can be seen from here",
        threshold="backups",
        fix="restore one",
    ),
]


def report(*findings: Finding, accepted: tuple[str, ...] = ()) -> Report:
    return Report(
        at=1_800_000_000.0,
        version="0.1.0+12345678",
        target="redis://:***@localhost:6379/0",
        service="http://127.0.0.1:8000",
        seconds=1.25,
        findings=findings or FOUND,
        accepted=accepted,
    )


@pytest.mark.parametrize("shown", [as_text, as_checklist, as_json])
def test_what_a_stranger_sends_moves_no_cursor_and_fills_no_screen(shown: Shown) -> None:
    odd = replace(FOUND[1], measured="\x1b]0;me\x07\ud800" + "\x00" * 9999, subject="a\rb" * 9999)
    text = shown(report(odd))

    assert all(line.isprintable() for line in text.split("\n"))
    assert "x1b]0;me" in text
    assert len(text) < 4000
    assert text.encode()


def test_what_is_to_be_pasted_is_never_cut() -> None:
    assert "x" * 999 in as_text(report(replace(FOUND[1], fix="x" * 999)))


def test_the_worst_comes_first_and_counts_come_last() -> None:
    lines = as_text(report()).splitlines()
    headings = [line.split(":")[0] for line in lines if line and not line.startswith(" ")]

    assert headings == [
        "Redis redis",
        "FAIL",
        "WARN",
        "UNKNOWN",
        "OK",
        "1 failed, 1 warned, 1 unknown, 1 ok",
    ]
    assert lines[-1].endswith("exit code 2")


def test_what_is_not_in_order_has_what_was_found_what_is_wanted_and_what_to_do() -> None:
    text = as_text(report())

    assert "    found   the rollback drill: none on record\n" in text
    assert "    wanted  one of the last 30 days\n" in text
    assert "    do      python -m ops drill rollback\n" in text
    assert "  cache.redis              redis_enabled: true\n" in text


def test_no_line_is_too_long_for_a_terminal() -> None:
    assert max(map(len, as_text(report()).splitlines())) <= 100


def test_many_servers_with_the_same_trouble_are_one_paragraph() -> None:
    servers = [replace(FOUND[1], subject=f"node-{number}", measured="open") for number in (1, 2)]
    fine = [replace(FOUND[0], subject=f"node-{number}") for number in range(6)]
    text = as_text(report(*servers, *fine))

    assert text.count("redis.password") == text.count("    wanted  a password\n") == 1
    assert "    found   node-1: open\n    found   node-2: open\n" in text
    assert "  cache.redis              redis_enabled: true (and 5 more)\n" in text
    assert text.endswith("2 failed, 6 ok: exit code 2")


def test_a_quiet_report_leaves_out_what_is_in_order() -> None:
    text = as_text(report(), quiet=True)

    assert "cache.redis" not in text
    assert "1 ok" in text
    assert "redis.password" in text


def test_a_report_without_findings_is_no_praise() -> None:
    empty = Report(at=0, version=None, target="none", service="none", seconds=0, findings=[])

    assert as_text(empty).endswith("nothing was checked: exit code 0")


def test_what_is_accepted_is_marked_and_counts_no_more() -> None:
    warned = report(*FOUND[2:], accepted=("drill.rollback",))

    assert "  drill.rollback (accepted)\n" in as_text(warned)
    assert (report(*FOUND[2:]).exit_code, warned.exit_code) == (1, 0)


def test_the_json_holds_all_of_it() -> None:
    told: dict[str, Any] = json.loads(as_json(report(accepted=("drill.rollback",))))

    assert list(told) == [
        *("schema", "at", "version", "target", "service", "seconds", "exit_code", "counts"),
        *("findings", "checklist"),
    ]
    assert (told["schema"], told["exit_code"]) == (1, 2)
    assert told["at"] == "2027-01-15T08:00:00+00:00"
    assert told["counts"] == {"ok": 1, "warn": 1, "fail": 1, "unknown": 1}
    assert told["findings"][2] == {
        "check": "drill.rollback",
        "subject": "the rollback drill",
        "verdict": "warn",
        "measured": "none on record",
        "threshold": "one of the last 30 days",
        "fix": "python -m ops drill rollback",
        "not_needed": False,
        "accepted": True,
    }
    assert told["checklist"][2] == {
        "line": "Password authentication enabled",
        "state": "open",
        "checks": ["redis.password"],
    }


def test_the_checklist_is_that_of_the_guide_with_what_keeps_a_line_open() -> None:
    text = as_checklist(report())

    assert "[ ] Password authentication enabled\n      fail: redis.password localhost:6379" in text
    assert "[?] Backup strategy in place\n" in text
    assert "[x] Redis server running and accessible\n" in text


def test_the_checklist_says_why_a_line_is_waived() -> None:
    local = replace(
        FOUND[0], check="redis.tls", subject="it", measured="none, on this host", not_needed=True
    )
    text = as_checklist(report(local))

    assert (
        "[-] TLS/SSL enabled for production\n"
        "      not needed: redis.tls it: none, on this host\n" in text
    )
    lived_with = as_checklist(report(replace(FOUND[2]), accepted=("drill.rollback",)))
    assert "[-] Rollback plan tested\n      warn (accepted): drill.rollback" in lived_with
    assert "(accepted)" not in as_checklist(report(FOUND[1], accepted=("redis.password",)))

"""The guide's checklist as checks see it: a line is done when something looked and found it so."""

import re
from pathlib import Path

import pytest

from ops.checklist import LINES, REST, State, checklist
from ops.finding import Finding, Verdict

GUIDE = Path(__file__).parents[2] / "docs" / "deployment.md"


def finding(check: str, verdict: str = "ok", *, not_needed: bool = False) -> Finding:
    return Finding(
        check=check,
        subject="s",
        verdict=Verdict(verdict),
        measured="",
        threshold="",
        fix="",
        not_needed=not_needed,
    )


def state(line: str, *findings: Finding, accepted: tuple[str, ...] = ()) -> State:
    return next(item.state for item in checklist(findings, accepted) if item.line == line)


def test_the_lines_are_those_of_the_guide() -> None:
    section = GUIDE.read_text().partition("## Checklist")[2].partition("\n## ")[0]
    written = re.findall(r"^- \[ \] (.+)$", section, re.MULTILINE)

    assert len(written) == len(LINES)
    assert all(line.startswith(ours) for line, ours in zip(written, LINES, strict=True))


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_nobody_looked_at_is_not_done(line: str) -> None:
    assert state(line) is State.UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["ok", "ok"], State.DONE),
        (["ok", "warn"], State.OPEN),
        (["unknown", "fail"], State.OPEN),
        (["ok", "unknown"], State.UNKNOWN),
    ],
)
def test_a_line_is_done_when_all_that_was_found_is_in_order(
    verdicts: list[str], expected: State
) -> None:
    line = "Password authentication enabled"
    checks = ("redis.password", "secrets.env-file")
    found = [finding(check, it) for check, it in zip(checks, verdicts, strict=True)]

    assert state(line, *found) is expected


def test_the_operator_attests_what_no_program_can_see() -> None:
    line, backups = "Backup strategy in place", finding("backup.database", "unknown")

    assert state(line, backups) is State.UNKNOWN
    assert state(line, backups, accepted=("backup.database",)) is State.DONE


def test_tls_is_ticked_where_it_is_on_and_nowhere_else() -> None:
    line = "TLS/SSL enabled for production"
    on, off = finding("redis.tls"), finding("redis.tls", not_needed=True)
    lived_with = state(line, finding("redis.tls", "warn"), accepted=("redis.tls",))

    assert [state(line, on), state(line, off), lived_with] == [
        State.DONE,
        State.WAIVED,
        State.WAIVED,
    ]
    assert state(line, off, finding("redis.tls-version", "unknown")) is State.UNKNOWN


def test_who_scrapes_tells_of_two_lines() -> None:
    watched = [finding(f"monitoring.{name}") for name in ("metrics", "alerts")]
    found = [*watched, finding("service.stats"), finding("monitoring.scraped", "unknown")]
    lines = ("Monitoring and alerts configured", "Cache stats endpoint monitored")

    assert [state(line, *found) for line in lines] == [State.UNKNOWN, State.UNKNOWN]
    assert [len(item.findings) for item in checklist(found) if item.findings] == [3, 2]


def test_nobody_attests_a_failure_away() -> None:
    line, open_door = "Password authentication enabled", finding("redis.password", "fail")

    assert state(line, open_door, accepted=("redis.password",)) is State.OPEN


def test_what_is_on_no_line_is_told_at_the_end() -> None:
    items = checklist([finding("redis.clock", "warn"), finding("redis.url")])

    assert (items[-1].line, items[-1].state) == (REST, State.OPEN)
    assert [one.check for one in items[-1].findings] == ["redis.clock"]
    assert sum(len(item.findings) for item in items) == 2

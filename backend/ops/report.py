"""Findings as text for a person and as JSON for a program. Pure: nobody is asked, nothing printed.

The JSON's form is in docs/doctor.md; `schema` rises when a field changes its meaning or goes.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any, Final

from ops.checklist import Item, State, checklist
from ops.finding import Finding, Verdict, exit_code, matters
from ops.printable import printable

SCHEMA: Final = 1
_ORDER: Final = (Verdict.FAIL, Verdict.WARN, Verdict.UNKNOWN, Verdict.OK)
_HEADINGS: Final = {
    Verdict.FAIL: "FAIL: mend these",
    Verdict.WARN: "WARN: look at these",
    Verdict.UNKNOWN: "UNKNOWN: this could not be seen from here",
    Verdict.OK: "OK",
}
_COUNTED: Final = {
    Verdict.FAIL: "failed",
    Verdict.WARN: "warned",
    Verdict.UNKNOWN: "unknown",
    Verdict.OK: "ok",
}
_MARKS: Final = {State.DONE: "x", State.OPEN: " ", State.UNKNOWN: "?", State.WAIVED: "-"}
_WIDTH: Final = 100
_LONGEST_MEASURED: Final = 400
"""Characters: a sentence of ours around words of somebody else."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one run found. `target` and `service` are names without any password."""

    at: float
    """Seconds since 1970."""
    version: str | None
    target: str
    service: str
    seconds: float
    """How long it took."""
    findings: Sequence[Finding]
    accepted: Collection[str] = ()

    @property
    def exit_code(self) -> int:
        return exit_code(self.findings, self.accepted)


def as_text(report: Report, *, quiet: bool = False) -> str:
    """One screen or two. `quiet`: without what is in order."""
    report = _printable(report)
    shown = [verdict for verdict in _ORDER if not (quiet and verdict is Verdict.OK)]
    groups = [_group(report, verdict) for verdict in shown]
    return "\n".join([_head(report), *filter(None, groups), _counts(report)])


def as_checklist(report: Report) -> str:
    """The deployment guide's list: [x] in order, [ ] not, [?] could not be seen, [-] waived."""
    report = _printable(report)
    items = checklist(report.findings, report.accepted)
    lines = [line for item in items for line in _item(report, item)]
    return "\n".join([_head(report), *lines, "", _counts(report)])


def as_json(report: Report) -> str:
    """All of it, and what the exit code is."""
    report = _printable(report)
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "at": datetime.fromtimestamp(report.at, UTC).isoformat(timespec="seconds"),
        "version": report.version,
        "target": report.target,
        "service": report.service,
        "seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "counts": {str(verdict): _count(report, verdict) for verdict in Verdict},
        "findings": [
            {**asdict(finding), "accepted": _accepted(report, finding)}
            for finding in report.findings
        ],
        "checklist": [
            {"line": item.line, "state": item.state, "checks": [one.check for one in item.findings]}
            for item in checklist(report.findings, report.accepted)
        ],
    }
    return json.dumps(content, indent=2)


def _printable(report: Report) -> Report:
    """The same, with what servers and services have said as a terminal may show it."""
    findings = [
        replace(
            finding,
            subject=printable(finding.subject),
            measured=printable(finding.measured, longest=_LONGEST_MEASURED),
            threshold=printable(finding.threshold, longest=None),
            fix=printable(finding.fix, longest=None),
        )
        for finding in report.findings
    ]
    return replace(report, target=printable(report.target), findings=findings)


def _head(report: Report) -> str:
    return f"Redis {report.target}, service {report.service}, in {report.seconds:.1f} s\n"


def _group(report: Report, verdict: Verdict) -> str:
    by_check: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.verdict is verdict:
            by_check.setdefault(finding.check, []).append(finding)
    if not by_check:
        return ""
    say = _line if verdict is Verdict.OK else _paragraph
    lines = [line for findings in by_check.values() for line in say(report, findings)]
    return "\n".join([_HEADINGS[verdict], *lines, ""])


def _line(report: Report, findings: Sequence[Finding]) -> Iterator[str]:
    """What is in order, of however many servers, is one line."""
    first, others = findings[0], len(findings) - 1
    more = f" (and {others} more)" if others else ""
    yield _cut(f"  {first.check:<24} {first.measured}", more)


def _paragraph(report: Report, findings: Sequence[Finding]) -> Iterator[str]:
    """What is not: each server's own measurement, then what all of them need."""
    accepted = " (accepted)" if _accepted(report, findings[0]) else ""
    yield f"  {findings[0].check}{accepted}"
    for name, texts in (
        ("found", [f"{finding.subject}: {finding.measured}" for finding in findings]),
        ("wanted", [finding.threshold for finding in findings]),
        ("do", [finding.fix for finding in findings]),
    ):
        for text in filter(None, dict.fromkeys(texts)):
            yield from _wrapped(f"    {name:<7} ", text)


def _wrapped(head: str, text: str) -> Iterator[str]:
    """Over as many lines as it takes; what is to be pasted stays in one piece."""
    yield from wrap(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _cut(line: str, end: str) -> str:
    room = _WIDTH - len(end)
    return line + end if len(line) <= room else f"{line[: room - 3]}...{end}"


def _item(report: Report, item: Item) -> Iterator[str]:
    yield f"[{_MARKS[item.state]}] {item.line}"
    for finding in item.findings:
        said = "not needed" if finding.not_needed else str(finding.verdict)
        if said != Verdict.OK:
            accepted = " (accepted)" if _given(report, finding) else ""
            yield f"      {said}{accepted}: {finding.check} {finding.subject}: {finding.measured}"


def _counts(report: Report) -> str:
    words = [
        f"{count} {_COUNTED[verdict]}" for verdict in _ORDER if (count := _count(report, verdict))
    ]
    return f"{', '.join(words) or 'nothing was checked'}: exit code {report.exit_code}"


def _count(report: Report, verdict: Verdict) -> int:
    return sum(finding.verdict is verdict for finding in report.findings)


def _accepted(report: Report, finding: Finding) -> bool:
    """Whether it would matter, and does not, since somebody said so."""
    return matters(finding) and _given(report, finding)


def _given(report: Report, finding: Finding) -> bool:
    """Whether somebody accepts it who may."""
    return finding.verdict is not Verdict.FAIL and finding.check in report.accepted

"""An exit code tells the worst of all findings; unknown is no OK, and nobody accepts a failure."""

import pytest

from ops.finding import MAY_STAY_UNKNOWN, Finding, Verdict, exit_code


def finding(verdict: Verdict, check: str = "redis.password") -> Finding:
    return Finding(check=check, subject="s", verdict=verdict, measured="", threshold="", fix="")


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 0),
        (["ok", "ok"], 0),
        (["ok", "warn"], 1),
        (["ok", "unknown"], 1),
        (["warn", "fail", "ok"], 2),
        (["unknown", "fail"], 2),
    ],
)
def test_the_worst_finding_decides(verdicts: list[str], code: int) -> None:
    assert exit_code([finding(Verdict(verdict)) for verdict in verdicts]) == code


@pytest.mark.parametrize("check", sorted(MAY_STAY_UNKNOWN))
def test_what_may_stay_unknown_matters_once_it_is_known(check: str) -> None:
    codes = [exit_code([finding(verdict, check)]) for verdict in Verdict]

    assert codes == [0, 1, 2, 0]


def test_a_warning_can_be_accepted_and_a_failure_cannot() -> None:
    accepted = ["redis.password"]

    codes = [exit_code([finding(verdict)], accepted) for verdict in Verdict]

    assert codes == [0, 0, 2, 0]


def test_one_accepted_warning_hides_no_other() -> None:
    found = [finding(Verdict.WARN), finding(Verdict.WARN, "redis.tls")]

    assert exit_code(found, ["redis.password"]) == 1

"""Errors speak for themselves."""

from jobs import FenceLost, IllegalStep, JobGone, JobNotFound, StoreUnavailable


def test_an_error_without_a_message_says_what_its_docstring_says() -> None:
    assert str(JobNotFound()) == "There is no such job."
    assert str(StoreUnavailable("Away.")) == "Away."


def test_a_lost_fence_is_an_illegal_step_and_a_gone_job_is_not_found() -> None:
    assert issubclass(FenceLost, IllegalStep)
    assert issubclass(JobGone, JobNotFound)

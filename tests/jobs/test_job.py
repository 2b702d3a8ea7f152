"""Ids: one fixed form, sorted by time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import is_job_id, new_id


@given(st.floats(0, 4e9), st.floats(0.002, 1e6))
def test_ids_sort_by_creation_time(now: float, later: float) -> None:
    assert new_id(now) < new_id(now + later)


@given(st.floats(0, 4e9))
def test_new_ids_have_the_one_form(now: float) -> None:
    assert is_job_id(new_id(now))


@pytest.mark.parametrize(
    "text",
    ["", "job_", "job_" + "0" * 25, "job_" + "0" * 27, "job_" + "I" * 26, "job_" + "0" * 26 + "\n"],
)
def test_nothing_else_is_a_job_id(text: str) -> None:
    assert not is_job_id(text)


@given(st.text())
def test_arbitrary_text_is_no_job_id(text: str) -> None:
    assert not is_job_id(text) or text.startswith("job_")

"""Whatever a server answers is read or is unknown; nothing it says raises."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import Refused, Silent
from ops.answer_reading import info, pairs, read
from ops.server_seen import Unknown

ANSWERS = st.recursive(
    st.none() | st.integers() | st.binary() | st.builds(Refused, st.text()),
    lambda answers: st.lists(answers, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("answer", [Refused("NOPERM no"), Silent("NOPERM no")])
def test_why_there_is_no_answer_stays_known(answer: object) -> None:
    assert info(answer) == pairs(answer) == Unknown("NOPERM no")


@given(ANSWERS)
def test_any_answer_is_read_or_unknown(answer: Any) -> None:
    for found in (info(answer), pairs(answer), read(answer, int)):
        assert isinstance(found, Unknown | dict | int)


def test_fields_and_pairs() -> None:
    assert info(b"# Server\r\nredis_version:7.0.15\r\n") == {"redis_version": "7.0.15"}
    assert pairs([b"maxmemory", b"0"]) == {"maxmemory": "0"}
    assert pairs([b"maxmemory"]) == Unknown("what it answers makes no sense")

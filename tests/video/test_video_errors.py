"""The codes are a closed list; each belongs to one family and has words for a person."""

from video import Code, InputError, LimitError, ToolError, VideoError
from video.errors import FAMILIES, MESSAGES, failure


def test_every_code_has_one_family_and_a_sentence() -> None:
    families = [[family for family in FAMILIES if code in family.codes] for code in Code]

    assert all(len(family) == 1 for family in families)
    assert set(MESSAGES) == set(Code)
    assert all(message.endswith(".") and len(message) < 200 for message in MESSAGES.values())


def test_a_family_says_whose_fault_it_is() -> None:
    assert isinstance(failure(Code.INPUT_TRUNCATED), InputError)
    assert isinstance(failure(Code.RANGE_OUTSIDE_INPUT), InputError)
    assert isinstance(failure(Code.STALLED), LimitError)
    assert isinstance(failure(Code.STORAGE_FULL), ToolError)


def test_what_is_shown_and_what_is_logged_are_two_things() -> None:
    error = failure(Code.ENCODE_FAILED, detail="/var/data/job/source: said ffmpeg")

    assert error.message == MESSAGES[Code.ENCODE_FAILED]
    assert "/var/data" in error.detail
    assert "/var/data" not in str(error)


def test_a_code_alone_makes_an_error() -> None:
    assert VideoError(Code.STORAGE_FULL).message == MESSAGES[Code.STORAGE_FULL]

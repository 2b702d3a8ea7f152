"""How a child ended tells which error it is; nothing ends without one or the other."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video import Code
from video.ending import Ended, encode_code, probe_code
from video.watchdog import Cut

ENDED = st.builds(
    Ended,
    exit_code=st.integers(-64, 255),
    said=st.text(max_size=200),
    cut=st.sampled_from([None, *Cut]),
)


@pytest.mark.parametrize(
    ("exit_code", "said", "code"),
    [
        (0, "[warning] deprecated pixel format", None),
        (-signal.SIGXFSZ, "", Code.OUTPUT_TOO_LARGE),
        (-signal.SIGXCPU, "", Code.TIME_LIMIT),
        (-signal.SIGKILL, "", Code.MEMORY_LIMIT),
        (-signal.SIGSEGV, "", Code.ENCODE_FAILED),
        (127, "ffmpeg: No such file or directory", Code.TOOL_MISSING),
        (69, "Decode error rate 1 exceeds maximum 0.666667", Code.INPUT_DAMAGED),
        (244, "Error: Cannot allocate memory", Code.MEMORY_LIMIT),
        (228, "No space left on device", Code.STORAGE_FULL),
        (183, "[fatal] corrupt decoded frame", Code.INPUT_DAMAGED),
        (183, "[error] Error opening input: Invalid data found", Code.INPUT_UNREADABLE),
        (234, "Format not on whitelist 'mov,mp4'", Code.INPUT_FORMAT_REFUSED),
        (187, "x264 [error]: malloc of size 1 failed", Code.ENCODE_FAILED),
    ],
)
def test_an_encode_ends_as_a_code(exit_code: int, said: str, code: Code | None) -> None:
    assert encode_code(Ended(exit_code=exit_code, said=said)) == code


@pytest.mark.parametrize(
    ("exit_code", "said", "code"),
    [
        (0, "[h264] non-existing PPS 0 referenced", None),
        (-signal.SIGSEGV, "", Code.INPUT_UNREADABLE),
        (-signal.SIGABRT, "", Code.INPUT_UNREADABLE),
        (-signal.SIGKILL, "", Code.MEMORY_LIMIT),
        (1, "MemoryError", Code.MEMORY_LIMIT),
        (1, "Traceback (most recent call last):\nValueError", Code.INPUT_UNREADABLE),
        (1, "ModuleNotFoundError: No module named 'av'", Code.TOOL_MISSING),
        (127, "", Code.TOOL_MISSING),
    ],
)
def test_a_crash_of_the_probe_is_the_fault_of_the_file(
    exit_code: int, said: str, code: Code | None
) -> None:
    assert probe_code(Ended(exit_code=exit_code, said=said)) == code


@pytest.mark.parametrize(("cut", "code"), [(Cut.TIME, Code.TIME_LIMIT), (Cut.STALL, Code.STALLED)])
def test_what_we_ended_is_told_as_our_reason(cut: Cut, code: Code) -> None:
    ended = Ended(exit_code=-signal.SIGKILL, said="", cut=cut)

    assert encode_code(ended) is code
    assert probe_code(ended) is code


@given(ENDED)
def test_only_a_clean_exit_is_no_error(ended: Ended) -> None:
    clean = ended.exit_code == 0 and ended.cut is None

    assert (encode_code(ended) is None) == clean
    assert probe_code(ended) is not None or clean

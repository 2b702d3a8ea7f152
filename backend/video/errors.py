"""What can go wrong with a video, as a closed list of codes. Pure: no processes, no files."""

from enum import StrEnum
from typing import ClassVar


class Code(StrEnum):
    """Every reason a video can fail for. Part of the API: a code is never renamed."""

    INPUT_EMPTY = "input_empty"
    INPUT_NOT_VIDEO = "input_not_video"
    INPUT_FORMAT_REFUSED = "input_format_refused"
    INPUT_UNREADABLE = "input_unreadable"
    INPUT_TRUNCATED = "input_truncated"
    INPUT_DAMAGED = "input_damaged"
    INPUT_NO_VIDEO_STREAM = "input_no_video_stream"
    INPUT_TOO_LARGE = "input_too_large"
    INPUT_TOO_LONG = "input_too_long"
    RANGE_OUTSIDE_INPUT = "range_outside_input"
    TIME_LIMIT = "time_limit"
    STALLED = "stalled"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_TOO_LARGE = "output_too_large"
    ENCODE_FAILED = "encode_failed"
    STORAGE_FULL = "storage_full"
    TOOL_MISSING = "tool_missing"


MESSAGES: dict[Code, str] = {
    Code.INPUT_EMPTY: "The file is empty. Choose a file that has something in it.",
    Code.INPUT_NOT_VIDEO: "This is not a video file, or none of a kind that is known here.",
    Code.INPUT_FORMAT_REFUSED: (
        "This kind of file is not accepted. "
        "Send MP4, MOV, 3GP, MKV, WebM, AVI or MPEG-TS with the video inside it."
    ),
    Code.INPUT_UNREADABLE: "The file looks like a video but cannot be read. It may be damaged.",
    Code.INPUT_TRUNCATED: "The file is incomplete: its end is missing. Send the whole file again.",
    Code.INPUT_DAMAGED: "Parts of the video are damaged and cannot be decoded.",
    Code.INPUT_NO_VIDEO_STREAM: "There are no moving pictures in this file.",
    Code.INPUT_TOO_LARGE: "The pictures of this video are larger than what is accepted.",
    Code.INPUT_TOO_LONG: "The video is longer than what is accepted.",
    Code.RANGE_OUTSIDE_INPUT: "The moment asked for lies outside the video.",
    Code.TIME_LIMIT: "The work took longer than it may and was stopped.",
    Code.STALLED: "The work stopped moving forward and was ended.",
    Code.MEMORY_LIMIT: "The work needed more memory than it may have.",
    Code.OUTPUT_TOO_LARGE: "The result grew larger than it may.",
    Code.ENCODE_FAILED: "The result could not be made from this video.",
    Code.STORAGE_FULL: "There is no room left to store the result. Try again later.",
    Code.TOOL_MISSING: (
        "The video tools are not installed on the server. "
        "Install backend/requirements.txt and start the worker again."
    ),
}


class VideoError(Exception):
    """A video could not be read or made; `message` may be shown to anyone.

    `detail` is for logs: it may hold paths of the server and what a tool said.
    """

    codes: ClassVar[frozenset[Code]] = frozenset()

    def __init__(self, code: Code, message: str = "", detail: str = "") -> None:
        self.code = code
        self.message = message or MESSAGES[code]
        self.detail = detail
        super().__init__(f"{code}: {self.message}")


class InputError(VideoError):
    """The input or what was asked of it is at fault; trying again does not help."""

    codes = frozenset(
        {code for code in Code if code.startswith("input_")} | {Code.RANGE_OUTSIDE_INPUT}
    )


class LimitError(VideoError):
    """The work hit one of its limits; a smaller video or a larger limit helps."""

    codes = frozenset({Code.TIME_LIMIT, Code.STALLED, Code.MEMORY_LIMIT, Code.OUTPUT_TOO_LARGE})


class ToolError(VideoError):
    """The server is at fault, not the input; trying again may help."""

    codes = frozenset({Code.ENCODE_FAILED, Code.STORAGE_FULL, Code.TOOL_MISSING})


FAMILIES: tuple[type[VideoError], ...] = (InputError, LimitError, ToolError)


def failure(code: Code, message: str = "", *, detail: str = "") -> VideoError:
    """The error for a code, of the family that says whose fault it is."""
    family = next(family for family in FAMILIES if code in family.codes)
    return family(code, message, detail)

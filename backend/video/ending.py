"""How a child ended, and which error that is. Pure.

ffmpeg exits with an error number modulo 256; what it said last tells the rest.
"""

import errno
import signal
from dataclasses import dataclass

from video.errors import Code
from video.watchdog import Cut


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A child that is gone. The exit code is negative where a signal ended it."""

    exit_code: int
    said: str  # the end of what it wrote to stderr
    cut: Cut | None = None


# From the launcher, as shells do it: the command is not there, or may not be run.
NOT_FOUND, NOT_ALLOWED = 127, 126
DAMAGE_RATE_EXCEEDED = 69

SIGNALS: dict[int, Code] = {
    -signal.SIGXCPU: Code.TIME_LIMIT,
    -signal.SIGXFSZ: Code.OUTPUT_TOO_LARGE,
    # Not ours, or `cut` would say so: the kernel was out of memory.
    -signal.SIGKILL: Code.MEMORY_LIMIT,
}
EXITS: dict[int, Code] = {
    NOT_FOUND: Code.TOOL_MISSING,
    NOT_ALLOWED: Code.TOOL_MISSING,
    DAMAGE_RATE_EXCEEDED: Code.INPUT_DAMAGED,
    256 - errno.ENOMEM: Code.MEMORY_LIMIT,
    256 - errno.EFBIG: Code.OUTPUT_TOO_LARGE,
    256 - errno.ENOSPC: Code.STORAGE_FULL,
}
# The first that was said decides; so the causes stand before their consequences.
SAYINGS: tuple[tuple[str, Code], ...] = (
    ("Cannot allocate memory", Code.MEMORY_LIMIT),
    ("Resource temporarily unavailable", Code.MEMORY_LIMIT),
    ("File too large", Code.OUTPUT_TOO_LARGE),
    ("No space left on device", Code.STORAGE_FULL),
    ("exceeds specified max pixel count", Code.INPUT_TOO_LARGE),
    ("not on whitelist", Code.INPUT_FORMAT_REFUSED),
    ("Error opening input", Code.INPUT_UNREADABLE),
    ("corrupt decoded frame", Code.INPUT_DAMAGED),
    ("corrupt input packet", Code.INPUT_DAMAGED),
    ("Error submitting packet to decoder", Code.INPUT_DAMAGED),
    ("Decoding error", Code.INPUT_DAMAGED),
    ("Error during demuxing", Code.INPUT_DAMAGED),
)


def encode_code(ended: Ended) -> Code | None:
    """The code for the end of an encode; None if it went well."""
    if ended.cut is not None:
        return Code(ended.cut.value)
    if ended.exit_code == 0:
        return None
    if ended.exit_code < 0:
        return SIGNALS.get(ended.exit_code, Code.ENCODE_FAILED)
    said = (code for saying, code in SAYINGS if saying in ended.said)
    return EXITS.get(ended.exit_code) or next(said, Code.ENCODE_FAILED)


def probe_code(ended: Ended) -> Code | None:
    """The code for the end of a probe; None if it has facts to tell. A crash is the file's."""
    if ended.cut is None and ended.exit_code in (NOT_FOUND, NOT_ALLOWED):
        return Code.TOOL_MISSING
    if ended.cut is None and "ModuleNotFoundError" in ended.said:
        return Code.TOOL_MISSING
    if ended.cut is None and ended.exit_code > 0:
        return Code.MEMORY_LIMIT if "MemoryError" in ended.said else Code.INPUT_UNREADABLE
    code = encode_code(ended)
    return Code.INPUT_UNREADABLE if code is Code.ENCODE_FAILED else code

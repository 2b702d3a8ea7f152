"""EDGE: looks at a source file, in a child that may crash. Decides nothing: see facts."""

import asyncio
import os
import sys
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from video.child import run_child
from video.container import HEAD_BYTES, Container, container_of
from video.ending import probe_code
from video.errors import Code, failure
from video.facts import facts_of, judge
from video.limits import Limits
from video.media import Media
from video.shortfall import shortfall

SCRIPT = Path(__file__).with_name("probe_child.py")
# Its one line is under 2 KB.
LONGEST_ANSWER = 65_536
PROBE_MEMORY_BYTES = 2 << 30


async def probe(source: Path, *, limits: Limits) -> Media:
    """What is in this file. Every packet is read once and the first picture decoded.

    Raises VideoError, and for a bad file nothing else. Damage inside later pictures is not found
    here, but when they are decoded to make something of them.
    """
    source = await asyncio.to_thread(source.absolute)
    container, size = await asyncio.to_thread(_glance, source)
    answer = bytearray()

    def heard(chunk: bytes) -> bool:
        answer.extend(chunk[: LONGEST_ANSWER - len(answer)])
        return True

    installed = await asyncio.to_thread(_installed)
    script = (sys.executable, "-I", "-S", "-B", str(SCRIPT), installed)
    command = (*script, str(source), container.demuxer, str(limits.max_pixels))
    tight = replace(
        limits,
        wall_seconds=limits.probe_seconds,
        stall_seconds=limits.probe_seconds,
        memory_bytes=min(limits.memory_bytes, PROBE_MEMORY_BYTES),
        output_bytes=0,
        grace_seconds=0.0,
    )
    ended = await run_child(command, folder=source.parent, limits=tight, heard=heard)
    code = probe_code(ended)
    if code is not None:
        raise failure(code, detail=f"the probe ended with {ended.exit_code}: {ended.said}")
    return judge(facts_of(bytes(answer)), ended.said, container, size, limits)


@cache
def _installed() -> str:
    """The folder PyAV is installed in; the child sees this one and no other."""
    found = find_spec("av")
    if found is None or found.origin is None:
        raise failure(Code.TOOL_MISSING, detail="PyAV is not installed")
    return str(Path(found.origin).parent.parent)


def _glance(source: Path) -> tuple[Container, int]:
    """The container and the size, from the outermost bytes: no decoder sees what fails here."""
    try:
        with source.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            container = container_of(file.read(HEAD_BYTES))
            _check_whole(container, size, file)
            return container, size
    except OSError as error:
        raise failure(Code.INPUT_UNREADABLE, detail=str(error)) from error


def _check_whole(container: Container, size: int, file: BinaryIO) -> None:
    def read(offset: int, count: int) -> bytes:
        file.seek(offset)
        return file.read(count)

    missing = shortfall(container, size, read)
    if missing is not None:
        raise failure(Code.INPUT_TRUNCATED, detail=missing)

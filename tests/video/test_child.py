"""A child works in its folder, within its limits, and tells how it ended."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from video import Code, Limits, ToolError
from video.child import SAID_BYTES, run_child
from video.ending import Ended, encode_code
from video.watchdog import Cut

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits that only Linux keeps")


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def ignored(_chunk: bytes) -> bool:
    return False


async def run(code: str, folder: Path, limits: Limits) -> Ended:
    return await run_child(python(code), folder=folder, limits=limits, heard=ignored)


async def test_a_child_tells_how_it_ended_and_what_it_said(tmp_path: Path, limits: Limits) -> None:
    heard = bytearray()

    def keep(chunk: bytes) -> bool:
        heard.extend(chunk)
        return True

    code = "import os, sys; print(os.getcwd()); sys.stderr.write('why'); sys.exit(3)"
    ended = await run_child(python(code), folder=tmp_path, limits=limits, heard=keep)

    assert ended == Ended(exit_code=3, said="why")
    assert heard.decode().strip() == str(tmp_path)


async def test_a_child_knows_none_of_our_secrets(
    tmp_path: Path, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@db/tally")
    ended = await run("import os, sys; sys.stderr.write(str(os.environ))", tmp_path, limits)

    assert "PATH" in ended.said
    assert "secret" not in ended.said


async def test_a_talkative_child_is_neither_blocked_nor_kept(
    tmp_path: Path, limits: Limits
) -> None:
    code = "import sys; [f.write('x' * 3_000_000) for f in (sys.stdout, sys.stderr)]"
    ended = await run(code + "; sys.stderr.write('the end')", tmp_path, limits)

    assert ended.exit_code == 0
    assert len(ended.said) <= SAID_BYTES
    assert ended.said.endswith("the end")


async def test_a_child_that_takes_too_long_is_ended(tmp_path: Path, limits: Limits) -> None:
    quick = replace(limits, wall_seconds=0.3, grace_seconds=0.1)
    ended = await run("import time; time.sleep(30)", tmp_path, quick)

    assert ended.cut is Cut.TIME


async def test_a_child_that_stands_still_is_ended(tmp_path: Path, limits: Limits) -> None:
    still = replace(limits, stall_seconds=2.0, grace_seconds=0.1)
    talks = "import time\nfor n in range(25): print(n, flush=True); time.sleep(0.1)\n"

    def moves(_chunk: bytes) -> bool:
        return True

    ended, stalled = await asyncio.gather(
        run_child(python(talks), folder=tmp_path, limits=still, heard=moves),
        run_child(python(talks), folder=tmp_path, limits=still, heard=ignored),
    )

    assert ended.cut is None
    assert stalled.cut is Cut.STALL


async def test_a_file_that_grows_too_large_ends_the_child(tmp_path: Path, limits: Limits) -> None:
    command = ["/bin/sh", "-c", "exec head -c 100000 /dev/zero > large"]
    small = replace(limits, output_bytes=10_000)
    ended = await run_child(command, folder=tmp_path, limits=small, heard=ignored)

    assert encode_code(ended) is Code.OUTPUT_TOO_LARGE
    assert (tmp_path / "large").stat().st_size == 10_000


@ON_LINUX
async def test_memory_is_bounded(tmp_path: Path, limits: Limits) -> None:
    small = replace(limits, memory_bytes=300 << 20)
    ended = await run("bytearray(500 << 20)", tmp_path, small)

    assert ended.exit_code == 1
    assert "MemoryError" in ended.said


async def test_a_command_that_is_not_there_is_a_missing_tool(
    tmp_path: Path, limits: Limits
) -> None:
    missing = [str(tmp_path / "ffmpeg")]
    ended = await run_child(missing, folder=tmp_path, limits=limits, heard=ignored)

    assert encode_code(ended) is Code.TOOL_MISSING
    assert "No such file" in ended.said


async def test_a_folder_that_is_not_there_is_our_fault(tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(ToolError):
        await run("1", tmp_path / "gone", limits)


async def test_it_works_on_the_loop_of_another_thread(tmp_path: Path, limits: Limits) -> None:
    ended = await asyncio.to_thread(asyncio.run, run("raise SystemExit(5)", tmp_path, limits))

    assert ended.exit_code == 5

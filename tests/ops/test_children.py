"""A child lives as long as its block; a command has its time, and says what failed."""

import os
import signal
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from ops.children import Child, CommandFailed, run_command, running
from patience import seen

STUBBORN = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('ready', flush=True)\n"
    "time.sleep(60)\n"
)


def python(code: str, folder: Path) -> AbstractAsyncContextManager[Child]:
    """A child that runs this code."""
    return running(
        [sys.executable, "-c", code], log=folder / "child.log", cwd=folder, env=os.environ
    )


async def heard(one: Child, words: str) -> None:
    await seen(lambda: one.last_words, lambda said: words in said, beat=0.01, seconds=20)


async def test_a_child_lives_as_long_as_its_block(tmp_path: Path) -> None:
    code = "import time; print('up', flush=True); time.sleep(60)"
    async with python(code, tmp_path) as one:
        await heard(one, "up")
        assert one.running

    assert not one.running


async def test_a_child_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.children._GRACE_SECONDS", 0.1)
    async with python(STUBBORN, tmp_path) as one:
        await heard(one, "ready")
        await one.stop()

        assert not one.running


async def test_an_error_in_the_block_ends_the_child(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with python("import time; time.sleep(60)", tmp_path) as one:
            raise ZeroDivisionError

    assert not one.running


async def test_the_last_words_of_a_child_that_ended_are_kept(tmp_path: Path) -> None:
    async with python("raise SystemExit('no such thing')", tmp_path) as one:
        await seen(lambda: not one.running, beat=0.01, seconds=20)

    assert one.last_words == "no such thing"


async def test_a_command_runs_in_a_shell(tmp_path: Path) -> None:
    await run_command(
        f"echo one > {tmp_path}/a && echo two >> {tmp_path}/a", name="--stop", seconds=20
    )

    assert (tmp_path / "a").read_text() == "one\ntwo\n"


async def test_a_command_that_fails_says_what_it_said() -> None:
    with pytest.raises(CommandFailed, match=r"^--stop ended with 3: no such unit$"):
        await run_command("echo no such unit >&2; exit 3", name="--stop", seconds=20)


async def test_a_command_that_holds_a_password_is_not_repeated() -> None:
    with pytest.raises(CommandFailed) as failed:
        await run_command("false --password hush", name="--stop", seconds=20)

    assert str(failed.value) == "--stop ended with 1: it said nothing"


async def test_a_command_has_its_time() -> None:
    with pytest.raises(CommandFailed, match=r"did not end within 0\.1 s"):
        await run_command("sleep 30", name="--stop", seconds=0.1)


async def test_a_server_that_a_command_leaves_in_the_background_goes_on(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    await run_command(f"sleep 30 & echo $! > {told}", name="--start", seconds=20)
    pid = int(told.read_text())

    os.kill(pid, signal.SIGKILL)  # raises if it is gone

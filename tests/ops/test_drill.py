"""A drill begins only with words that go together, and whatever keeps it from it is one line."""

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ops import drill
from ops.records import read_records, records_folder
from ops_words import words
from settings import Settings

LIVE = ("rollback", "--live", "--stop", "true", "--start", "true")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (LIVE, "it stops the Redis of the running service: add --yes."),
        (("rollback", "--live", "--yes"), "--stop COMMAND --start COMMAND"),
        (("rollback", "--redis-url", "redis://spare", "--stop", "x"), "--start COMMAND"),
        (("rollback", "--stop", "x", "--start", "y"), "go with --live, or with --redis-url."),
        ((*LIVE, "--redis-url", "redis://spare", "--yes"), "drop --redis-url."),
        (("rollback", "--rate", "1000", "--seconds", "600"), "lower --rate or --seconds."),
        (("failover",), "makes another server the primary for everybody: add --yes."),
    ],
)
async def test_words_that_do_not_go_together_are_told_in_one_line(
    given: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = await drill.run(words(drill, *given), Settings())
    told = capsys.readouterr()

    assert code == 2
    assert said in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)


async def test_one_server_or_none_has_nothing_to_fail_over_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = await drill.run(words(drill, "failover", "--yes"), Settings(redis_url="none"))

    assert code == 2
    assert "Redis is switched off here" in capsys.readouterr().err


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 2)])
async def test_a_drill_goes_on_record_however_it_went(
    ok: bool, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rehearsed(*_: object) -> Mapping[str, Any]:
        return {"ok": ok, "errors": 0 if ok else 3}

    monkeypatch.setattr("ops.drill.rehearse", rehearsed)
    settings = Settings(data_dir=tmp_path)
    ended = await drill.run(words(drill, "rollback"), settings)
    (record,) = read_records(records_folder(settings)).found

    assert ended == code
    assert (record.kind, record.ok, record.figures["errors"]) == (
        "drill-rollback",
        ok,
        3 * (not ok),
    )
    assert json.loads(next(records_folder(settings).iterdir()).read_text())["version"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_a_drill_in_order(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied = []

    async def rehearsed(*_: object) -> Mapping[str, Any]:
        os.kill(os.getpid(), number)
        try:
            await asyncio.sleep(20)
        finally:
            tidied.append(True)
        return {}

    monkeypatch.setattr("ops.drill.rehearse", rehearsed)
    ended = await asyncio.create_task(
        drill.run(words(drill, "rollback"), Settings(data_dir=tmp_path))
    )

    assert (ended, tidied) == (128 + number, [True])
    assert not read_records(records_folder(Settings(data_dir=tmp_path))).found


async def test_a_second_ctrl_c_does_not_cut_off_what_the_first_one_tidies_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied = []

    async def rehearsed(*_: object) -> Mapping[str, Any]:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(20)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(20)
            tidied.append(True)
        return {}

    monkeypatch.setattr("ops.drill.rehearse", rehearsed)
    drilled = drill.run(words(drill, "rollback"), Settings(data_dir=tmp_path))

    assert await asyncio.create_task(drilled) == 130
    assert tidied == [True]

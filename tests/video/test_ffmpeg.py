"""A run of the real ffmpeg tells how far it is, keeps its limits and leaves nothing behind."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from video import (
    Code,
    LimitError,
    Limits,
    Recipe,
    ToolError,
    VideoError,
    ffmpeg_path,
    make,
    parse_spec,
    probe,
    recipes,
)
from video import ffmpeg as ffmpeg_module

Clip = Callable[..., Path]
Find = Callable[[Path], list[int]]
Names = Callable[[Path], list[str]]


async def test_progress_grows_to_the_whole(clip: Clip, limits: Limits, tmp_path: Path) -> None:
    long = clip("long.mp4", seconds=20, sound=False)
    for kind in ("transcode", "contact_sheet"):
        told: list[float] = []
        (recipe,) = recipes(kind, parse_spec(kind, {}), await probe(long, limits=limits))
        await make(recipe, long, tmp_path, limits=limits, told=told.append)

        assert told == sorted(told)
        assert told[-1] == pytest.approx(1.0, abs=0.01)


@pytest.fixture
async def endless(clip: Clip, limits: Limits) -> Recipe:
    """A real encode that never ends: the clip again and again, as slowly as it plays."""
    media = await probe(clip("plain.mp4"), limits=limits)
    (recipe,) = recipes("transcode", parse_spec("transcode", {}), media)
    return replace(recipe, reading=("-stream_loop", "-1", "-readrate", "1", *recipe.reading))


async def test_cancelling_an_encode_ends_ffmpeg_within_two_seconds(
    endless: Recipe,
    clip: Clip,
    limits: Limits,
    tmp_path: Path,
    running_in: Find,
    files_in: Names,
) -> None:
    started = asyncio.Event()
    source = clip("plain.mp4")
    running = asyncio.create_task(
        make(endless, source, tmp_path, limits=limits, told=lambda _: started.set())
    )
    await asyncio.wait_for(started.wait(), 20)
    alive = running_in(tmp_path)
    running.cancel()
    async with asyncio.timeout(2):
        await asyncio.wait({running})

    assert len(alive) == 1
    assert running.cancelled()
    assert running_in(tmp_path) == []
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "speed", "code"),
    [
        ({"wall_seconds": 1.0}, "1", Code.TIME_LIMIT),
        ({"output_bytes": 5_000}, "100", Code.OUTPUT_TOO_LARGE),
    ],
)
async def test_a_limit_ends_the_encode_and_its_file(
    changes: dict[str, float],
    speed: str,
    code: Code,
    endless: Recipe,
    clip: Clip,
    limits: Limits,
    tmp_path: Path,
    files_in: Names,
) -> None:
    tight = replace(limits, **changes)  # type: ignore[arg-type]
    reading = tuple(speed if word == "1" else word for word in endless.reading)
    encode = replace(endless, reading=reading)
    with pytest.raises(LimitError) as caught:
        await make(encode, clip("plain.mp4"), tmp_path, limits=tight, told=lambda _: None)

    assert caught.value.code is code
    assert files_in(tmp_path) == []


async def test_a_frozen_ffmpeg_is_found_to_have_stalled(
    endless: Recipe, clip: Clip, limits: Limits, tmp_path: Path, running_in: Find
) -> None:
    def freeze(_: float) -> None:
        for process in running_in(tmp_path):
            os.kill(process, signal.SIGSTOP)

    still = replace(limits, stall_seconds=2.0, grace_seconds=0.2)
    with pytest.raises(LimitError) as caught:
        await make(endless, clip("plain.mp4"), tmp_path, limits=still, told=freeze)

    assert caught.value.code is Code.STALLED
    assert running_in(tmp_path) == []


async def test_a_missing_ffmpeg_is_told_as_such(
    endless: Recipe, clip: Clip, limits: Limits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg_module, "ffmpeg_path", lambda: str(tmp_path / "ffmpeg"))
    with pytest.raises(ToolError) as caught:
        await make(endless, clip("plain.mp4"), tmp_path, limits=limits, told=lambda _: None)

    assert caught.value.code is Code.TOOL_MISSING


async def test_a_playlist_in_place_of_the_video_is_not_followed(
    endless: Recipe, limits: Limits, tmp_path: Path
) -> None:
    """With our demuxer, with any, and even with its own: whoever opens the FIFO hangs there."""
    fifo, playlist = tmp_path / "secret", tmp_path / "source"
    os.mkfifo(fifo)
    playlist.write_text(f"ffconcat version 1.0\nfile '{fifo}'\n")
    for reading in ((), ("-f", "mov"), ("-safe", "0", "-f", "concat")):
        recipe = replace(endless, reading=reading)
        with pytest.raises(VideoError) as caught:
            await make(recipe, playlist, tmp_path, limits=limits, told=lambda _: None)
        assert caught.value.code in (Code.INPUT_FORMAT_REFUSED, Code.INPUT_UNREADABLE)


def test_ffmpeg_is_installed_with_the_requirements() -> None:
    assert Path(ffmpeg_path()).is_file()

"""A look into a file tells what it is, whatever container it comes in, and harms nobody."""

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from video import Code, InputError, LimitError, Limits, VideoError, probe
from video import probing as probing_module

Clip = Callable[..., Path]
Find = Callable[[Path], list[int]]

CODECS = {
    "plain.mp4": ("mp4", "h264", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25"),
    "plain.mov": ("mov", "mpeg4", "-c:v mpeg4"),
    "plain.mkv": ("matroska", "h264", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25"),
    "plain.webm": ("webm", "vp9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"),
    "plain.avi": ("avi", "mpeg4", "-c:v mpeg4 -bf 2"),
    "plain.ts": ("mpegts", "mpeg2video", "-c:v mpeg2video -g 12 -c:a mp2"),
}


@pytest.mark.parametrize("name", sorted(CODECS))
async def test_each_container_is_described(name: str, clip: Clip, limits: Limits) -> None:
    container, codec, options = CODECS[name]
    media = await probe(clip(name, codec=options), limits=limits)

    assert (media.container.value, media.video_codec) == (container, codec)
    assert (media.width, media.height, media.frame_rate) == (320, 180, 25.0)
    assert media.duration_seconds == pytest.approx(3.0, abs=0.08)
    assert media.frames == 75
    assert media.audio_codec is not None


async def test_a_phone_held_upright_gives_an_upright_video(sideways: Path, limits: Limits) -> None:
    media = await probe(sideways, limits=limits)

    assert (media.width, media.height) == (180, 320)
    assert media.rotation in (90, -90)


async def test_pixels_that_are_not_square_are_made_so(clip: Clip, limits: Limits) -> None:
    wide = clip("anamorphic.mp4", sound=False, codec="-vf setsar=2/1 -c:v mpeg4")
    media = await probe(wide, limits=limits)

    assert (media.width, media.height) == (640, 180)


async def test_no_sound_is_no_sound(clip: Clip, limits: Limits) -> None:
    media = await probe(clip("silent.mp4", sound=False), limits=limits)

    assert (media.audio_codec, media.audio_stream) == (None, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"max_pixels": 320 * 180 - 1}, Code.INPUT_TOO_LARGE),
        ({"max_side": 319}, Code.INPUT_TOO_LARGE),
        ({"max_duration_seconds": 2.9}, Code.INPUT_TOO_LONG),
    ],
)
async def test_what_is_too_much_is_refused_before_any_work(
    changes: dict[str, float], code: Code, clip: Clip, limits: Limits
) -> None:
    with pytest.raises(InputError) as caught:
        await probe(clip("plain.mp4"), limits=replace(limits, **changes))  # type: ignore[arg-type]

    assert caught.value.code is code


async def test_a_probe_has_its_time_and_no_more(
    clip: Clip, limits: Limits, running_in: Find
) -> None:
    path = clip("plain.mp4")
    with pytest.raises(LimitError) as caught:
        await probe(path, limits=replace(limits, probe_seconds=0.001))

    assert caught.value.code is Code.TIME_LIMIT
    assert running_in(path.parent) == []


async def test_a_crash_inside_the_probe_is_an_unreadable_file(
    clip: Clip, limits: Limits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = tmp_path / "crash.py"
    crash.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(probing_module, "SCRIPT", crash)
    with pytest.raises(InputError) as caught:
        await probe(clip("plain.mp4"), limits=limits)

    assert caught.value.code is Code.INPUT_UNREADABLE


@pytest.mark.parametrize("name", ["missing.mp4", "."])
async def test_what_is_no_file_is_unreadable(name: str, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(InputError) as caught:
        await probe(tmp_path / name, limits=limits)

    assert caught.value.code is Code.INPUT_UNREADABLE


async def test_names_of_files_are_only_names(clip: Clip, limits: Limits, tmp_path: Path) -> None:
    odd = tmp_path / "-i http:|'$(x)%03d\n.mp4"
    odd.write_bytes(clip("plain.mp4").read_bytes())

    assert (await probe(odd, limits=limits)).frames == 75


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile '{}'\n",
    "list.mpd": '<MPD type="static"><Period><AdaptationSet><Representation id="v">'
    "<BaseURL>{}</BaseURL></Representation></AdaptationSet></Period></MPD>",
}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a FIFO")
@pytest.mark.parametrize("name", sorted(PLAYLISTS))
async def test_a_file_that_a_playlist_names_is_never_opened(
    name: str, tmp_path: Path, limits: Limits
) -> None:
    """Whoever opens the FIFO waits there for a writer: an answer in time means nobody did."""
    fifo = tmp_path / "secret"
    os.mkfifo(fifo)
    playlist = tmp_path / name
    playlist.write_text(PLAYLISTS[name].format(fifo))
    with pytest.raises(InputError) as caught:
        await asyncio.wait_for(probe(playlist, limits=limits), 10)

    assert caught.value.code is Code.INPUT_FORMAT_REFUSED


@pytest.mark.parametrize("name", sorted(PLAYLISTS))
async def test_a_server_that_a_playlist_names_is_never_asked(
    name: str, tmp_path: Path, limits: Limits
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        host, port = server.getsockname()
        playlist = tmp_path / name
        playlist.write_text(PLAYLISTS[name].format(f"http://{host}:{port}/a.ts"))
        with pytest.raises(InputError):
            await probe(playlist, limits=limits)
        with pytest.raises(TimeoutError):
            server.accept()


async def test_many_probes_at_once_do_not_disturb_each_other(clip: Clip, limits: Limits) -> None:
    names = sorted(CODECS)
    paths = [clip(name, codec=CODECS[name][2]) for name in names]
    found = await asyncio.gather(*(probe(path, limits=limits) for path in paths))

    assert [media.container.value for media in found] == [CODECS[name][0] for name in names]
    assert threading.active_count() < 100


async def test_a_cancelled_probe_leaves_no_process(
    clip: Clip, limits: Limits, running_in: Find
) -> None:
    path = clip("plain.mp4")
    running = asyncio.create_task(probe(path, limits=limits))
    alive: list[int] = []
    while not alive and not running.done():
        await asyncio.wait({running}, timeout=0.005)
        alive = running_in(path.parent)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert len(alive) == 1
    assert running_in(path.parent) == []


async def test_an_error_is_never_of_another_kind(tmp_path: Path, limits: Limits) -> None:
    path = tmp_path / "a"
    for content in (b"RIFF\xff\xff\xff\xffAVI ", b"\x1aE\xdf\xa3"):
        path.write_bytes(content)
        with pytest.raises(VideoError):
            await probe(path, limits=limits)

"""All seven kinds with the real ffmpeg: what comes out decodes, and is what was asked for."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from video import Code, VideoError

Clip = Callable[..., Path]
Look = Callable[[Path], Any]
Make = Callable[..., Awaitable[list[Path]]]
LONG_GOPS = {
    "long-gop.ts": "-c:v libx264 -preset veryfast -g 250 -pix_fmt yuv420p -c:a aac",
    "long-gop.mkv": "-c:v libx264 -preset veryfast -g 250 -pix_fmt yuv420p",
    "long-gop.avi": "-c:v mpeg4 -bf 2 -g 250",
}
TWO = [{"codec": "h264", "height": 144}, {"codec": "vp9", "height": 160}]


async def test_probe_writes_what_there_is(clip: Clip, made: Make) -> None:
    (report,) = await made("probe", clip("plain.mp4"))

    assert json.loads(report.read_text())["frames"] == 75


@pytest.mark.parametrize(
    ("wishes", "name", "codec", "size"),
    [
        ({}, "thumbnail.jpg", "mjpeg", (320, 180)),
        ({"format": "png", "width": 100}, "thumbnail.png", "png", (100, 56)),
        ({"format": "webp", "at_seconds": 0}, "thumbnail.webp", "webp", (320, 180)),
        ({"at_seconds": 2.999}, "thumbnail.jpg", "mjpeg", (320, 180)),
    ],
)
async def test_thumbnail(
    wishes: dict[str, Any],
    name: str,
    codec: str,
    size: tuple[int, int],
    clip: Clip,
    made: Make,
    seen: Look,
) -> None:
    (path,) = await made("thumbnail", clip("plain.mp4"), **wishes)
    picture = seen(path)

    assert path.name == name
    assert (picture.codec, picture.size, picture.frames) == (codec, size, 1)


@pytest.mark.parametrize("rows", [1, 3, 10])
async def test_contact_sheet(rows: int, clip: Clip, made: Make, seen: Look) -> None:
    (path,) = await made("contact_sheet", clip("plain.mp4"), columns=10, rows=rows, tile_width=64)

    assert seen(path).size == (640, 36 * rows)


@pytest.mark.parametrize("name", ["still.mp4", "cut.ts"])
async def test_a_sheet_has_no_empty_tile_where_there_are_few_pictures(
    name: str, clip: Clip, made: Make, brightness: Callable[[Path], list[int]], tmp_path: Path
) -> None:
    still, whole = clip("still.mp4", seconds=0.04, sound=False), clip("whole.ts", sound=False)
    content = {"still.mp4": still.read_bytes(), "cut.ts": whole.read_bytes()[188 * 99 :]}
    source = tmp_path / name
    source.write_bytes(content[name])
    (path,) = await made("contact_sheet", source, columns=10, rows=1, format="png")
    row = brightness(path)

    assert max(row[: len(row) // 10]) > 100
    assert max(row[-len(row) // 10 :]) > 100


async def test_transcode_to_two_formats(clip: Clip, made: Make, seen: Look) -> None:
    h264, vp9 = [seen(path) for path in await made("transcode", clip("plain.mp4"), outputs=TWO)]

    assert (h264.codec, h264.sound, h264.size, h264.pixels) == (
        "h264",
        "aac",
        (256, 144),
        "yuv420p",
    )
    assert (vp9.codec, vp9.sound, vp9.size, vp9.pixels) == ("vp9", "opus", (284, 160), "yuv420p")
    assert h264.frames == vp9.frames == 75
    assert h264.seconds == pytest.approx(3.0, abs=0.05)


async def test_a_transcode_can_be_played_while_it_loads(clip: Clip, made: Make) -> None:
    (path,) = await made("transcode", clip("plain.mp4"))
    content = path.read_bytes()

    assert content.index(b"moov") < content.index(b"mdat")


async def test_trim_is_cut_to_the_frame(clip: Clip, made: Make, seen: Look) -> None:
    (path,) = await made("trim", clip("plain.mp4"), start_seconds=1.2, duration_seconds=1.4)
    piece = seen(path)

    assert (piece.codec, piece.sound, piece.size) == ("h264", "aac", (320, 180))
    assert piece.frames == 35


@pytest.mark.parametrize(("form", "start", "frames"), [("gif", 0, 30), ("gif", 2, 10)])
async def test_preview(
    form: str, start: float, frames: int, clip: Clip, made: Make, seen: Look
) -> None:
    (path,) = await made("preview", clip("plain.mp4"), format=form, start_seconds=start, width=160)
    moving = seen(path)

    assert (moving.codec, moving.size) == ("gif", (160, 90))
    assert moving.frames == frames


async def test_preview_as_webp_moves_and_repeats(clip: Clip, made: Make) -> None:
    (path,) = await made("preview", clip("plain.mp4"))
    content = path.read_bytes()

    assert content[:4] == b"RIFF"
    assert content[8:12] == b"WEBP"
    assert content.count(b"ANMF") == 30
    assert content[content.index(b"ANIM") + 12 :][:2] == b"\0\0"


async def test_hls_is_one_file_named_without_a_path(clip: Clip, made: Make, seen: Look) -> None:
    playlist, stream = await made("hls", clip("plain.mp4"), height=144, segment_seconds=1)
    lines = playlist.read_text().splitlines()
    ranges = [line for line in lines if line.startswith("#EXT-X-BYTERANGE:")]

    assert {line for line in lines if not line.startswith("#")} == {"stream.mp4"}
    assert len(ranges) == 3
    assert sum(int(line.split(":")[1].split("@")[0]) for line in ranges) < stream.stat().st_size
    assert 'URI="stream.mp4"' in playlist.read_text()
    assert seen(stream).size == (256, 144)


async def test_odd_sizes_become_even(clip: Clip, made: Make, seen: Look) -> None:
    odd = clip("odd.mkv", size="161x91", seconds=1, codec="-c:v ffv1")
    (path,) = await made("transcode", odd)

    assert seen(path).size == (160, 90)


async def test_upright_video_stays_upright(sideways: Path, made: Make, seen: Look) -> None:
    (movie,) = await made("transcode", sideways, outputs=[{"codec": "h264", "height": 160}])
    (picture,) = await made("thumbnail", sideways)

    assert seen(movie).size == (90, 160)
    assert seen(picture).size == (180, 320)


async def test_silence_stays_silence(clip: Clip, made: Make, seen: Look) -> None:
    silent = clip("silent.mp4", sound=False)
    files = await made("transcode", silent, outputs=TWO)

    assert [seen(path).sound for path in files] == [None, None]


@pytest.mark.parametrize("name", sorted(LONG_GOPS))
async def test_the_last_moment_has_a_picture_in_every_container(
    name: str, clip: Clip, made: Make, seen: Look
) -> None:
    source = clip(name, codec=LONG_GOPS[name])
    (picture,) = await made("thumbnail", source, at_seconds=2.95)
    (piece,) = await made("trim", source, start_seconds=2.9, duration_seconds=0.1)

    assert seen(picture).frames == 1
    assert seen(piece).frames >= 1


@pytest.mark.parametrize(
    ("kind", "wishes"),
    [
        ("thumbnail", {"at_seconds": 3.5}),
        ("trim", {"start_seconds": 2, "duration_seconds": 2}),
        ("preview", {"start_seconds": 3.5}),
    ],
)
async def test_a_range_outside_the_video_is_refused(
    kind: str, wishes: dict[str, Any], clip: Clip, made: Make
) -> None:
    with pytest.raises(VideoError) as caught:
        await made(kind, clip("plain.mp4"), **wishes)

    assert caught.value.code is Code.RANGE_OUTSIDE_INPUT

"""The sample clip is the same for everybody, and made in no time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from video import Limits, generate_sample, probe
from video.sample import sample_arguments, sample_recipe


async def test_the_sample_is_a_whole_small_video_with_sound(
    tmp_path: Path,
    limits: Limits,
    seen: Callable[[Path], Any],
    files_in: Callable[[Path], list[str]],
) -> None:
    path = tmp_path / "source"
    await generate_sample(path, limits=limits)
    media, clip = await probe(path, limits=limits), seen(path)

    assert (media.width, media.height, media.duration_seconds) == (640, 360, 6.0)
    assert (clip.codec, clip.sound, clip.pixels) == ("h264", "aac", "yuv420p")
    assert clip.frames == media.frames == 150
    assert files_in(tmp_path) == ["source"]


async def test_the_sample_is_always_the_same(tmp_path: Path, limits: Limits) -> None:
    paths = [tmp_path / "one.mp4", tmp_path / "other.mp4"]
    for path in paths:
        await generate_sample(path, limits=limits)

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_sample_reads_no_file(limits: Limits) -> None:
    arguments = sample_arguments("clip.mp4", limits)

    assert "-i" not in arguments
    assert arguments[-1] == "file:clip.mp4"
    assert sample_recipe("clip.mp4").seconds == 6

"""Clips to work on, a look into what came out, and what runs in a folder."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from video import (
    Container,
    Limits,
    Media,
    ffmpeg_path,
    make,
    parse_spec,
    probe,
    recipes,
)

Clip = Callable[..., Path]

TONE = "-f lavfi -i sine=f=440:r=48000:d={seconds} -c:a aac"
H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25"


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Makes a clip, once for the same wishes: `clip("a.mp4", size="320x180", sound=False)`."""
    folder = tmp_path_factory.mktemp("clips")

    def made(
        name: str,
        *,
        size: str = "320x180",
        seconds: float = 3,
        rate: int = 25,
        sound: bool = True,
        codec: str = H264,
        reading: str = "",
    ) -> Path:
        path = folder / name
        if path.exists():
            return path
        picture = f"-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds}"
        words = f"-nostdin -v error -y {reading} {picture} "
        words += TONE.format(seconds=seconds) if sound else ""
        command = [ffmpeg_path(), *words.split(), *codec.split(), f"file:{path}"]
        subprocess.run(command, check=True, timeout=60)
        return path

    return made


@pytest.fixture(scope="session")
def sideways(clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A phone's upright clip: stored 320x180, to be turned by 90 degrees when shown."""
    path = tmp_path_factory.mktemp("turned") / "sideways.mp4"
    words = f"-nostdin -v error -display_rotation 90 -i {clip('plain.mp4')} -c copy {path}"
    subprocess.run([ffmpeg_path(), *words.split()], check=True, timeout=60)
    return path


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a decoder makes of a file, every frame of it."""

    format: str
    codec: str
    size: tuple[int, int]
    pixels: str
    frames: int
    seconds: float
    sound: str | None


@pytest.fixture(scope="session")
def seen() -> Callable[[Path], Seen]:
    def look(path: Path) -> Seen:
        with av.open(str(path)) as container:
            video = container.streams.video[0]
            sound = (
                container.streams.audio[0].codec_context.name if container.streams.audio else None
            )
            frames = list(container.decode(video))
            first, last = frames[0], frames[-1]
            step = float(1 / (video.average_rate or 1))
            return Seen(
                format=container.format.name,
                codec=video.codec_context.name,
                size=(first.width, first.height),
                pixels=first.format.name,
                frames=len(frames),
                seconds=float((last.time or 0) - (first.time or 0)) + step,
                sound=sound,
            )

    return look


@pytest.fixture(scope="session")
def brightness() -> Callable[[Path], list[int]]:
    """The middle row of a picture's pixels, dark (0) to bright (255)."""

    def row(path: Path) -> list[int]:
        with av.open(str(path)) as container:
            frame = next(container.decode(video=0)).reformat(format="gray")
            plane = frame.planes[0]
            middle = plane.line_size * (frame.height // 2)
            return list(bytes(plane)[middle : middle + frame.width])

    return row


@pytest.fixture
def media() -> Media:
    """A plain video, for those who need no file."""
    return Media(
        container=Container.MP4,
        duration_seconds=10.0,
        width=1920,
        height=1080,
        frame_rate=25.0,
        video_codec="h264",
        audio_codec="aac",
        frames=250,
        bytes=1_000_000,
        rotation=0,
        pixel_format="yuv420p",
        video_stream=0,
        audio_stream=1,
        last_frame_seconds=9.96,
        key_frame_gap_seconds=2.0,
    )


@pytest.fixture
def limits() -> Limits:
    """Limits that a test may hit without making anybody wait."""
    return Limits(wall_seconds=30, stall_seconds=20, probe_seconds=20)


@pytest.fixture
def made(tmp_path: Path, limits: Limits) -> Callable[..., object]:
    """`await made("trim", source, start_seconds=1, ...)`: the files, in order."""

    async def make_all(kind: str, source: Path, **wishes: object) -> list[Path]:
        spec = parse_spec(kind, wishes)
        media = await probe(source, limits=limits)
        files = []
        for recipe in recipes(kind, spec, media):
            await make(recipe, source, tmp_path, limits=limits, told=lambda _: None)
            files += [tmp_path / file.name for file in recipe.files]
        return files

    return make_all


@pytest.fixture
def files_in() -> Callable[[Path], list[str]]:
    """The names in a folder."""
    return lambda folder: sorted(path.name for path in folder.iterdir())


@pytest.fixture
def running_in(tmp_path: Path) -> Iterator[Callable[[Path], list[int]]]:
    """The processes whose working directory is a folder, by their ids; Linux only."""
    if not Path("/proc/self/cwd").exists():
        pytest.skip("only Linux shows which processes there are in /proc")

    def find(folder: Path) -> list[int]:
        return [int(process.name) for process in _processes() if _works_in(process, folder)]

    yield find
    for process in find(tmp_path):  # only after a test that has failed
        os.kill(process, signal.SIGKILL)


def _processes() -> Iterator[Path]:
    return (path for path in Path("/proc").iterdir() if path.name.isdigit())


def _works_in(process: Path, folder: Path) -> bool:
    try:
        # One that is dead but not yet reaped has no command line.
        return (process / "cwd").readlink() == folder and bool((process / "cmdline").read_bytes())
    except OSError:
        return False

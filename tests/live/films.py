"""Films to upload, made by ffmpeg; and a look at what came out, every frame of it."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import av
import imageio_ffmpeg

Film: TypeAlias = Callable[[int], Path]

REEL_SECONDS = 4
_PICTURES = f"-f lavfi -i testsrc2=s=1280x720:r=25:d={REEL_SECONDS}"
_SOUND = f"-f lavfi -i sine=f=440:r=48000:d={REEL_SECONDS}"
_QUICK = f"-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -c:a aac -t {REEL_SECONDS}"


def make_reel(path: Path) -> Path:
    """Four seconds, 1280x720, with sound."""
    _ffmpeg(f"{_PICTURES} {_SOUND} {_QUICK} {path}")
    return path


def repeat(reel: Path, seconds: int, path: Path) -> Path:
    """The reel again and again, for a multiple of its length; costs no encoding."""
    _ffmpeg(f"-stream_loop {seconds // REEL_SECONDS - 1} -i {reel} -c copy {path}")
    return path


def _ffmpeg(words: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *words.split()]
    subprocess.run(command, check=True, timeout=60)


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What a decoder makes of a whole file. `seconds` are from the first frame to the last."""

    codec: str
    size: tuple[int, int]
    frames: int
    seconds: float


def decoded(path: Path) -> Decoded:
    """Raises av.FFmpegError where the file cannot be decoded."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        times, sizes = [], set()
        for frame in container.decode(video):
            times.append(frame.time or 0.0)
            sizes.add((frame.width, frame.height))
        (size,) = sizes
        return Decoded(
            codec=video.codec_context.name,
            size=size,
            frames=len(times),
            seconds=times[-1] - times[0],
        )

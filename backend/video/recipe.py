"""A recipe: one piece of work that makes one or more files. Pure data and argument lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType

from video.container import Container
from video.limits import Limits
from video.media import Media
from video.picture_size import Size
from video.progress import Position

CONTENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".json": "application/json",
        ".jpg": "image/jpeg",
        ".png": "image/png",
        ".webp": "image/webp",
        ".gif": "image/gif",
        ".mp4": "video/mp4",
        ".webm": "video/webm",
        ".m3u8": "application/vnd.apple.mpegurl",
    }
)

# ffmpeg opens a file only with these, whatever the file says it is.
DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
# One allocation. A picture of 36 megapixels with 8 bytes each is 288 MB.
LARGEST_ALLOCATION = 512 << 20


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """A file that will be made. Its name is safe as a file name and in a URL."""

    name: str
    content_type: str


def planned(name: str) -> PlannedFile:
    return PlannedFile(name=name, content_type=CONTENT_TYPES[PurePath(name).suffix])


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One run of ffmpeg, or one text to write; makes all its files or fails."""

    files: tuple[PlannedFile, ...]
    # Share of the job's work, for the overall percentage; only ratios mean anything.
    weight: float
    # How much will come out; the larger share done is the progress.
    seconds: float = 0.0
    frames: int = 0
    # Made of the recipe itself: what to write, with no run of ffmpeg.
    text: str | None = None
    # Options for reading, then one list for each output of the run, its target last.
    reading: tuple[str, ...] = ()
    outputs: tuple[tuple[str, ...], ...] = ()

    def fraction(self, position: Position) -> float:
        """How much of this recipe is done, 0 to 1."""
        by_time = position.seconds / self.seconds if self.seconds > 0 else 0.0
        by_count = position.frames / self.frames if self.frames > 0 else 0.0
        return min(1.0, max(by_time, by_count))

    def arguments(self, source: PurePath, limits: Limits) -> tuple[str, ...]:
        """ffmpeg's arguments to make this from `source` (absolute) in the working directory."""
        threads = ("-threads", str(limits.threads))
        making = (option for output in self.outputs for option in (*threads, *output))
        return (
            *speaking(limits),
            *("-protocol_whitelist", "file", "-format_whitelist", DEMUXERS),
            *("-max_pixels", str(limits.max_pixels), *threads),
            *self.reading,
            *("-i", f"file:{source}"),
            *making,
        )


def speaking(limits: Limits) -> tuple[str, ...]:
    """How ffmpeg is to behave in every run: no questions, progress on stdout, bounded memory."""
    return (
        *("-nostdin", "-hide_banner", "-y", "-loglevel", "level+warning", "-nostats"),
        *("-progress", "pipe:1", "-stats_period", "0.25"),
        *("-max_alloc", str(LARGEST_ALLOCATION), "-filter_threads", str(limits.threads)),
    )


def reading(media: Media) -> tuple[str, ...]:
    """How to open this video: with its own demuxer, and not past damage.

    A capture of MPEG-TS begins and ends where it was cut and has lost packets; there ffmpeg's
    own tolerance holds (it fails when two thirds cannot be decoded).
    """
    strict = () if media.container is Container.MPEGTS else ("-xerror",)
    return (*strict, "-f", media.container.demuxer)


def pictures(media: Media, filters: str) -> tuple[str, ...]:
    """Take the pictures, and nothing else yet, through these filters."""
    return ("-map", f"0:{media.video_stream}", "-vf", filters)


def scale(size: Size) -> str:
    """The filter that makes upright pictures of this size with square pixels."""
    return f"scale={size.width}:{size.height},setsar=1"


def target(file: PlannedFile) -> str:
    """Where ffmpeg writes a file: in its working directory."""
    return f"file:{file.name}"

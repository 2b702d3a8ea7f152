"""Where in a video to begin and end: checks and ffmpeg's options for it. Pure."""

from video.container import Container
from video.errors import Code, failure
from video.media import Media


def check_inside(at_seconds: float, media: Media) -> None:
    """Raises InputError (range_outside_input) if the video has ended by then."""
    if at_seconds > 0 and at_seconds >= media.duration_seconds:
        raise failure(
            Code.RANGE_OUTSIDE_INPUT,
            f"The video is {media.duration_seconds:g} seconds long; "
            f"{at_seconds:g} seconds is past its end.",
        )


def last_moment(media: Media) -> float:
    """The latest start from which a picture still comes, in seconds.

    Frame times are rounded by containers and decoders; half a frame before the last but one is
    safe with all of them.
    """
    frame = 1 / media.frame_rate if media.frame_rate > 0 else 0.0
    return max(0.0, media.last_frame_seconds - 1.5 * frame)


def seek(
    media: Media, start: float, seconds: float | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Options before the input and before each output, to work from `start` on.

    MPEG-TS has no index: ffmpeg may land behind the key frame it needs. There it starts earlier,
    by more than the distance of key frames, and throws away what it decodes until `start`.
    """
    led = media.container is Container.MPEGTS
    lead = min(start, media.key_frame_gap_seconds + 1.0) if led else 0.0
    before = ("-ss", f"{start - lead:.6f}") if start > lead else ()
    until = ("-t", f"{lead + seconds:.6f}") if seconds is not None else ()
    return (*before, *until), ("-ss", f"{lead:.6f}") if lead else ()

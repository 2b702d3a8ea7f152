"""Recipes for things to look at without sound: thumbnail, contact sheet, preview. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from video.media import Media
from video.moments import check_inside, last_moment, seek
from video.picture_size import fit_box, fit_width
from video.recipe import PlannedFile, Recipe, pictures, reading, scale, target
from video.specs import ContactSheetSpec, PreviewSpec, ThumbnailSpec

CODECS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "jpeg": ("-c:v", "mjpeg", "-q:v", "3"),
        "webp": ("-c:v", "libwebp", "-quality", "80"),
        "png": ("-c:v", "png"),
    }
)
ONE_PICTURE = ("-frames:v", "1", "-update", "1", "-f", "image2")
ANIMATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "webp": ("-c:v", "libwebp_anim", "-quality", "70", "-loop", "0", "-f", "webp"),
        "gif": ("-c:v", "gif", "-loop", "0", "-f", "gif"),
    }
)
# A GIF has 256 colours: choose them by looking at all the pictures first.
PALETTE = ",split[seen][kept];[seen]palettegen[colours];[kept][colours]paletteuse"
# For a video of one frame, which has no length.
SHORTEST_SECONDS = 0.04


def thumbnail(spec: ThumbnailSpec, media: Media, file: PlannedFile) -> Recipe:
    """The picture at a moment, or in the middle."""
    at = media.duration_seconds / 2 if spec.at_seconds is None else spec.at_seconds
    check_inside(at, media)
    before, after = seek(media, min(at, last_moment(media)))
    image = pictures(media, scale(fit_width(media, spec.width)))
    return Recipe(
        files=(file,),
        weight=1.0,
        frames=1,
        reading=(*reading(media), *before),
        outputs=((*after, *image, *CODECS[spec.format], *ONE_PICTURE, target(file)),),
    )


def contact_sheet(spec: ContactSheetSpec, media: Media, file: PlannedFile) -> Recipe:
    """Reads the whole video, but decodes only the key frames where these are close enough.

    A video with fewer frames than tiles fills them all the same, repeating frames.
    """
    tiles, length = spec.columns * spec.rows, max(media.duration_seconds, SHORTEST_SECONDS)
    sparse = media.key_frame_gap_seconds <= length / tiles / 2
    # Upright phones are 9:16; anything narrower is made to fit into that.
    size = fit_box(media, spec.tile_width, spec.tile_width * 16 // 9)
    spread = f"tpad=stop=-1:stop_mode=clone,fps={tiles}/{length:.3f}"
    sheet = pictures(media, f"{spread},{scale(size)},tile={spec.columns}x{spec.rows}")
    return Recipe(
        files=(file,),
        weight=1.0,
        frames=media.frames,
        reading=(*(("-skip_frame", "nokey") if sparse else ()), *reading(media)),
        outputs=(_metronome(media), (*sheet, *CODECS[spec.format], *ONE_PICTURE, target(file))),
    )


def preview(spec: PreviewSpec, media: Media, file: PlannedFile) -> Recipe:
    """A short animation; shorter than asked where the video ends before."""
    check_inside(spec.start_seconds, media)
    start = min(spec.start_seconds, last_moment(media))
    before, after = seek(media, start, spec.duration_seconds)
    shown = f"fps={spec.fps},{scale(fit_width(media, spec.width))}"
    moving = pictures(media, shown + (PALETTE if spec.format == "gif" else ""))
    length = min(spec.duration_seconds, media.duration_seconds - start)
    return Recipe(
        files=(file,),
        weight=1.0,
        frames=max(1, round(length * media.frame_rate)),
        reading=(*reading(media), *before),
        outputs=(
            (*after, *_metronome(media)),
            (*after, *moving, *ANIMATIONS[spec.format], target(file)),
        ),
    )


def _metronome(media: Media) -> tuple[str, ...]:
    """A first output that goes nowhere: ffmpeg counts the frames of the first output only, and
    the real one gives its single picture at the very end. The decoder is shared."""
    return (*("-map", f"0:{media.video_stream}"), "-fps_mode", "passthrough", "-f", "null", "-")

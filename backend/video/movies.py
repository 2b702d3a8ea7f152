"""Recipes for things to play: transcode, trim, HLS. Pure.

H.264 with AAC, or VP9 with Opus; 4:2:0 with 8 bits, since that is what every player shows.
"""

from video.media import Media
from video.moments import check_inside, last_moment, seek
from video.picture_size import Size, fit_height
from video.recipe import PlannedFile, Recipe, pictures, reading, scale, target
from video.specs import HlsSpec, TranscodeOutput, TrimSpec

PLAIN = ("-fps_mode", "vfr", "-pix_fmt", "yuv420p")
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", *PLAIN)
VP9 = (
    *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1"),
    *("-crf", "34", "-b:v", "0", *PLAIN),
)
AAC = ("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000")
OPUS = ("-c:a", "libopus", "-b:a", "96k", "-ac", "2", "-ar", "48000")
# Where it was filmed and with what is nobody's business.
BARE = ("-map_metadata", "-1", "-map_chapters", "-1")
MP4 = ("-movflags", "+faststart", "-f", "mp4")
WEBM = ("-f", "webm")
# How much longer VP9 takes than H.264.
VP9_WEIGHT = 2.0
# A player shows 5 s for 4.98: asking for those 5 is no mistake.
TRIM_SLACK_SECONDS = 0.5


def transcode(output: TranscodeOutput, media: Media, file: PlannedFile) -> Recipe:
    """The whole video in another format or size."""
    size = fit_height(media, output.height)
    h264 = output.codec == "h264"
    sound = _sound(media, AAC if h264 else OPUS)
    form = (*H264, *sound, *BARE, *MP4) if h264 else (*VP9, *sound, *BARE, *WEBM)
    return Recipe(
        files=(file,),
        weight=_work(size, media) * (1.0 if h264 else VP9_WEIGHT),
        seconds=media.duration_seconds,
        reading=reading(media),
        outputs=((*pictures(media, scale(size)), *form, target(file)),),
    )


def trim(spec: TrimSpec, media: Media, file: PlannedFile) -> Recipe:
    """A piece, encoded again so that it begins and ends at the frames asked for."""
    check_inside(spec.start_seconds, media)
    check_inside(spec.start_seconds + spec.duration_seconds - TRIM_SLACK_SECONDS, media)
    start = min(spec.start_seconds, last_moment(media))
    before, after = seek(media, start, spec.duration_seconds)
    shown = pictures(media, scale(fit_height(media, media.height)))
    return Recipe(
        files=(file,),
        weight=1.0,
        seconds=spec.duration_seconds,
        reading=(*reading(media), *before),
        outputs=((*after, *shown, *H264, *_sound(media, AAC), *BARE, *MP4, target(file)),),
    )


def hls(spec: HlsSpec, media: Media, playlist: PlannedFile, stream: PlannedFile) -> Recipe:
    """One file of fragments and a playlist that names byte ranges of it, by relative name."""
    shown = pictures(media, scale(fit_height(media, spec.height)))
    each = f"expr:gte(t,n_forced*{spec.segment_seconds})"
    cuts = ("-force_key_frames", each, "-sc_threshold", "0")
    form = (
        *("-f", "hls", "-hls_time", str(spec.segment_seconds), "-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4", "-hls_flags", "single_file+independent_segments"),
        *("-hls_segment_filename", stream.name),
    )
    return Recipe(
        files=(playlist, stream),
        weight=1.0,
        seconds=media.duration_seconds,
        reading=reading(media),
        outputs=((*shown, *H264, *cuts, *_sound(media, AAC), *BARE, *form, target(playlist)),),
    )


def _sound(media: Media, codec: tuple[str, ...]) -> tuple[str, ...]:
    if media.audio_stream is None:
        return ("-an",)
    return ("-map", f"0:{media.audio_stream}", *codec)


def _work(size: Size, media: Media) -> float:
    """Pixels to encode; decoding costs about as much as a small picture more."""
    return (size.width * size.height + 100_000) * max(media.duration_seconds, 0.1)

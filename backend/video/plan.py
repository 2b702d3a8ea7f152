"""From a kind, a spec and a video to the runs that make the files. Pure.

Nothing a caller wrote reaches an option or a filter but numbers and names that the spec has
checked. Pictures never grow: a smaller source keeps its size under the name that was asked for.
"""

from video.media import Media
from video.movies import hls, transcode, trim
from video.pictures import contact_sheet, preview, thumbnail
from video.recipe import PlannedFile, Recipe, planned
from video.specs import (
    KINDS,
    ContactSheetSpec,
    HlsSpec,
    PreviewSpec,
    Spec,
    ThumbnailSpec,
    TranscodeSpec,
    TrimSpec,
)


def planned_files(kind: str, spec: Spec) -> tuple[PlannedFile, ...]:
    """The files a job of this kind will make, in order, known before its source is seen."""
    _check_kind(kind, spec)
    match spec:
        case ThumbnailSpec() | ContactSheetSpec():
            ending = "jpg" if spec.format == "jpeg" else spec.format
            names = [f"{kind}.{ending}"]
        case TranscodeSpec():
            names = [output.name for output in spec.outputs]
        case PreviewSpec():
            names = [f"preview.{spec.format}"]
        case TrimSpec():
            names = ["trim.mp4"]
        case HlsSpec():
            names = ["stream.m3u8", "stream.mp4"]
        case _:
            names = ["probe.json"]
    return tuple(planned(name) for name in names)


def recipes(kind: str, spec: Spec, media: Media) -> tuple[Recipe, ...]:
    """The recipes that together make the planned files, in the same order.

    Raises InputError (range_outside_input) if a moment asked for is not in this video.
    """
    files = planned_files(kind, spec)
    match spec:
        case ThumbnailSpec():
            return (thumbnail(spec, media, *files),)
        case ContactSheetSpec():
            return (contact_sheet(spec, media, *files),)
        case TranscodeSpec():
            pairs = zip(spec.outputs, files, strict=True)
            return tuple(transcode(output, media, file) for output, file in pairs)
        case PreviewSpec():
            return (preview(spec, media, *files),)
        case TrimSpec():
            return (trim(spec, media, *files),)
        case HlsSpec():
            return (hls(spec, media, *files),)
    return (Recipe(files=files, weight=1.0, text=media.report()),)


def _check_kind(kind: str, spec: Spec) -> None:
    if not isinstance(spec, KINDS[kind]):
        raise TypeError(f"{type(spec).__name__} is not the spec of a {kind}")

"""What may be asked of a video: one model for each kind. Pure; nothing here looks at a file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

Picture = Literal["jpeg", "webp", "png"]
Codec = Literal["h264", "vp9"]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Height = Annotated[int, Field(ge=144, le=2160, multiple_of=2)]
FileName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]

ENDINGS: Mapping[str, str] = MappingProxyType({"h264": ".mp4", "vp9": ".webm"})
NEVER_ENLARGED = "a smaller source keeps its size"


class Spec(BaseModel):
    """What one job asks for. Unknown fields are refused; a value is never bent to fit."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ProbeSpec(Spec):
    """Describe the file; makes probe.json."""


class ThumbnailSpec(Spec):
    """One picture; makes thumbnail.jpg (or .webp, .png)."""

    at_seconds: Seconds | None = Field(None, description="moment of the picture; null: the middle")
    width: int = Field(640, ge=16, le=3840, description=f"pixels; {NEVER_ENLARGED}")
    format: Picture = "jpeg"


class ContactSheetSpec(Spec):
    """Pictures spread over the whole video on one sheet; makes contact_sheet.jpg."""

    columns: int = Field(4, ge=1, le=10, description="pictures side by side")
    rows: int = Field(3, ge=1, le=10, description="rows of pictures")
    tile_width: int = Field(240, ge=32, le=640, description=f"pixels; {NEVER_ENLARGED}")
    format: Picture = "jpeg"


def _default_name(data: dict[str, Any]) -> str:
    return f"{data['codec']}-{data['height']}p{ENDINGS[data['codec']]}"


class TranscodeOutput(Spec):
    """One file of a transcode: H.264 with AAC in MP4, or VP9 with Opus in WebM."""

    codec: Codec
    height: Height = Field(description=f"pixels; {NEVER_ENLARGED}")
    name: FileName = Field(
        default_factory=_default_name,
        description="file name, ending in .mp4 for h264 and .webm for vp9; as h264-360p.mp4",
    )

    @field_validator("name")
    @classmethod
    def _name_tells_the_format(cls, name: str, info: ValidationInfo) -> str:
        ending = ENDINGS.get(info.data.get("codec", ""), "")
        if not name.endswith(ending):
            raise PydanticCustomError(
                "file_ending", "The name of this file must end in {ending}", {"ending": ending}
            )
        return name


class TranscodeSpec(Spec):
    """The whole video in other formats or sizes, one file for each output."""

    outputs: Annotated[
        tuple[TranscodeOutput, ...],
        Field(strict=False, min_length=1, max_length=8, description="1 to 8 files to make"),
    ] = (TranscodeOutput(codec="h264", height=360),)

    @field_validator("outputs")
    @classmethod
    def _names_are_unique(cls, outputs: tuple[TranscodeOutput, ...]) -> tuple[TranscodeOutput, ...]:
        names = [output.name for output in outputs]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise PydanticCustomError(
                "name_twice",
                "Two outputs are named {name}: give each a name of its own",
                {"name": twice},
            )
        return outputs


class TrimSpec(Spec):
    """A piece of the video, cut to the frame; makes trim.mp4."""

    start_seconds: Seconds = Field(description="where the piece begins")
    duration_seconds: Annotated[float, Field(ge=0.1, le=86_400, allow_inf_nan=False)] = Field(
        description="how long it is; it must end inside the video"
    )


class PreviewSpec(Spec):
    """A short moving picture without sound; makes preview.webp or preview.gif."""

    format: Literal["webp", "gif"] = "webp"
    start_seconds: Seconds = Field(0.0, description="where it begins")
    duration_seconds: float = Field(
        3.0,
        ge=0.5,
        le=10,
        allow_inf_nan=False,
        description="at most this long; shorter where the video ends before",
    )
    width: int = Field(320, ge=64, le=640, description=f"pixels; {NEVER_ENLARGED}")
    fps: int = Field(10, ge=1, le=20, description="pictures per second")


class HlsSpec(Spec):
    """The whole video for HTTP Live Streaming; makes stream.m3u8 and stream.mp4."""

    height: Height = Field(360, description=f"pixels; {NEVER_ENLARGED}")
    segment_seconds: int = Field(4, ge=1, le=30, description="length of a segment")


KINDS: Mapping[str, type[Spec]] = MappingProxyType(
    {
        "probe": ProbeSpec,
        "thumbnail": ThumbnailSpec,
        "contact_sheet": ContactSheetSpec,
        "transcode": TranscodeSpec,
        "trim": TrimSpec,
        "preview": PreviewSpec,
        "hls": HlsSpec,
    }
)


class SpecError(ValueError):
    """What was asked for cannot be meant; `problems` are (field path, message) pairs.

    A path is relative to the spec ("outputs.0.height"); "kind" is the kind, "" the spec itself.
    """

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{path}: {text}" if path else text for path, text in problems))


def parse_spec(kind: str, data: object) -> Spec:
    """The spec for a kind from plain data (as JSON gives it), defaults filled in.

    Raises SpecError with every problem found, in words for whoever sent the data.
    """
    model = KINDS.get(kind)
    if model is None:
        raise SpecError(
            (("kind", f"There is no kind {kind[:40]!r}. Choose from: {', '.join(KINDS)}"),)
        )
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise SpecError(tuple(_problems(error))) from None


# Said in the caller's terms (JSON) where pydantic speaks of Python.
PLAINLY: Mapping[str, str] = MappingProxyType(
    {
        "model_type": "Must be an object",
        "tuple_type": "Must be a list",
        "too_short": "Must have at least one item",
        "extra_forbidden": "There is no such field",
        "string_pattern_mismatch": (
            "Must be 1 to 64 of a-z, 0-9, dot, dash, underscore, and begin with a letter or digit"
        ),
    }
)
# These only follow from another problem in the same place.
ECHOES = frozenset({"default_factory_not_called", "too_short"})


def _problems(error: ValidationError) -> list[tuple[str, str]]:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    told = [problem for problem in found if problem["type"] not in ECHOES] or found
    return [
        (
            ".".join(str(step) for step in problem["loc"]),
            PLAINLY.get(problem["type"], problem["msg"]),
        )
        for problem in told
    ]

"""What the probe saw in a file, and the judgement whether we take it. Pure.

The facts come from a process that had a hostile file in its hands, so their shape is checked too.
"""

import re
from typing import Annotated

from pydantic import ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from video.container import Container
from video.errors import Code, VideoError, failure
from video.limits import Limits
from video.media import Media

STRICT = ConfigDict(extra="forbid", strict=True)
Count = Annotated[int, Field(ge=0)]
# A pixel four times as wide as high is art; beyond that it is a damaged header.
WIDEST_PIXEL = 4.0
# Headers round, and sound may outlast the pictures a little.
SHORT_SECONDS, SHORT_SHARE = 1.0, 0.1
# A decoder that refuses a size names it, and nothing else does.
SIZES = re.compile(r"Picture size (\d{1,9})x(\d{1,9}) ")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StreamFacts:
    """One stream. Times are seconds from the start of the file."""

    index: Count
    codec: str | None  # None: nothing here can decode it
    width: Count
    height: Count
    pixel_aspect: FiniteFloat
    rate: Annotated[FiniteFloat, Field(ge=0)]
    packets: Count
    corrupt: Count
    last: FiniteFloat
    end: FiniteFloat
    key_gap: FiniteFloat


@dataclass(frozen=True, kw_only=True, config=STRICT)
class FrameFacts:
    """The first picture, decoded. Rotation is in degrees, counter-clockwise."""

    width: Count
    height: Count
    rotation: int
    format: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Facts:
    """One file: what its header promises, what its packets hold, and what went wrong."""

    promised_seconds: FiniteFloat | None
    end: FiniteFloat
    video: StreamFacts | None
    audio: StreamFacts | None
    frame: FrameFacts | None
    fault: str | None


FACTS = TypeAdapter(Facts)


def facts_of(line: bytes) -> Facts:
    """Facts from the probe's JSON. Raises InputError (input_unreadable) if they make no sense."""
    try:
        return FACTS.validate_json(line)
    except ValidationError as error:
        raise failure(Code.INPUT_UNREADABLE, detail=f"the probe said {line[:300]!r}") from error


def judge(facts: Facts, said: str, container: Container, size: int, limits: Limits) -> Media:
    """The media that these facts describe; `said` is what the libraries said meanwhile.

    Raises InputError where we do not take it.
    """
    video, frame = facts.video, facts.frame
    if frame is None:
        for width, height in SIZES.findall(said):
            _check_size(int(width), int(height), limits)
    if video is None and facts.fault is None:
        raise failure(Code.INPUT_NO_VIDEO_STREAM)
    if video is None or video.codec is None or video.packets == 0:
        raise _unreadable(facts, said)
    _check_size(video.width, video.height, limits)
    _check_length(max(facts.promised_seconds or 0.0, facts.end, video.end), limits)
    if container is not Container.MPEGTS:
        _check_whole(facts, video)
    if frame is None:
        raise _unreadable(facts, said)
    _check_size(frame.width, frame.height, limits)
    return _media(facts, video, frame, container, size, limits)


def _unreadable(facts: Facts, said: str) -> VideoError:
    refused = "not on whitelist" in said
    return failure(
        Code.INPUT_FORMAT_REFUSED if refused else Code.INPUT_UNREADABLE,
        detail=f"{facts.fault or 'no picture could be decoded'}: {said[-1000:]}",
    )


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise failure(
            Code.INPUT_TOO_LARGE,
            f"The pictures are {width} x {height} pixels; at most {limits.max_pixels:,} pixels "
            f"and {limits.max_side:,} on a side are accepted.",
        )


def _check_length(seconds: float, limits: Limits) -> None:
    if seconds > limits.max_duration_seconds:
        raise failure(
            Code.INPUT_TOO_LONG,
            f"The video says that it is {seconds:,.0f} seconds long; "
            f"at most {limits.max_duration_seconds:,.0f} are accepted.",
        )


def _check_whole(facts: Facts, video: StreamFacts) -> None:
    """A capture of MPEG-TS may begin and end anywhere; all other containers promise a length."""
    promised = facts.promised_seconds or 0.0
    if facts.end < promised * (1 - SHORT_SHARE) - SHORT_SECONDS:
        detail = f"{facts.end} of {promised} seconds are there; {facts.fault}"
        raise failure(Code.INPUT_TRUNCATED, detail=detail)
    corrupt = video.corrupt + (facts.audio.corrupt if facts.audio else 0)
    if corrupt or (facts.fault and facts.frame):
        raise failure(Code.INPUT_DAMAGED, detail=facts.fault or f"{corrupt} packets are not whole")


def _media(
    facts: Facts,
    video: StreamFacts,
    frame: FrameFacts,
    container: Container,
    size: int,
    limits: Limits,
) -> Media:
    audio = facts.audio if facts.audio and facts.audio.codec and facts.audio.packets else None
    width, height = _as_seen(frame, video.pixel_aspect, limits)
    return Media(
        container=container,
        duration_seconds=round(max(video.end, 0.0), 3),
        width=width,
        height=height,
        frame_rate=_rate(video),
        video_codec=video.codec or "",
        audio_codec=audio.codec if audio else None,
        frames=video.packets,
        bytes=size,
        rotation=frame.rotation,
        pixel_format=frame.format,
        video_stream=video.index,
        audio_stream=audio.index if audio else None,
        last_frame_seconds=max(video.last, 0.0),
        key_frame_gap_seconds=max(video.key_gap, 0.0),
    )


def _rate(video: StreamFacts) -> float:
    """Frames per second: the header's word if the packets bear it out, else what they say."""
    if video.packets < 2:
        return round(video.rate, 3)
    counted = video.packets / max(video.end, 0.001)
    near = 0.8 * counted <= video.rate <= 1.25 * counted
    return round(video.rate if near else counted, 3)


def _as_seen(frame: FrameFacts, aspect: float, limits: Limits) -> tuple[int, int]:
    """Width and height upright and with square pixels."""
    wide = round(frame.width * aspect) if 1 / WIDEST_PIXEL <= aspect <= WIDEST_PIXEL else 0
    width = wide if 0 < wide <= limits.max_side else frame.width
    turned = frame.rotation % 180 == 90
    return (frame.height, width) if turned else (width, frame.height)

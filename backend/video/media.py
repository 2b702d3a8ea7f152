"""What a video is, for those who work with it and for those who look at it. Pure."""

import json
from dataclasses import dataclass, field

from video.container import Container


@dataclass(frozen=True, kw_only=True)
class Media:
    """A video that can be worked with. Sizes are as a viewer sees them: turned upright, with
    square pixels. Times are seconds from the start of the file."""

    container: Container
    duration_seconds: float
    width: int
    height: int
    frame_rate: float
    video_codec: str
    audio_codec: str | None
    frames: int
    bytes: int
    rotation: int
    pixel_format: str
    # For the recipes; not told to clients.
    video_stream: int = field(repr=False)
    audio_stream: int | None = field(repr=False)
    last_frame_seconds: float = field(repr=False)
    key_frame_gap_seconds: float = field(repr=False)

    def document(self) -> dict[str, object]:
        """The part of a job's document that describes its source; JSON types only."""
        return {
            "container": self.container.value,
            "duration_seconds": self.duration_seconds,
            "width": self.width,
            "height": self.height,
            "frame_rate": self.frame_rate,
            "video_codec": self.video_codec,
            "audio_codec": self.audio_codec,
            "frames": self.frames,
            "bytes": self.bytes,
        }

    def report(self) -> str:
        """The text of probe.json: the document and what else a person may want to know."""
        more = {"rotation": self.rotation, "pixel_format": self.pixel_format}
        return json.dumps(self.document() | more, indent=2) + "\n"

"""A script: look through one hostile file and print what is there, as one line of JSON.

Runs alone in a process with limits, since a decoder may crash, hang or eat memory; imports
nothing of the house, and judges nothing. It is the one file that uses PyAV.
Arguments: where PyAV is installed, the file, the demuxer that may read it, most pixels.
"""

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Literal

    from av.container import InputContainer
    from av.packet import Packet

# The first picture is among these, or the stream is useless.
MOST_TRIES = 600
# The cover of a song is a video stream to ffmpeg, with this bit in its disposition.
ATTACHED_PICTURE = 0x400


class Track:
    """What the packets of one stream add up to. Times are seconds from the start of the file."""

    def __init__(self, stream: Any, start: float) -> None:
        self.stream = stream
        self.start = start
        self.packets = self.corrupt = 0
        self.last = self.end = self.key_gap = 0.0
        self.key_at = 0.0

    def take(self, packet: "Packet[Any]") -> None:
        self.packets += 1
        self.corrupt += bool(packet.is_corrupt)
        at = packet.pts if packet.pts is not None else packet.dts
        if at is None:
            return
        seconds = float(at * packet.time_base) - self.start
        self.last = max(self.last, seconds)
        self.end = max(self.end, seconds + float((packet.duration or 0) * packet.time_base))
        if packet.is_keyframe:
            self.key_gap = max(self.key_gap, seconds - self.key_at)
            self.key_at = seconds

    def facts(self) -> dict[str, object]:
        stream, context = self.stream, self.stream.codec_context
        video = stream.type == "video"
        rate = (stream.average_rate or stream.guessed_rate or 0) if video else 0
        return {
            "index": stream.index,
            "codec": context.codec.canonical_name if context else None,
            "width": (context.width if context and video else 0) or 0,
            "height": (context.height if context and video else 0) or 0,
            "pixel_aspect": float((stream.sample_aspect_ratio if video else None) or 1),
            "rate": float(rate),
            "packets": self.packets,
            "corrupt": self.corrupt,
            "last": self.last,
            "end": self.end,
            "key_gap": max(self.key_gap, self.end - self.key_at),
        }


class Look:
    """One look through a container: every packet is read, the first picture decoded."""

    def __init__(self, container: "InputContainer", most_pixels: int) -> None:
        self.container = container
        self.start = (container.start_time or 0) / 1_000_000
        self.end = 0.0
        self.video = self._track("video")
        self.audio = self._track("audio")
        self.frame: dict[str, object] | None = None
        self.fault: str | None = None
        self.tries = MOST_TRIES if self._decodable(most_pixels) else 0

    def _track(self, kind: 'Literal["video", "audio"]') -> Track | None:
        stream = self.container.streams.best(kind)
        if stream is None or int(stream.disposition) & ATTACHED_PICTURE:
            return None
        return Track(stream, self.start)

    def _decodable(self, most_pixels: int) -> bool:
        context = self.video.stream.codec_context if self.video else None
        if context is None or not 0 < context.width * context.height <= most_pixels:
            return False
        context.thread_count = 1
        context.options = {"max_pixels": str(most_pixels)}
        return True

    def walk(self) -> None:
        for packet in self.container.demux():
            if self.tries and self.video and packet.stream_index == self.video.stream.index:
                self._try_decode(packet)
            if not packet.size or packet.is_discard:
                continue
            self._take(packet)

    def _take(self, packet: "Packet[Any]") -> None:
        at = packet.pts if packet.pts is not None else packet.dts
        if at is not None:
            until = at + (packet.duration or 0)
            self.end = max(self.end, float(until * packet.time_base) - self.start)
        for track in (self.video, self.audio):
            if track and packet.stream_index == track.stream.index:
                track.take(packet)

    def _try_decode(self, packet: "Packet[Any]") -> None:
        self.tries -= 1
        try:
            frames = packet.decode()
        except Exception as error:
            self.fault = _words(error)
            return
        if frames:
            frame, self.tries, self.fault = frames[0], 0, None
            self.frame = {
                "width": frame.width,
                "height": frame.height,
                "rotation": frame.rotation,
                "format": frame.format.name,
            }

    def facts(self) -> dict[str, object]:
        promised = self.container.duration
        return {
            "promised_seconds": promised / 1_000_000 if promised is not None else None,
            "end": self.end,
            "video": self.video.facts() if self.video else None,
            "audio": self.audio.facts() if self.audio else None,
            "frame": self.frame,
            "fault": self.fault,
        }


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


NOTHING = {"promised_seconds": None, "end": 0.0, "video": None, "audio": None, "frame": None}


def look(path: str, demuxer: str, most_pixels: int) -> dict[str, object]:
    """The facts about one file; a fault of the file is one of them, not an exception."""
    import av  # only after main has said where it is

    # ffmpeg's own words go to stderr: it names there what its error numbers do not.
    av.logging.restore_default_callback()
    av.logging.set_libav_level(av.logging.ERROR)
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts",
        "max_pixels": str(most_pixels),
    }
    try:
        container = av.open(
            f"file:{path}", "r", format=demuxer, options=options, metadata_errors="replace"
        )
    except Exception as error:
        return NOTHING | {"fault": _words(error)}
    seen = Look(container, most_pixels)
    try:
        seen.walk()
    except Exception as error:
        seen.fault = _words(error)
    return seen.facts()


def main() -> None:
    installed, path, demuxer, most_pixels = sys.argv[1:]
    sys.path.append(installed)
    sys.stdout.write(json.dumps(look(path, demuxer, int(most_pixels))) + "\n")


if __name__ == "__main__":
    main()

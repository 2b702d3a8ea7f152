"""Hostile files that begin as real clips: cut off, changed in a few bytes, or without pictures."""

import random
import struct
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from video import ffmpeg_path

CUTS = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
# The clip: 3 s, 160x120, 10 pictures a second, a key frame every second, and a tone.
CLIP = "testsrc2=s=160x120:r=10:d=3"
TONE = "sine=f=440:r=48000:d=3"
H264 = "-c:v libx264 -preset ultrafast -bf 0 -g 10 -pix_fmt yuv420p -c:a aac"


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """One file: its name says what is wrong with it."""

    name: str
    content: bytes
    codes: frozenset[str]


def hostile(name: str, content: bytes, *codes: str) -> Hostile:
    return Hostile(name=name, content=content, codes=frozenset(f"input_{code}" for code in codes))


def hostile_clips(scratch: Path) -> Iterator[Hostile]:
    """All of them, always the same; `scratch` is a folder for what is made on the way."""
    yield from pictures(scratch)
    yield from without_video(scratch)
    yield from made_wrong(scratch)


def pictures(scratch: Path) -> Iterator[Hostile]:
    one = f"-f lavfi -i {CLIP} -frames:v 1"
    for name, options in {"png": "-c:v png -f image2", "jpeg": "-c:v mjpeg -f image2"}.items():
        yield hostile(f"{name}.mp4", encoded(scratch, f"{one} {options} -update 1"), "not_video")
    for name in ("gif", "webp"):
        content = encoded(scratch, f"{one} -f {name}")
        yield hostile(f"{name}.mp4", content, "not_video")


def without_video(scratch: Path) -> Iterator[Hostile]:
    tone = f"-f lavfi -i {TONE}"
    yield hostile("sound-only.mp4", encoded(scratch, f"{tone} -c:a aac -f mp4"), "no_video_stream")
    yield hostile(
        "sound-only.mkv", encoded(scratch, f"{tone} -c:a aac -f matroska"), "no_video_stream"
    )
    cover = f"-f lavfi -i {CLIP} -map 0 -map 1 -c:a aac -c:v mjpeg -frames:v 1"
    content = encoded(scratch, f"{tone} {cover} -disposition:v attached_pic -f mp4")
    yield hostile("song-with-cover.mp4", content, "no_video_stream")
    lines = scratch / "lines.srt"
    lines.write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n")
    content = encoded(scratch, "-i lines.srt -c:s srt -f matroska")
    lines.unlink()
    yield hostile("subtitles-only.mkv", content, "no_video_stream")


def made_wrong(scratch: Path) -> Iterator[Hostile]:
    """Real videos, cut off or with a few bytes changed."""
    both = f"-f lavfi -i {CLIP} -f lavfi -i {TONE} {H264}"
    clips = {
        "index-last.mp4": encoded(scratch, f"{both} -f mp4"),
        "index-first.mp4": encoded(scratch, f"{both} -movflags +faststart -f mp4"),
        "clip.mkv": encoded(scratch, f"{both} -f matroska"),
        "clip.avi": encoded(scratch, f"{both} -f avi"),
    }
    for name, whole in clips.items():
        for share in CUTS:
            yield hostile(f"cut-at-{share:.0%}-{name}", whole[: int(len(whole) * share)], *CUT)
        for missing in (1, 7, 64):
            yield hostile(f"cut-{missing}-short-{name}", whole[:-missing], *CUT)
    yield from flipped(clips["index-last.mp4"], clips["clip.mkv"], clips["clip.avi"])
    yield from rotten(clips["index-first.mp4"], clips["clip.mkv"])
    yield from too_long(clips["index-first.mp4"], clips["clip.mkv"])
    yield from too_large(scratch)


CUT = ("truncated",)


def flipped(mp4: bytes, mkv: bytes, avi: bytes) -> Iterator[Hostile]:
    """One bit or name of a header changed."""
    broken = ("truncated", "unreadable", "no_video_stream", "damaged", "not_video")
    for name in (b"moov", b"trak", b"mdia", b"stbl", b"stsd", b"avc1", b"avcC", b"stsz", b"stco"):
        content = mp4.replace(name, bytes([name[0] ^ 0x02]) + name[1:])
        yield hostile(f"flip-{name.decode()}.mp4", content, *broken)
    yield hostile("flip-ebml.mkv", bytes([mkv[0] ^ 0x40]) + mkv[1:], *broken)
    tracks = mkv.replace(b"\x16\x54\xae\x6b", b"\x16\x54\xbe\x6b")
    yield hostile("flip-tracks.mkv", tracks, *broken)
    yield hostile("flip-codec.mkv", mkv.replace(b"V_MPEG4/ISO/AVC", b"V_MPEG5/ISO/AVC"), *broken)
    yield hostile("flip-movi.avi", avi.replace(b"movi", b"mowi"), *broken)
    yield hostile("flip-riff.avi", b"RIVF" + avi[4:], *broken)


def rotten(mp4: bytes, mkv: bytes) -> Iterator[Hostile]:
    """The frame is whole, the pictures are not: all of them, or those in the middle."""
    noise = random.Random(3).randbytes(max(len(mp4), len(mkv)))
    damaged = ("damaged", "unreadable")
    data = mp4.index(b"mdat") + 4
    third = (len(mp4) - data) // 3
    yield hostile("rot-all.mp4", mp4[:data] + noise[: len(mp4) - data], *damaged)
    middle = mp4[: data + third] + noise[:third] + mp4[data + 2 * third :]
    yield hostile("rot-middle.mp4", middle, *damaged)
    middle = mkv[: len(mkv) // 2] + noise[:5_000] + mkv[len(mkv) // 2 + 5_000 :]
    yield hostile("rot-middle.mkv", middle, *damaged, "truncated")


def too_long(mp4: bytes, mkv: bytes) -> Iterator[Hostile]:
    at = mp4.index(b"stts") + 12
    steps = mp4[: at + 4] + struct.pack(">I", 2**30) + mp4[at + 8 :]
    yield hostile("long-steps.mp4", steps, "too_long")
    at = mkv.index(b"\x44\x89\x88") + 3
    promise = mkv[:at] + struct.pack(">d", 1e15) + mkv[at + 8 :]
    yield hostile("long-promise.mkv", promise, "too_long")
    promise = mkv[:at] + struct.pack(">d", 3_600_000.0) + mkv[at + 8 :]
    yield hostile("short-of-promise.mkv", promise, "truncated")


def too_large(scratch: Path) -> Iterator[Hostile]:
    """Headers that promise pictures of gigapixels."""
    clip = f"-f lavfi -i {CLIP} -frames:v 3"
    jpegs = encoded(scratch, f"{clip} -c:v mjpeg -f avi")
    frame = jpegs.index(b"\xff\xc0") + 5
    size = jpegs[frame : frame + 4]
    yield hostile("large-jpeg.avi", jpegs.replace(size, b"\xff\xdc\xff\xdc"), "too_large")
    pngs = encoded(scratch, f"{clip} -c:v png -f avi")
    yield hostile("large-png.avi", large_pngs(pngs), "too_large")
    raw = encoded(scratch, f"{clip} -c:v rawvideo -pix_fmt bgr24 -f avi")
    at = raw.index(b"strf") + 12
    bitmap = raw[:at] + struct.pack("<ii", 60_000, 60_000) + raw[at + 8 :]
    yield hostile("large-bitmap.avi", bitmap, "too_large")
    vp8 = encoded(scratch, f"{clip} -c:v libvpx -deadline realtime -f webm")
    frame = vp8.index(b"\x9d\x01\x2a") + 3
    yield hostile(
        "large-vp8.webm", vp8[:frame] + b"\xff\x3f\xff\x3f" + vp8[frame + 4 :], "too_large"
    )


def large_pngs(avi: bytes) -> bytes:
    at = avi.index(b"IHDR")
    header = b"IHDR" + struct.pack(">II", 60_000, 60_000) + avi[at + 12 : at + 17]
    old = avi[at : at + 21]
    return avi.replace(old, header + struct.pack(">I", zlib.crc32(header)))


def encoded(scratch: Path, options: str) -> bytes:
    """What ffmpeg makes of these options; the same bytes every time."""
    plain = "-fflags +bitexact -flags +bitexact -threads 1 file:encoded"
    arguments = f"-nostdin -hide_banner -v error -y {options} {plain}".split()
    subprocess.run([ffmpeg_path(), *arguments], cwd=scratch, check=True, timeout=60)
    path = scratch / "encoded"
    content = path.read_bytes()
    path.unlink()
    return content

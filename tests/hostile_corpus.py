"""Files that are no whole, honest video, each with the error codes that fit it.

    python tests/hostile_corpus.py FOLDER

writes them, the same bytes every time, and expected.json (file name: codes). Every one of them must
end a `transcode` as failed with one of its codes. None is a file that a player would play to its
end without complaint.
"""

import json
import random
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "backend"))

from hostile_clips import Hostile, hostile, hostile_clips

TARGETS = ("file:///etc/passwd", "http://127.0.0.1:9/segment.ts")


def write_corpus(folder: Path) -> list[Hostile]:
    """Make every file in `folder` (which must exist) and return them in a fixed order."""
    corpus = list(all_hostile(folder))
    for file in corpus:
        (folder / file.name).write_bytes(file.content)
    return corpus


def all_hostile(scratch: Path) -> Iterator[Hostile]:
    yield from nothings()
    yield from texts()
    yield from playlists()
    yield from strangers()
    yield from broken_boxes()
    yield from hostile_clips(scratch)


def nothings() -> Iterator[Hostile]:
    chance = random.Random(1)
    yield hostile("zero-bytes.mp4", b"", "empty")
    yield hostile("one-byte.mp4", b"\0", "not_video")
    yield hostile("random-100.mp4", chance.randbytes(100), "not_video")
    yield hostile("random-64k.mkv", chance.randbytes(65_536), "not_video")
    yield hostile("all-zeros.mov", bytes(65_536), "not_video")
    yield hostile("all-ones.avi", b"\xff" * 65_536, "not_video")


def texts() -> Iterator[Hostile]:
    for name, text in {
        "text.mp4": "Dear video service,\nplease make me famous.\n",
        "text-utf8.mov": "Größe: ∞, 動画ではありません\n" * 300,
        "json.mp4": json.dumps({"kind": "transcode", "source": {"type": "upload"}}),
        "html.mp4": "<!DOCTYPE html><html><video src='/etc/passwd'></video></html>",
        "svg.mp4": '<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
        "svg-declared.webm": '<?xml version="1.0"?>\n<svg><image href="file:///etc/passwd"/></svg>',
        "script.mp4": "#!/bin/sh\ncat /etc/passwd\n",
    }.items():
        yield hostile(name, text.encode(), "not_video")


def playlists() -> Iterator[Hostile]:
    """Files that make a player open other files; under their own name and under a video's."""
    for number, url in enumerate(TARGETS):
        for name, text in {
            f"hls-{number}": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n",
            f"concat-{number}": f"ffconcat version 1.0\nfile '{url}'\n",
            f"concat-bare-{number}": f"file '{url}'\n",
            f"dash-{number}": f'<?xml version="1.0"?>\n<MPD type="static"><Period><AdaptationSet>'
            f'<Representation id="v"><BaseURL>{url}</BaseURL></Representation>'
            "</AdaptationSet></Period></MPD>\n",
            f"pls-{number}": f"[playlist]\nFile1={url}\n",
        }.items():
            ending = {"hls": ".m3u8", "dash": ".mpd", "pls": ".pls"}.get(name[:-2], ".ffconcat")
            yield hostile(name + ".mp4", text.encode(), "format_refused")
            yield hostile(name + ending, text.encode(), "format_refused")
    sdp = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n"
    yield hostile("session.mp4", sdp, "format_refused")
    yield hostile("session.sdp", sdp, "format_refused")


def strangers() -> Iterator[Hostile]:
    tail = random.Random(2).randbytes(4096)
    tar = bytes(257) + b"ustar\x0000" + bytes(248)
    for name, head in {
        "zip.mp4": b"PK\x03\x04\x14\0",
        "gzip.mp4": b"\x1f\x8b\x08\0",
        "tar.mp4": tar,
        "pdf.mp4": b"%PDF-1.7\n",
        "program.mp4": b"\x7fELF\x02\x01\x01",
        "wave.mp4": b"RIFF\x24\x10\0\0WAVEfmt ",
        "mp3.mp4": b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\0",
        "heic.mp4": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    }.items():
        yield hostile(name, head + tail, "not_video")
    for name, head in {
        "flash.mp4": b"FLV\x01\x05\0\0\0\x09\0\0\0\0",
        "ogg.mp4": b"OggS\0\x02",
        "windows-media.mp4": b"0&\xb2u\x8ef\xcf\x11",
        "program-stream.mp4": b"\0\0\x01\xba\x44",
    }.items():
        yield hostile(name, head + tail, "format_refused")
    packets = b"".join(b"G" + tail[n : n + 187] for n in range(0, 187 * 20, 187))
    yield hostile("sync-bytes-only.ts", packets, "no_video_stream", "unreadable")


def box(kind: bytes, content: bytes = b"", *, size: int | None = None) -> bytes:
    return struct.pack(">I", len(content) + 8 if size is None else size) + kind + content


def broken_boxes() -> Iterator[Hostile]:
    start = box(b"ftyp", b"isom\0\0\x02\0isomavc1")
    nested = b""
    for _ in range(2_000):
        nested = box(b"moov", nested)
    unending = struct.pack(">I4sQ", 1, b"moov", 2**63)
    broken = ("truncated", "unreadable", "no_video_stream")
    yield hostile("box-ftyp-only.mp4", start, "truncated")
    yield hostile("box-mdat-only.mp4", start + box(b"mdat", bytes(5_000)), "truncated")
    yield hostile("box-moov-empty.mp4", start + box(b"moov"), *broken)
    yield hostile("box-size-zero.mp4", start + box(b"moov", bytes(99), size=0), *broken)
    yield hostile("box-size-one.mp4", start + box(b"moov", bytes(99), size=1), *broken)
    yield hostile("box-size-seven.mp4", start + box(b"moov", bytes(99), size=7), *broken)
    yield hostile("box-size-huge.mp4", start + box(b"moov", bytes(99), size=2**32 - 1), *broken)
    yield hostile("box-size-huge-64.mp4", start + unending + bytes(99), *broken)
    yield hostile("box-in-box-in-box.mp4", start + nested, *broken)
    yield hostile("box-track-empty.mp4", start + box(b"moov", box(b"trak")), *broken)
    yield hostile("box-then-playlist.mp4", start + b"\n#EXTM3U\nfile:///etc/passwd\n", *broken)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    expected = {file.name: sorted(file.codes) for file in write_corpus(folder)}
    (folder / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
    sys.stdout.write(f"{len(expected)} hostile files in {folder}\n")


if __name__ == "__main__":
    main()

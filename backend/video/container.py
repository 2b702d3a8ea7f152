"""Which kind of file the first bytes say it is. Pure: bytes in, a container or a refusal out.

Only what is listed here ever reaches a demuxer, and the demuxer is the one named here: no file
gets to choose one that opens other files (playlists, manifests, concat scripts).
"""

from enum import StrEnum

from video.errors import Code, VideoError, failure

# Enough for every signature below, TAR's at 257 and three packets of MPEG-TS.
HEAD_BYTES = 4096


class Container(StrEnum):
    """The containers that are accepted, by the names clients see."""

    MP4 = "mp4"
    MOV = "mov"
    MATROSKA = "matroska"
    WEBM = "webm"
    AVI = "avi"
    MPEGTS = "mpegts"

    @property
    def demuxer(self) -> str:
        """ffmpeg's name for the one demuxer that may read it."""
        return {"mp4": "mov", "webm": "matroska"}.get(self, str(self))


FIRST_BOXES = frozenset(
    {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"uuid", b"styp", b"sidx"}
)
PICTURE_BRANDS = frozenset({b"avif", b"heic", b"heix", b"heif", b"mif1", b"miaf"})

NOT_VIDEO: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"ID3", "a sound file (MP3)"),
    (b"fLaC", "a sound file (FLAC)"),
)
# Other files can be named inside these, or their demuxers are not on the list.
REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"#EXTM3U", "an HLS playlist"),
    (b"ffconcat", "a concat script"),
    (b"file ", "a concat script"),
    (b"v=0", "an SDP session description"),
    (b"[playlist]", "a playlist"),
    (b"[Reference]", "a playlist"),
    (b"FLV\x01", "an FLV file"),
    (b"OggS", "an Ogg file"),
    (b"0&\xb2u\x8ef\xcf\x11", "a Windows Media file"),
    (b".RMF", "a RealMedia file"),
    (b"\0\0\x01\xba", "an MPEG program stream"),
    (b"\0\0\x01\xb3", "a bare MPEG stream"),
    (b"\x06\x0e+4", "an MXF file"),
)
MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<mpd", "a DASH manifest"),
    (b"<smoothstreamingmedia", "a Smooth Streaming manifest"),
    (b"<smil", "a SMIL playlist"),
    (b"<asx", "a playlist"),
)


def container_of(head: bytes) -> Container:
    """The container that a file beginning with `head` (its first HEAD_BYTES) claims to be.

    Raises InputError: input_empty, input_not_video or input_format_refused, saying what the file
    looks like instead. A claim is not a promise that the rest can be read.
    """
    if not head:
        raise failure(Code.INPUT_EMPTY)
    found = _iso(head) or _matroska(head) or _riff(head) or _transport_stream(head)
    if found is None:
        raise _refusal(head)
    return found


def _iso(head: bytes) -> Container | None:
    if head[4:8] not in FIRST_BOXES:
        return None
    brand = head[8:12]
    if head[4:8] == b"ftyp" and brand in PICTURE_BRANDS:
        raise _not_video("a HEIF or AVIF picture")
    return Container.MP4 if head[4:8] == b"ftyp" and brand != b"qt  " else Container.MOV


def _matroska(head: bytes) -> Container | None:
    if not head.startswith(b"\x1aE\xdf\xa3"):
        return None
    return Container.WEBM if b"webm" in head[:128] else Container.MATROSKA


def _riff(head: bytes) -> Container | None:
    if not head.startswith(b"RIFF"):
        return None
    if head[8:12] == b"AVI ":
        return Container.AVI
    what = {b"WAVE": "a sound file (WAV)", b"WEBP": "a WebP picture"}.get(head[8:12])
    raise _not_video(what or "a RIFF file without video")


def _transport_stream(head: bytes) -> Container | None:
    """Packets of 188 bytes begin with G; some recorders add 4 bytes before or 16 behind."""
    for size in (188, 192, 204):
        for first in range(size):
            if head[first : first + 4 * size : size] == b"GGGG":
                return Container.MPEGTS
    return None


def _refusal(head: bytes) -> VideoError:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, what in REFUSED:
        if text.startswith(mark):
            return failure(
                Code.INPUT_FORMAT_REFUSED,
                f"This looks like {what}, which is not accepted. "
                "Send MP4, MOV, 3GP, MKV, WebM, AVI or MPEG-TS with the video inside it.",
            )
    for mark, what in NOT_VIDEO:
        if head.startswith(mark):
            return _not_video(what)
    if head[257:262] == b"ustar":
        return _not_video("a TAR archive")
    return _of_text(text) if _is_text(head) else failure(Code.INPUT_NOT_VIDEO)


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the cut at the end may split a character."""
    text = head.decode("utf-8", "ignore")
    whole = len(text.encode()) >= len(head) - 3
    return whole and not any(mark < " " and mark not in "\t\n\r\f" for mark in text)


def _of_text(text: bytes) -> VideoError:
    lower = text.lower()
    for mark, what in MARKUP:
        if mark in lower:
            return failure(
                Code.INPUT_FORMAT_REFUSED,
                f"This looks like {what}, which only names other files. Send the video itself.",
            )
    if b"<svg" in lower:
        return _not_video("an SVG picture")
    if lower.startswith((b"<!doctype html", b"<html")):
        return _not_video("a web page")
    return _not_video("a text")


def _not_video(what: str) -> VideoError:
    return failure(Code.INPUT_NOT_VIDEO, f"This is not a video file: it looks like {what}.")

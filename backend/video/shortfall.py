"""Does a file end before its own account of itself does? Pure: the caller brings the bytes.

Reads only the outermost sizes. A file that makes no such claim (MPEG-TS, a live recording of
Matroska) is never called short here; the probe's walk over all packets judges those.
"""

from collections.abc import Callable

from video.container import Container

# Gives `size` bytes from `offset`, fewer at the end of the file.
Read = Callable[[int, int], bytes]

# A two-hour fragmented MP4 has about 15,000; a file made of tiny boxes must not hold us up.
MOST_BOXES = 100_000
# What a player needs; other boxes, and what a camera leaves behind the last one, may be cut.
NEEDED_BOXES = frozenset({b"moov", b"moof", b"mdat"})
UNINDEXED = "the file ends before its index (moov)"
SEGMENT = 0x18538067


def shortfall(container: Container, size: int, read: Read) -> str | None:
    """A sentence for the log if bytes are missing from the end of a file of `size` bytes."""
    if container.demuxer == "mov":
        return _boxes(size, read)
    if container.demuxer == "matroska":
        return _segment(size, read)
    if container is Container.AVI:
        return _riff(size, read)
    return None


def _boxes(size: int, read: Read) -> str | None:
    """ISO base media: a chain of boxes, one of them (moov) the index without which all is lost."""
    offset, indexed = 0, False
    for _ in range(MOST_BOXES):
        if size - offset < 8:
            return None if indexed else UNINDEXED
        head = read(offset, 16)
        kind, length = head[4:8], _box_length(head, size - offset)
        if length is None:
            return None
        if offset + length > size and kind in NEEDED_BOXES:
            return f"box {kind.decode()} at {offset} lacks {offset + length - size} bytes"
        indexed = indexed or kind == b"moov"
        offset += length
    return None


def _box_length(head: bytes, rest: int) -> int | None:
    """Bytes of the box that starts with `head`; None where the size makes no sense."""
    length = int.from_bytes(head[:4], "big")
    if length == 0:
        return rest
    if length == 1:
        length = int.from_bytes(head[8:16], "big")
        return length if length >= 16 else None
    return length if length >= 8 else None


def _segment(size: int, read: Read) -> str | None:
    """EBML: a header, then one Segment that holds everything."""
    head = read(0, 4096)
    _, at = _number(head, 0, keep_marker=True)
    length, at = _number(head, at)
    if length is None:
        return None
    name, at = _number(head, at + length, keep_marker=True)
    length, at = _number(head, at)
    if name != SEGMENT or length is None or at + length <= size:
        return None
    return f"the segment lacks {at + length - size} bytes"


def _number(data: bytes, at: int, *, keep_marker: bool = False) -> tuple[int | None, int]:
    """An EBML number and where it ends; None if it is unknown (all ones) or cut off."""
    first = data[at] if at < len(data) else 0
    width = 9 - first.bit_length()
    if width > 8 or at + width > len(data):
        return None, at
    value = int.from_bytes(data[at : at + width], "big")
    if keep_marker:
        return value, at + width
    value &= (1 << (7 * width)) - 1
    return (None if value == (1 << (7 * width)) - 1 else value), at + width


def _riff(size: int, read: Read) -> str | None:
    """AVI: one RIFF chunk, above 1 GB several. 0 and all ones mean that nobody wrote the size."""
    offset = 0
    for _ in range(MOST_BOXES):
        head = read(offset, 8)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] != b"RIFF" or length in (0, 0xFFFFFFFF):
            return None
        if offset + 8 + length > size:
            return f"the RIFF chunk at {offset} lacks {offset + 8 + length - size} bytes"
        offset += 8 + length + length % 2
    return None

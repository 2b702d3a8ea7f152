"""A file that ends before its own account of itself does is found without a decoder."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video.container import Container
from video.shortfall import MOST_BOXES, Read, shortfall

BOXES = st.lists(
    st.tuples(st.sampled_from([b"mdat", b"moof", b"free"]), st.binary(max_size=60)), max_size=6
)
CLAIMING = st.sampled_from([Container.MP4, Container.MATROSKA, Container.AVI])


def reader(data: bytes) -> Read:
    return lambda offset, size: data[offset : offset + size]


def missing(container: Container, data: bytes) -> str | None:
    return shortfall(container, len(data), reader(data))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def matroska(content: bytes, size: bytes | None = None) -> bytes:
    length = size or struct.pack(">Q", len(content) | 1 << 56)
    return b"\x1aE\xdf\xa3\x84\x42\x86\x81\x01" + b"\x18\x53\x80\x67" + length + content


def avi(content: bytes, kind: bytes = b"AVI ") -> bytes:
    return b"RIFF" + struct.pack("<I", len(content) + 4) + kind + content


@given(BOXES, st.data())
def test_boxes_are_whole_or_found_to_be_cut(
    boxes: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    body = b"".join(box(kind, content) for kind, content in boxes)
    whole = box(b"ftyp", b"isom") + body + box(b"moov", b"index")
    cut = data.draw(st.integers(1, len(whole) - 1))

    assert missing(Container.MP4, whole) is None
    assert missing(Container.MP4, whole[:cut]) is not None


@given(st.binary(max_size=300), st.data())
def test_a_segment_is_whole_or_found_to_be_cut(content: bytes, data: st.DataObject) -> None:
    whole = matroska(content)
    cut = data.draw(st.integers(0, len(content)))

    assert missing(Container.MATROSKA, whole) is None
    assert (missing(Container.MATROSKA, whole[: len(whole) - cut]) is None) == (cut == 0)


@given(st.binary(min_size=2, max_size=300), st.integers(1, 300))
def test_riff_chunks_are_whole_or_found_to_be_cut(content: bytes, cut: int) -> None:
    even = content[: len(content) // 2 * 2]
    whole = avi(even) + avi(even, b"AVIX")

    assert missing(Container.AVI, whole) is None
    assert missing(Container.AVI, avi(even)[: -min(cut, len(even))]) is not None
    assert missing(Container.AVI, whole[: -min(cut, len(even))]) is not None


@pytest.mark.parametrize(
    ("container", "data"),
    [
        (Container.MP4, box(b"moov", b"") + box(b"free", b"")[:4] + b"\0\0\1\0free"),
        (Container.MP4, box(b"moov", b"") + b"\0\0\0\0mdat" + bytes(99)),
        (Container.MP4, box(b"moov", b"") + b"trailing bytes of a camera"),
        (Container.MP4, box(b"moov", b"") + bytes(64)),
        (Container.MATROSKA, matroska(b"live", b"\x01" + b"\xff" * 7)),
        (Container.AVI, b"RIFF\0\0\0\0AVI crashed recorder"),
        (Container.MPEGTS, b"G" * 77),
    ],
)
def test_what_makes_no_claim_is_not_called_short(container: Container, data: bytes) -> None:
    assert missing(container, data) is None


def test_a_size_of_64_bits_counts() -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 10**12) + bytes(50)

    assert missing(Container.MP4, box(b"moov", b"") + large) == (
        "box mdat at 8 lacks 999999999934 bytes"
    )


@given(CLAIMING, st.binary(max_size=300))
def test_no_bytes_make_it_raise(container: Container, data: bytes) -> None:
    found = missing(container, data)

    assert found is None or found


def test_a_file_of_tiny_boxes_does_not_hold_us_up() -> None:
    reads = 0

    def read(_offset: int, _size: int) -> bytes:
        nonlocal reads
        reads += 1
        return box(b"free", b"")

    assert shortfall(Container.MP4, 2**40, read) is None
    assert reads == MOST_BOXES

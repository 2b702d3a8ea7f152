"""The first bytes decide who may read a file, or why nobody may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video import Code, Container, InputError
from video.container import HEAD_BYTES, container_of

DEMUXERS = ("mov", "matroska", "avi", "mpegts")
REFUSALS = (Code.INPUT_EMPTY, Code.INPUT_NOT_VIDEO, Code.INPUT_FORMAT_REFUSED)
PACKET = b"G\x40\x11\x10" + bytes(184)


def refusal(head: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        container_of(head)
    return caught.value


@pytest.mark.parametrize(
    ("head", "container", "demuxer"),
    [
        (b"\0\0\0\x18ftypisom", Container.MP4, "mov"),
        (b"\0\0\0\x18ftyp3gp4", Container.MP4, "mov"),
        (b"\0\0\0\x14ftypqt  ", Container.MOV, "mov"),
        (b"\0\0\0\x08wide\0\0\1\0mdat", Container.MOV, "mov"),
        (b"\0\0\1\0moov\0\0\0\x6cmvhd", Container.MOV, "mov"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", Container.WEBM, "matroska"),
        (b"\x1aE\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska", Container.MATROSKA, "matroska"),
        (b"RIFF\0\0\0\0AVI LIST", Container.AVI, "avi"),
        (PACKET * 4, Container.MPEGTS, "mpegts"),
        (b"cut" + PACKET * 5, Container.MPEGTS, "mpegts"),
        ((b"\0\1\2\3" + PACKET) * 5, Container.MPEGTS, "mpegts"),
    ],
)
def test_what_is_accepted_goes_to_one_demuxer(
    head: bytes, container: Container, demuxer: str
) -> None:
    assert container_of(head) is container
    assert container.demuxer == demuxer


@pytest.mark.parametrize(
    ("head", "code", "word"),
    [
        (b"", Code.INPUT_EMPTY, "empty"),
        (b"\x89PNG\r\n\x1a\n", Code.INPUT_NOT_VIDEO, "PNG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", Code.INPUT_NOT_VIDEO, "WebP"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", Code.INPUT_NOT_VIDEO, "AVIF"),
        (b"  <!DOCTYPE html><html>", Code.INPUT_NOT_VIDEO, "web page"),
        ("žluťoučký kůň".encode(), Code.INPUT_NOT_VIDEO, "text"),
        (b"\xef\xbb\xbf\n#EXTM3U\nhttp://a/b.ts", Code.INPUT_FORMAT_REFUSED, "HLS"),
        (b"ffconcat version 1.0\nfile 'a'", Code.INPUT_FORMAT_REFUSED, "concat"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<MPD/>', Code.INPUT_FORMAT_REFUSED, "DASH"),
        (b"v=0\r\no=-", Code.INPUT_FORMAT_REFUSED, "SDP"),
        (b"OggS\0\2", Code.INPUT_FORMAT_REFUSED, "Ogg"),
    ],
)
def test_a_refusal_says_what_the_file_looks_like(head: bytes, code: Code, word: str) -> None:
    error = refusal(head)

    assert error.code is code
    assert word in error.message


@given(st.binary(max_size=1000))
def test_any_bytes_are_accepted_or_refused(head: bytes) -> None:
    try:
        found = container_of(head).demuxer
    except InputError as error:
        found = error.code

    assert found in (*DEMUXERS, *REFUSALS)


@given(st.text(min_size=1, max_size=400))
def test_no_text_is_ever_accepted_unless_it_spells_a_box(text: str) -> None:
    head = text.encode()[:HEAD_BYTES]
    boxes = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"uuid", b"sidx")
    if head[4:8] not in (*boxes, b"styp"):
        refusal(head)

"""The codec of remembered values: what is written comes back, and nothing else ever does."""

import string
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.entry import Entry, Foreign, Unreadable, decode, encode, key
from jobs import Document

IDS: Final = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26).map(
    "job_".__add__
)
DOCUMENTS: Final = st.builds(
    Document,
    id=IDS,
    owner=st.text(max_size=40),
    version=st.integers(0, 10**19 - 1),
    done=st.booleans(),
    gone=st.booleans(),
    retry_after=st.integers(0, 999_999),
    body=st.binary(max_size=200),
)
MILLISECONDS: Final = st.integers(0, 10**14)
ONE: Final = Document(
    id="job_" + "0" * 26,
    owner="default",
    version=7,
    done=False,
    gone=False,
    retry_after=2,
    body=b'{"id":"job"}',
)


@given(DOCUMENTS, MILLISECONDS)
def test_what_is_written_comes_back(document: Document, written_at: int) -> None:
    entry = decode(encode(document, written_at / 1000), document.id)

    assert entry == Entry(document=document, written_at=written_at / 1000)


@given(DOCUMENTS)
def test_all_that_is_read_of_an_owner_has_one_text_for_it(document: Document) -> None:
    """Compared for each poll, and kept for each job."""
    one, other = (decode(encode(document, 0.0), document.id) for _ in range(2))

    assert isinstance(one, Entry)
    assert isinstance(other, Entry)
    assert one.document.owner is other.document.owner


@given(DOCUMENTS, IDS)
def test_another_jobs_value_is_foreign(document: Document, asked: str) -> None:
    decoded = decode(encode(document, 0.0), asked)

    assert isinstance(decoded, Entry if asked == document.id else Foreign)


@given(st.binary(max_size=300), IDS)
def test_arbitrary_bytes_are_unreadable_and_never_an_error(raw: bytes, job_id: str) -> None:
    assert decode(raw, job_id) == Unreadable()


@given(DOCUMENTS, st.data())
def test_a_value_with_any_byte_changed_is_never_served(document: Document, data: Any) -> None:
    raw = bytearray(encode(document, 1.0))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))

    assert not isinstance(decode(bytes(raw), document.id), Entry)


@given(DOCUMENTS, st.data())
def test_a_value_cut_off_or_continued_is_never_served(document: Document, data: Any) -> None:
    raw = encode(document, 1.0)
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    continued = raw + data.draw(st.binary(min_size=1, max_size=20))

    assert decode(cut, document.id) == Unreadable()
    assert decode(continued, document.id) == Unreadable()


@given(DOCUMENTS, DOCUMENTS)
def test_versions_stand_at_one_place_and_compare_as_text(one: Document, other: Document) -> None:
    first, second = encode(one, 0.0)[8:27], encode(other, 0.0)[8:27]

    assert (first < second) == (one.version < other.version)


@given(DOCUMENTS)
def test_the_header_is_one_line_of_ascii(document: Document) -> None:
    line = encode(document, 1.0).partition(b"\n")[0]

    assert line.isascii()
    assert set(line.decode()) <= set(string.printable) - set("\n\r\t\v\f")


def test_a_format_of_the_future_is_unreadable_today() -> None:
    raw = encode(ONE, 1.0).replace(b"tally/1", b"tally/2", 1)

    assert decode(raw, ONE.id) == Unreadable()


def test_equal_documents_written_at_one_time_are_equal_bytes() -> None:
    assert encode(ONE, 1.5) == encode(replace(ONE), 1.5)


def test_a_key_holds_the_id_as_its_hash_tag() -> None:
    assert key(ONE.id) == "tally:job:{" + ONE.id + "}"


@pytest.mark.parametrize("text", ["", "job_1", "job_" + "0" * 25 + "I", ONE.id + "\n", "*"])
def test_only_a_job_id_ever_becomes_a_key(text: str) -> None:
    with pytest.raises(ValueError, match="not a job id"):
        key(text)

"""A certificate is read without believing it, and whatever is none is none."""

import ssl
from datetime import UTC, datetime
from functools import cache

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from cache.certificate import Certificate, read_certificate


def der(*names: str, until: datetime) -> bytes:
    issued = authority().issue_cert(
        *names, not_before=datetime(2001, 1, 1, tzinfo=UTC), not_after=until
    )
    return ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())


@cache
def authority() -> trustme.CA:
    return trustme.CA()


@cache
def example() -> bytes:
    return der("localhost", "127.0.0.1", until=datetime(2002, 3, 4, 5, 6, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    "until",
    [
        datetime(2002, 3, 4, 5, 6, 7, tzinfo=UTC),
        datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2050, 1, 1, tzinfo=UTC),  # from here on years have four digits
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_its_end_and_its_names_are_read(until: datetime) -> None:
    names = ("redis.internal", "*.example.org", "10.0.0.3", "2001:db8::1")
    read = read_certificate(der(*names, until=until))

    assert read is not None
    assert (read.not_after, sorted(read.names)) == (until, sorted(names))


def test_an_authority_has_no_names() -> None:
    pem = authority().cert_pem.bytes().decode()
    read = read_certificate(ssl.PEM_cert_to_DER_cert(pem))

    assert read is not None
    assert read.names == ()


@given(st.binary(max_size=200))
def test_any_bytes_are_no_certificate(raw: bytes) -> None:
    assert read_certificate(raw) is None


@given(st.data())
def test_a_certificate_that_was_cut_or_spoiled_raises_nothing(data: st.DataObject) -> None:
    whole = example()
    place = data.draw(st.integers(0, len(whole) - 1))
    spoiled = whole[:place] + data.draw(st.binary(min_size=1, max_size=3)) + whole[place + 1 :]

    assert read_certificate(whole[:place]) is None
    assert isinstance(read_certificate(spoiled), Certificate | None)

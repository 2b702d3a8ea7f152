"""Reads in an X.509 certificate when it ends and for whom it is. Pure; it verifies nothing.

The standard library tells this of certificates that passed verification only, and an operator wants
to know it of those that did not. Sources: RFC 5280, and X.690 for the encoding (DER).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final

_UTC_TIME: Final = 0x17
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_DNS_NAME: Final = 0x82
_IP_ADDRESS: Final = 0x87
_SUBJECT_ALT_NAME: Final = bytes.fromhex("551d11")
_VALIDITY: Final = 3
"""Its place in the body, after serial number, algorithm and issuer."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What a certificate says of itself; whether it may be believed is another matter."""

    not_after: datetime
    names: tuple[str, ...]
    """The DNS names and addresses it is for."""


def read_certificate(der: bytes) -> Certificate | None:
    """None for what is no certificate. Never raises."""
    try:
        ((_, whole),) = _parts(der)
        body = [part for part in _parts(_parts(whole)[0][1]) if part[0] != _VERSION]
        _, not_after = _parts(body[_VALIDITY][1])
        return Certificate(not_after=_moment(*not_after), names=tuple(_names(body)))
    except (ValueError, IndexError, OverflowError):
        return None


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    """The values that stand one behind the other: their tags and contents."""
    parts = []
    while data:
        tag, size, start = data[0], data[1], 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[2:start], "big")
        if start + size > len(data):
            raise ValueError("cut off")
        parts.append((tag, data[start : start + size]))
        data = data[start + size :]
    return parts


def _moment(tag: int, content: bytes) -> datetime:
    year = "%y" if tag == _UTC_TIME else "%Y"
    return datetime.strptime(content.decode("ascii"), f"{year}%m%d%H%M%S%z")


def _names(body: list[tuple[int, bytes]]) -> Iterator[str]:
    for _, extensions in (part for part in body if part[0] == _EXTENSIONS):
        for _, extension in _parts(_parts(extensions)[0][1]):
            fields = _parts(extension)
            if fields[0][1] == _SUBJECT_ALT_NAME:
                yield from _alternatives(fields[-1][1])


def _alternatives(content: bytes) -> Iterator[str]:
    for tag, name in _parts(_parts(content)[0][1]):
        if tag == _DNS_NAME:
            yield name.decode("ascii")
        elif tag == _IP_ADDRESS:
            yield str(ip_address(name))

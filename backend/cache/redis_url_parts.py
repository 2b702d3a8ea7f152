"""Cuts REDIS_URL into its parts, which are left as they are written. Pure.

Nothing is raised from within an `except`: its context would carry the text, and a password in it.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from cache.redis_target import BadRedisUrl

_SCHEME: Final = re.compile(
    r"(?:redis|valkey)(s?)(?:[+-](sentinel|cluster))?|(unix)", re.IGNORECASE
)
_BROKEN_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A URL of ours in its parts: in none of them is an @, and each % begins a character."""

    tls: bool
    kind: str
    """sentinel, cluster, unix, or empty."""
    account: str | None = field(repr=False)
    place: str
    path: str
    query: str = field(repr=False)


def split_url(url: str) -> Parts:
    """The parts of a URL without spaces around it. Raises BadRedisUrl."""
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise BadRedisUrl("holds a space or a control character; write it as %20 and the like.")
    scheme, slashes, rest = url.partition("://")
    found = _SCHEME.fullmatch(scheme)
    if not found or not slashes:
        raise BadRedisUrl(
            "must begin, without quotes, with redis://, rediss:// (TLS), redis+sentinel://, "
            "redis+cluster:// or unix://; valkey for redis is fine."
        )
    before, _, query = rest.partition("?")
    authority, slash, path = before.partition("/")
    account, at, place = authority.rpartition("@")
    if "#" in url or "@" in account + path + query:
        raise BadRedisUrl(
            "a password stands once, before the first host, and must spell / ? # @ in it "
            "as %2F %3F %23 %40."
        )
    if _BROKEN_PERCENT.search(url) or not _is_utf8(url):
        raise BadRedisUrl("has a % that begins no UTF-8 character; write a % itself as %25.")
    return Parts(
        tls=bool(found[1]),
        kind=(found[2] or found[3] or "").lower(),
        account=account if at else None,
        place=place,
        path=slash + path,
        query=query,
    )


def _is_utf8(url: str) -> bool:
    try:
        unquote_to_bytes(url).decode()
    except UnicodeDecodeError:
        return False
    return True

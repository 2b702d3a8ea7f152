"""Reads REDIS_URL: where Redis is and how to reach it. Pure, and strict: nonsense is refused.

For one server, in this version: redis://, rediss://, valkey://, valkeys:// and unix://. An error
names the part and the fix, and never repeats text that may be part of a password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address
from typing import Final, Literal, TypeAlias, get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

CertReqs: TypeAlias = Literal["required", "optional", "none"]

_SCHEMES: Final = {"redis": False, "rediss": True, "valkey": False, "valkeys": True, "unix": False}
"""Scheme -> whether it asks for TLS by itself."""

_LATER: Final = re.compile(r"(redis|rediss|valkey|valkeys)[+-](sentinel|cluster)", re.IGNORECASE)
_HOST: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?")
_NUMBER: Final = re.compile(r"[0-9]{1,5}")
_OPTION: Final = re.compile(r"[a-z_]{1,40}")
_TRUTH: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_TLS_OPTIONS: Final = ("ssl_cert_reqs", "ssl_ca_certs")
_KNOWN: Final = ("db", "ssl", *_TLS_OPTIONS)


class BadRedisUrl(Exception):
    """REDIS_URL means nothing, or nothing this version can do; the message says what to do."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"REDIS_URL: {problem}")


@dataclass(frozen=True, kw_only=True)
class RedisAddress:
    """One Redis or Valkey server. `str()` and `repr()` never show the password."""

    host: str = "localhost"
    port: int = 6379
    path: str | None = None
    """The unix socket, if that is the way; then host and port mean nothing."""
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    cert_reqs: CertReqs = "required"
    ca_certs: str | None = None

    def __str__(self) -> str:
        account = f"{self.username or ''}:***@" if self.password else ""
        if self.path is not None:
            return f"unix://{account}{self.path}?db={self.db}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"redis{'s' if self.tls else ''}://{account}{host}:{self.port}/{self.db}"


def parse_redis_url(url: str) -> RedisAddress | None:
    """Where Redis is, or None where the URL is empty or `none`: the cache is switched off.

    Raises BadRedisUrl. Nothing is looked up: a name that does not exist is an address all the same.
    """
    url = url.strip()
    if url.lower() in ("", "none"):
        return None
    parts = _split(url)
    options = _options(parts.query)
    username, password = _account(parts)
    place = _socket(parts, options) if parts.scheme == "unix" else _server(parts, options)
    return replace(place, username=username, password=password)


def _split(url: str) -> SplitResult:
    """The parts of a URL of ours. From here on no part holds an @ but the one before the host."""
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise BadRedisUrl("holds a space or a control character; write it as %20 and the like.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadRedisUrl("is not a URL; write redis://host:6379/0.") from None
    if _LATER.fullmatch(parts.scheme):
        raise BadRedisUrl(
            "Sentinel and Cluster are not supported yet in this version; name one server, "
            "redis://host:6379/0."
        )
    if parts.scheme not in _SCHEMES or not url.lower().startswith(f"{parts.scheme}://"):
        raise BadRedisUrl(
            "must begin with redis://, rediss:// (TLS), valkey://, valkeys:// (TLS) or unix://."
        )
    misplaced = "@" in parts.path + parts.query or parts.netloc.count("@") > 1
    if misplaced or "#" in url:
        raise BadRedisUrl("a password with / ? # or @ in it must spell them %2F %3F %23 and %40.")
    return parts


def _options(query: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise BadRedisUrl("what follows the ? must be name=value, joined by &.") from None
    options = dict(pairs)
    if len(options) < len(pairs):
        raise BadRedisUrl("names an option twice; say it once.")
    if "cluster" in options:
        raise BadRedisUrl(
            "Redis Cluster (cluster=...) is not supported yet in this version; name one server, "
            "redis://host:6379/0."
        )
    for name in options.keys() - set(_KNOWN):
        named = f"the option {name} is" if _OPTION.fullmatch(name) else "it has an option that is"
        raise BadRedisUrl(f"{named} unknown; known are {', '.join(_KNOWN)}.")
    return options


def _account(parts: SplitResult) -> tuple[str | None, str | None]:
    account, at, _ = parts.netloc.rpartition("@")
    name, _, secret = account.partition(":")
    try:
        username, password = unquote(name, errors="strict"), unquote(secret, errors="strict")
    except UnicodeDecodeError:
        raise BadRedisUrl("the user or the password is not UTF-8 behind its % signs.") from None
    if at and not password:
        raise BadRedisUrl(
            "the part before the @ has no password; write redis://:password@host or "
            "redis://user:password@host."
        )
    return username or None, password or None


def _server(parts: SplitResult, options: Mapping[str, str]) -> RedisAddress:
    place = parts.netloc.rpartition("@")[2]
    if "," in place:
        raise BadRedisUrl("several hosts are not supported yet in this version; name one server.")
    found = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(?::(.*))?", place)
    host, port = found.groups() if found else ("", None)
    if not _is_host(host):
        raise BadRedisUrl("names no host; write redis://host:6379/0, an IPv6 address as [::1].")
    if port is not None and not (_NUMBER.fullmatch(port) and 0 < int(port) < 65536):
        raise BadRedisUrl("the port, after the host and a colon, must be a number from 1 to 65535.")
    return RedisAddress(
        host=host.strip("[]"),
        port=int(port or 6379),
        db=_database(parts.path.removeprefix("/"), options),
        tls=_tls(parts.scheme, options),
        cert_reqs=_cert_reqs(options),
        ca_certs=options.get("ssl_ca_certs"),
    )


def _socket(parts: SplitResult, options: Mapping[str, str]) -> RedisAddress:
    path = unquote(parts.path)
    if parts.netloc.rpartition("@")[2] or not path.startswith("/") or path.endswith("/"):
        raise BadRedisUrl("a socket is named by its whole path: unix:///path/to/redis.sock?db=0.")
    if options.keys() - {"db"}:
        raise BadRedisUrl("ssl options mean nothing on a unix socket; drop them.")
    return RedisAddress(path=path, db=_database("", options))


def _is_host(text: str) -> bool:
    if not text.startswith("["):
        return _HOST.fullmatch(text) is not None
    try:
        return bool(IPv6Address(text.strip("[]")))
    except ValueError:
        return False


def _database(path: str, options: Mapping[str, str]) -> int:
    """The number in the path or in ?db=; a provider's URL without one means 0."""
    if path and "db" in options:
        raise BadRedisUrl("the database number stands both in the path and in ?db=; say it once.")
    number = path or options.get("db", "0")
    if not _NUMBER.fullmatch(number):
        raise BadRedisUrl("the database, after the host and a slash, must be a number such as 0.")
    return int(number)


def _tls(scheme: str, options: Mapping[str, str]) -> bool:
    asked = _TRUTH.get(options.get("ssl", str(_SCHEMES[scheme])).lower())
    if asked is None:
        raise BadRedisUrl("the option ssl must be true or false.")
    if _SCHEMES[scheme] and not asked:
        raise BadRedisUrl("rediss:// and valkeys:// mean TLS, ssl=false does not; say one thing.")
    if not asked and any(name in options for name in _TLS_OPTIONS):
        raise BadRedisUrl("ssl_... options need TLS; add ssl=true or begin with rediss://.")
    return asked


def _cert_reqs(options: Mapping[str, str]) -> CertReqs:
    named: dict[str, CertReqs] = {value: value for value in get_args(CertReqs)}
    reqs = named.get(options.get("ssl_cert_reqs", "required").lower())
    if reqs is None:
        raise BadRedisUrl("the option ssl_cert_reqs must be required, optional or none.")
    return reqs

"""The options of REDIS_URL, which stand behind its ?: one table of names, kinds and bounds. Pure.

By the driver's names where the driver has one. What is not in the table is refused, not ignored.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Final
from urllib.parse import unquote

from cache.redis_target import BadRedisUrl, CertReqs, Read

_TRUTH: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_SECONDS: Final = re.compile(r"[0-9]{1,5}(\.[0-9]{1,9})?")
_NUMBER: Final = re.compile(r"[0-9]{1,5}")


def _kind(must: str, read: Callable[[str], object]) -> Mapping[str, Any]:
    """How an option's text is read, None for text that it cannot be, and what to say then."""
    return {"must": must, "read": read}


def number(text: str, low: int, high: int) -> int | None:
    """A whole number within its bounds, in at most five plain digits."""
    return int(text) if _NUMBER.fullmatch(text) and low <= int(text) <= high else None


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text) and 0 < float(text) <= 60 else None


def _cert_reqs(text: str) -> str | None:
    """In the driver's spelling, or that of Python's ssl: CERT_NONE."""
    word = text.lower().removeprefix("cert_")
    return word if word in ("required", "optional", "none") else None


_BOOL: Final = _kind("must be true or false", lambda text: _TRUTH.get(text.lower()))
_FILE: Final = _kind("must name a file", lambda text: text if text.isprintable() else None)
_TEXT: Final = _kind("must not be empty", lambda text: text)
_TIME: Final = _kind("must be seconds, above 0 and at most 60", _seconds)
_COUNT: Final = _kind("must be a number from 1 to 10000", lambda text: number(text, 1, 10_000))
_DB: Final = _kind("must be a number such as 0", lambda text: number(text, 0, 99_999))
_REQS: Final = _kind("must be required, optional or none", _cert_reqs)
_READ: Final = _kind(
    "must be primary or replica",
    lambda text: text.lower() if text.lower() in ("primary", "replica") else None,
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the options say, each of the right kind and within its bounds; None where not named."""

    db: int | None = field(default=None, metadata=_DB)
    ssl: bool | None = field(default=None, metadata=_BOOL)
    ssl_cert_reqs: CertReqs | None = field(default=None, metadata=_REQS)
    ssl_ca_certs: str | None = field(default=None, metadata=_FILE)
    ssl_certfile: str | None = field(default=None, metadata=_FILE)
    ssl_keyfile: str | None = field(default=None, metadata=_FILE)
    ssl_check_hostname: bool | None = field(default=None, metadata=_BOOL)
    cluster: bool | None = field(default=None, metadata=_BOOL)
    read: Read | None = field(default=None, metadata=_READ)
    sentinel_username: str | None = field(default=None, metadata=_TEXT)
    sentinel_password: str | None = field(default=None, metadata=_TEXT, repr=False)
    max_connections: int | None = field(default=None, metadata=_COUNT)
    socket_connect_timeout: float | None = field(default=None, metadata=_TIME)
    socket_timeout: float | None = field(default=None, metadata=_TIME)

    def any_of(self, prefix: str) -> bool:
        """Whether an option is named whose name begins so."""
        return any(getattr(self, name) is not None for name in KINDS if name.startswith(prefix))


KINDS: Final = {option.name: option.metadata for option in fields(Options)}
_KNOWN: Final = ", ".join(KINDS)
_BEFORE_THE_HOST: Final = ("username", "password")
NOT_TO_BE_SET: Final = (
    *("client_name", "decode_responses", "encoding", "encoding_errors", "health_check_interval"),
    *("legacy_responses", "protocol", "retry_on_error", "retry_on_timeout", "socket_keepalive"),
    *("socket_read_size", "timeout"),
)
"""The driver's, which Tally's promises rest on: it sets them itself or leaves them out."""


def read_options(query: str) -> Options:
    """The options in the text behind the ?, whose % signs are known to be good.

    A + is a +, as in base64, and no space. Raises BadRedisUrl, also for two that contradict.
    """
    given: dict[str, Any] = {}
    for place, pair in enumerate(query.split("&") if query else (), 1):
        name, sign, text = pair.partition("=")
        if not sign:
            raise BadRedisUrl("what follows the ? must be name=value, joined by &.")
        _refuse_unknown(name, place)
        if name in given:
            raise BadRedisUrl(f"names the option {name} twice; say it once.")
        given[name] = _value(name, unquote(text))
    options = Options(**given)
    _refuse_contradictions(options)
    return options


def _refuse_unknown(name: str, place: int) -> None:
    if name in _BEFORE_THE_HOST:
        raise BadRedisUrl(f"{name} is no option; write user:password@ before the host.")
    if name in NOT_TO_BE_SET:
        raise BadRedisUrl(f"the option {name} is set by Tally itself; drop it.")
    if name not in KINDS:
        near = get_close_matches(name.lower(), KINDS, n=1)
        hint = f" (is {near[0]} meant?)" if near else ""
        raise BadRedisUrl(f"option {place} after the ? is unknown{hint}; known are {_KNOWN}.")


def _value(name: str, text: str) -> object:
    kind = KINDS[name]
    value = kind["read"](text) if text else None
    if value is None:
        raise BadRedisUrl(f"the option {name} {kind['must']}.")
    return value


def _refuse_contradictions(options: Options) -> None:
    if options.ssl_keyfile and not options.ssl_certfile:
        raise BadRedisUrl("ssl_keyfile is the key of a certificate; add ssl_certfile.")
    if options.ssl_check_hostname and options.ssl_cert_reqs == "none":
        raise BadRedisUrl(
            "ssl_cert_reqs=none checks no certificate, ssl_check_hostname=true does; say one thing."
        )
    if options.sentinel_username and not options.sentinel_password:
        raise BadRedisUrl("sentinel_username is half an account; add sentinel_password.")

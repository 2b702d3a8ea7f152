"""From what servers and Sentinels answered to what was seen. Pure: it reads, and judges nothing."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final

from cache import Refused, ServerAnswers, Silent, Told
from ops.answer_reading import info, pairs, read
from ops.server_seen import (
    Fact,
    KeysSeen,
    PingSeen,
    RightsSeen,
    SentinelSeen,
    ServerSeen,
    SlowLogSeen,
    SlowMoment,
    Unknown,
)
from ops.stranger_reading import stranger_seen, tls_seen

_OURS: Final = b"tally:"
_ENTRIES: Final = b"tally:job:"
_BEGINNING: Final = re.compile(rb"([A-Za-z0-9_.{}-]{1,20}):")
_NAMES: Final = 5
_MAY: Final = ("FLUSHALL", "CONFIG", "KEYS", "SHUTDOWN")


def server_seen(one: ServerAnswers, *, cluster: bool) -> ServerSeen:
    """One server's facts. `cluster`: it belongs to one."""
    told = one.told
    return ServerSeen(
        name=one.name,
        role=one.role,
        addresses=_addresses(one),
        trouble=told.trouble,
        stranger=stranger_seen(one.stranger),
        tls=tls_seen(one.stranger),
        info=info(told.answer("INFO")),
        info_later=info(told.answer("INFO later")),
        seconds_between=told.seconds_between,
        config=_config(told),
        rights=read(told.answer("ACL WHOAMI"), partial(_rights, told)),
        keys=read(told.answer("SCAN"), partial(_keys, told)),
        clock_ahead=_clock_ahead(told),
        ping=_ping(told.pings, told.trouble),
        slow_log=_slow_log(told),
        latency_events=read(told.answer("LATENCY LATEST"), _latency_events),
        cluster_info=info(told.answer("CLUSTER INFO")) if cluster else None,
    )


def sentinel_seen(one: ServerAnswers) -> SentinelSeen:
    """One Sentinel's facts."""
    quorum = one.told.answer("SENTINEL CKQUORUM")
    return SentinelSeen(
        name=one.name,
        addresses=_addresses(one),
        trouble=one.told.trouble,
        stranger=stranger_seen(one.stranger),
        tls=tls_seen(one.stranger),
        master=pairs(one.told.answer("SENTINEL MASTER")),
        quorum=False if _says_no_quorum(quorum) else read(quorum, _quorum),
    )


def _addresses(one: ServerAnswers) -> Fact[tuple[str, ...]]:
    return Unknown(one.addresses.why) if isinstance(one.addresses, Silent) else one.addresses


def _quorum(answer: bytes) -> bool:
    """`OK 3 usable Sentinels. ...`; whatever else it says makes no sense."""
    if not answer.startswith(b"OK "):
        raise ValueError(answer)
    return True


def _says_no_quorum(answer: Any) -> bool:
    """It says so by an error."""
    return isinstance(answer, Refused) and "NOQUORUM" in answer.why


def _config(told: Told) -> Fact[Mapping[str, str]]:
    """The settings that it tells; Unknown where that is none."""
    asked = [one for name, one in told.answers.items() if name.startswith("CONFIG GET ")]
    read_ones = [pairs(one) for one in asked or [told.answer("CONFIG GET")]]
    known = [one for one in read_ones if not isinstance(one, Unknown)]
    merged = dict(chain.from_iterable(one.items() for one in known))
    unknown = (one for one in read_ones if isinstance(one, Unknown))
    return merged or next(unknown, Unknown("it knows none of these settings"))


def _rights(told: Told, user: bytes) -> RightsSeen:
    answers = {name: told.answer(f"ACL DRYRUN {name}") for name in (*_MAY, "GET")}
    found = {name: read(answer, _may) for name, answer in answers.items()}
    known = {name: one for name, one in found.items() if not isinstance(one, Unknown)}
    unknown = next((one for one in found.values() if isinstance(one, Unknown)), None)
    foreign = found["GET"]
    return RightsSeen(
        user=user.decode(errors="replace"),
        may=unknown or {name: known[name] for name in _MAY},
        foreign_keys=foreign,
    )


def _may(answer: bytes) -> bool:
    """OK, or a sentence on what is missing."""
    return answer.upper() == b"OK"


def _keys(told: Told, sampled: int) -> KeysSeen:
    ours = [told.keys[key] for key in told.keys if key.startswith(_OURS)]
    foreign = [key for key in told.keys if not key.startswith(_OURS)]
    begun = (found[1].decode() for found in map(_BEGINNING.match, foreign) if found)
    ttls, sizes = [ttl for ttl, _ in ours], [size for _, size in ours]
    return KeysSeen(
        sampled=sampled,
        foreign=len(foreign),
        entries=sum(key.startswith(_ENTRIES) for key in told.keys),
        foreign_names=tuple(dict.fromkeys(begun))[:_NAMES],
        without_ttl=_refusal(ttls) or ttls.count(-1),
        entry_bytes=_refusal(sizes) or tuple(size for size in sizes if isinstance(size, int)),
    )


def _refusal(answers: Sequence[Any]) -> Unknown | None:
    """Why they are not told, if one is not: the others are not either."""
    refused = (Unknown(answer.why) for answer in answers if isinstance(answer, Refused))
    return next(refused, None)


def _clock_ahead(told: Told) -> Fact[float]:
    if told.clock_ahead is None:
        return Unknown(told.trouble or "it does not tell the time")
    return told.clock_ahead


def _ping(pings: Sequence[float], trouble: str | None) -> Fact[PingSeen]:
    if not pings:
        return Unknown(trouble or "no PING was answered in time")
    ordered = sorted(pings)
    last = len(ordered) - 1
    return PingSeen(
        count=len(ordered), p50=ordered[round(last * 0.50)], p99=ordered[round(last * 0.99)]
    )


def _slow_log(told: Told) -> Fact[SlowLogSeen]:
    length = read(told.answer("SLOWLOG LEN"), int)
    newest = read(told.answer("SLOWLOG GET"), _slow_commands)
    if isinstance(length, Unknown):
        return length
    return newest if isinstance(newest, Unknown) else SlowLogSeen(length=length, newest=newest)


def _slow_commands(entries: Any) -> tuple[SlowMoment, ...]:
    """When each was, and how long it took (in microseconds); the words are nobody's business."""
    return tuple(
        SlowMoment(what="a command", at=float(at), seconds=micros / 1e6)
        for _, at, micros, *_ in entries
    )


def _latency_events(entries: Any) -> tuple[SlowMoment, ...]:
    """The latest of each kind; in milliseconds."""
    return tuple(
        SlowMoment(what=what.decode(errors="replace"), at=float(at), seconds=latest / 1e3)
        for what, at, latest, *_ in entries
    )

"""What doctor saw of Redis: servers, Sentinels, and how they belong together. Values alone.

A fact that could not be learned is `Unknown`, with the reason; it is never left to a default.
Sources: the Redis documentation of INFO, ACL, CONFIG, SLOWLOG, LATENCY, SENTINEL and CLUSTER.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, TypeVar


@dataclass(frozen=True)
class Unknown:
    """A fact that could not be learned; `why`: refused to us, hidden by a provider, no answer."""

    why: str


T = TypeVar("T")
Fact: TypeAlias = T | Unknown

UNASKED = Unknown("it was not asked")

Stranger: TypeAlias = Literal["let in", "limited", "password", "certificate", "protected mode"]
"""Who connects without credentials and says PING is let in; let in with less rights than PING;
asked for a password; for a certificate; or held off by protected mode alone."""


@dataclass(frozen=True, kw_only=True)
class TlsSeen:
    """One TLS connection and the server's certificate in it, verified or not."""

    version: str
    """Such as TLSv1.3."""
    not_after: Fact[datetime]
    names: tuple[str, ...] = ()
    """DNS names and addresses the certificate is for."""


@dataclass(frozen=True, kw_only=True)
class RightsSeen:
    """What the server says our user may do (ACL WHOAMI, ACL DRYRUN; nothing is carried out)."""

    user: str
    may: Fact[Mapping[str, bool]] = UNASKED
    """By command: FLUSHALL, CONFIG, KEYS, SHUTDOWN."""
    foreign_keys: Fact[bool] = UNASKED
    """Whether it may read keys that are not Tally's."""


@dataclass(frozen=True, kw_only=True)
class KeysSeen:
    """A sample of the keys of one primary, by SCAN in the database of REDIS_URL."""

    sampled: int
    foreign: int
    """Of these: keys that do not begin with `tally:`."""
    entries: int = 0
    """Of these: Tally's entries. Beside them it has a key for each process."""
    foreign_names: tuple[str, ...] = ()
    """How some of them begin, up to their first colon."""
    without_ttl: Fact[int] = UNASKED
    """Of Tally's own: keys that never end."""
    entry_bytes: Fact[tuple[int, ...]] = UNASKED
    """MEMORY USAGE of some of Tally's entries; none where there are no entries."""


@dataclass(frozen=True, kw_only=True)
class PingSeen:
    """Round trips of PING, one after another over one connection. Seconds."""

    count: int
    p50: float
    p99: float


@dataclass(frozen=True, kw_only=True)
class SlowMoment:
    """Something that kept a server busy. `at` is by its own clock, in seconds since 1970."""

    what: str
    at: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class SlowLogSeen:
    """SLOWLOG: how many entries there are, and the newest of them (at most 10)."""

    length: int
    newest: tuple[SlowMoment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServerSeen:
    """One Redis server as it answered our account, and as it answered a stranger."""

    name: str
    """Its address without any password, as in the statistics: `redis://host:port/0`."""
    role: Literal["primary", "replica", "unknown"] = "unknown"
    """In the layout. Its own opinion is `role` in `info`."""
    addresses: Fact[tuple[str, ...]] = UNASKED
    """All that the name resolves to; none for a unix socket."""
    trouble: str | None = None
    """Why it did not answer PING: one sentence without secrets. None: it did."""
    stranger: Fact[Stranger] = UNASKED
    tls: Fact[TlsSeen | None] = UNASKED
    """None: REDIS_URL does not ask for TLS."""
    info: Fact[Mapping[str, str]] = UNASKED
    """Fields of INFO, all sections that it tells by default."""
    info_later: Fact[Mapping[str, str]] = UNASKED
    """The same again `seconds_between` later."""
    seconds_between: float = 0.0
    config: Fact[Mapping[str, str]] = UNASKED
    """What CONFIG GET told of the settings in question; those that it does not know are absent."""
    rights: Fact[RightsSeen] = UNASKED
    keys: Fact[KeysSeen] = UNASKED
    """Of primaries only."""
    clock_ahead: Fact[float] = UNASKED
    """Seconds by which its clock is ahead of ours; behind: below zero."""
    ping: Fact[PingSeen] = UNASKED
    slow_log: Fact[SlowLogSeen] = UNASKED
    latency_events: Fact[tuple[SlowMoment, ...]] = UNASKED
    """LATENCY LATEST: the newest of each kind; none where nothing is watched."""
    cluster_info: Fact[Mapping[str, str] | None] = None
    """Fields of CLUSTER INFO; None: the target is no cluster."""


@dataclass(frozen=True, kw_only=True)
class SentinelSeen:
    """One Sentinel of REDIS_URL, and what it says of the service."""

    name: str
    addresses: Fact[tuple[str, ...]] = UNASKED
    trouble: str | None = None
    stranger: Fact[Stranger] = UNASKED
    tls: Fact[TlsSeen | None] = UNASKED
    master: Fact[Mapping[str, str]] = UNASKED
    """Fields of SENTINEL MASTER."""
    quorum: Fact[bool] = UNASKED
    """Whether SENTINEL CKQUORUM says that a failover could be decided."""


@dataclass(frozen=True, kw_only=True)
class ShardSeen:
    """A primary and its replicas, by the names of their servers."""

    primary: str
    replicas: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LayoutSeen:
    """How the servers belong together. Without shards `trouble` says why nobody told."""

    topology: Literal["none", "standalone", "sentinel", "cluster"] = "none"
    """none: Redis is switched off, or REDIS_URL means nothing."""
    shards: tuple[ShardSeen, ...] = field(default=())
    trouble: str | None = None

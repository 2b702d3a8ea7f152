"""The face of a tier of the cache: remembers bytes by key for a while, and may be away. Pure.

Every outcome is a value: whoever asks a tier never meets its exceptions.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias


class Trouble(StrEnum):
    """Why a tier did not do what it was asked to: a closed list, fit for metric labels."""

    AWAY = "away"
    """It was not asked at all: it is switched off, or known not to answer."""
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    BUSY = "busy"
    """All our own connections are in use, or too little of the budget was left when a place was
    free: no fault of the server's."""
    READONLY = "readonly"
    MASTERDOWN = "masterdown"
    LOADING = "loading"
    OOM = "oom"
    MISCONF = "misconf"
    """It cannot save to its disk, and takes no writes for that."""
    AUTH = "auth"
    MAXCLIENTS = "maxclients"
    SCRIPT = "script"
    """A script keeps it from everything else."""
    CLUSTER = "cluster"
    """One node of a cluster was asked for what another holds, or the cluster is incomplete."""
    PROTOCOL = "protocol"
    """What answers is no Redis."""
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, eq=False)
class Put:
    """A value to be kept for so many seconds. Each is equal to itself alone."""

    key: str
    value: bytes
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Stored:
    """The value is kept now."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The value was refused, one at least as new was there; `newer` is that one if it is newer."""

    newer: bytes | None


Found: TypeAlias = bytes | Trouble | None
PutOutcome: TypeAlias = Stored | Kept | Trouble


@dataclass
class Budget:
    """The seconds one request may still spend on the cache. Time spent elsewhere does not count."""

    left: float

    def spend(self, seconds: float) -> None:
        self.left = max(0.0, self.left - seconds)


@dataclass(frozen=True, kw_only=True)
class TierState:
    """How a tier is right now. `server` never holds a password; `limits` are the effective ones."""

    enabled: bool
    detail: str
    ttl_seconds: float
    breaker: Literal["closed", "open", "none"] = "none"
    server: str | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    reads: Literal["primary", "replica"] = "primary"
    """Where gets usually go; what a replica has may be behind."""
    servers: Mapping[str, bool] = field(default_factory=dict)
    """Each server that is known now, without any password: is it in use?"""
    places_taken: int = 0
    """Calls under way, of all servers; each server has as many places as connections."""
    waiting: int = 0
    """Calls that wait for a place."""

    @property
    def health(self) -> Literal["up", "down", "off"]:
        """In use, away, or not meant to be there."""
        if self.enabled:
            return "up"
        return "off" if self.detail in ("redis-off", "redis-missing") else "down"


class Cache(Protocol):
    """Remembers values outside this process. No method raises, whatever happens to the server."""

    async def start(self) -> None:
        """Begin to look after the connection. Before this the cache is away. Never long."""
        ...

    async def stop(self) -> None:
        """End everything begun; the cache is away again."""
        ...

    def state(self) -> TierState:
        """The live state, known without asking the server."""
        ...

    def budget(self) -> Budget:
        """What one request may spend on this cache."""
        ...

    def shard(self, key: str) -> Hashable | None:
        """The shard that has the key: what is asked of one is best asked together. None: it is
        away."""
        ...

    async def get(self, key: str, budget: Budget, *, newest: bool = False) -> Found:
        """The value; None if there is none; empty bytes for one of a type that is not ours.

        `newest`: from where puts go, also where gets usually go to a replica.
        """
        ...

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, newest: bool = False
    ) -> Sequence[Found]:
        """For each key in turn what `get` gives, in as few round trips as there are servers; but a
        value of a type that is not ours may be None, too."""
        ...

    async def put_many(self, puts: Sequence[Put], budget: Budget) -> Sequence[PutOutcome]:
        """Keep each value for so long, unless one at least as new is there. What is kept is
        announced to all who listen.

        What became of each in turn, in as few round trips as there are servers, or more if they are
        large. One that fails harms no other.
        """
        ...

    async def listen(self, deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        """Deliver every value announced by any process, from now until the connection is lost.

        `heard` is called whenever the connection proves alive, at least once a second; silence
        for two counts as loss. Returns when there is nothing to listen to, or no more; losing
        values loses speed, never truth.
        """
        ...

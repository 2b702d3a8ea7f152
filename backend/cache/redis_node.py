"""One server of a Redis target: its commands, guarded. Knows nothing of the servers beside it."""

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import Final, TypeAlias

from cache.entry import prefix
from cache.guard import Guard
from cache.portions import portions
from cache.redis_commands import RedisCommands, Value
from cache.redis_credentials import Credentials
from cache.redis_driver import Limits, RedisDriver
from cache.redis_layout import EVERY, Slots, slot_of
from cache.redis_target import RedisAddress
from cache.redis_trouble import Redirect
from cache.stats import CacheStats
from cache.tier import Budget, Kept, Put, Stored, Trouble

CHANNEL: Final = "tally:changes"
Done: TypeAlias = Stored | Kept | Redirect | Trouble
"""What became of a put."""
_NOBODY: Final = ""
_BEAT_TTL_SECONDS: Final = 10.0
_TRIES: Final = 1000
"""Of keys for the beat; a millisecond, while all else waits."""
_STOP_SECONDS: Final = 1.0


class RedisNode:
    """A primary, or a replica that only answers gets. For one event loop; away until `start`.

    Well is who answers within `quick` seconds; `hides` are the secrets that no log may show.
    """

    def __init__(
        self,
        address: RedisAddress,
        credentials: Credentials,
        stats: CacheStats,
        limits: Limits,
        *,
        quick: float,
        hides: Callable[[], Sequence[str]],
        cluster: bool = False,
        replica: bool = False,
    ) -> None:
        self.address = address
        self.name = str(address)
        lasting = credentials.connection_seconds
        self.usable_until = float("inf") if lasting is None else time.monotonic() + lasting
        """By the monotonic clock: whoever we are to it may be forgotten then."""
        self._driver = RedisDriver(address, credentials, limits, replica=cluster and replica)
        self._commands = RedisCommands(self._driver, cluster=cluster)
        self._stats = stats
        self._beat_name = f"tally:beat:{os.getpid()}-{os.urandom(4).hex()}"
        self._slots = EVERY
        self._beat_key = self._beat_name
        self._prove = self._read_beat if replica else self._write_beat
        self._guard = Guard(
            self.name,
            stats,
            secrets=hides,
            beat=self._prove,
            reach=self._reach,
            warm=self._commands.ping,
            width=limits.max_connections,
            quick=quick,
            slow=limits.socket_connect_timeout,
        )

    @property
    def in_use(self) -> bool:
        return self._guard.in_use

    @property
    def places_taken(self) -> int:
        """Calls under way."""
        return self._guard.places_taken

    @property
    def waiting(self) -> int:
        """Calls that wait until they may begin."""
        return self._guard.waiting

    def holds(self, slots: Slots) -> None:
        """It has these slots from now on: its beat uses a key in one of them.

        Where it has so few that none is found soon, it answers with a redirect, which will do.
        """
        if slots and slots != self._slots:
            self._slots = slots
            tried = (f"{self._beat_name}-{number}" for number in range(_TRIES))
            fitting = (
                key
                for key in chain([self._beat_key], tried)
                if any(slot_of(key) in held for held in slots)
            )
            self._beat_key = next(fitting, self._beat_key)

    async def start(self) -> None:
        """Begin to look after it, and wait a little for how it is."""
        await self._guard.start()

    async def stop(self) -> None:
        await self._guard.stop(seconds=_STOP_SECONDS, last=self._driver.close)

    async def get(self, key: str, budget: Budget, *, asking: bool = False) -> Value | Trouble:
        command = partial(self._commands.get, key, asking=asking)
        return await self._guard.ask(command, budget, "redis_get")

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, asking: bool = False
    ) -> Sequence[Value] | Trouble:
        command = partial(self._commands.get_many, keys, asking=asking)
        return await self._guard.ask(command, budget, "redis_get")

    async def put_many(
        self, puts: Sequence[Put], budget: Budget, *, asking: bool = False
    ) -> Sequence[Done]:
        """A portion after the other, each over whichever connection is free: others need them, too.

        A portion that fails as a whole does not end it; the budget does, and the breaker.
        """
        done = list[Done]()
        for some in portions(puts):
            command = partial(self._commands.put_many, some, CHANNEL, asking=asking)
            told: Sequence[Done] | Trouble = await self._guard.ask_each(
                command, budget, "redis_put"
            )
            done += [told] * len(some) if isinstance(told, Trouble) else told
        for put, one in zip(puts, done, strict=True):
            if isinstance(one, Stored):
                self._stats.entry(len(put.value))
        return done

    async def info(self, budget: Budget) -> bytes | Trouble | None:
        """What it tells of itself; None if it does not tell us."""
        return await self._guard.ask(self._commands.info, budget)

    async def listen(self, deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        await self._guard.attend(lambda: self._commands.listen(CHANNEL, deliver, heard))

    async def _reach(self) -> object:
        """Over new connections: the name may lead elsewhere now, while the old server lives on."""
        await self._driver.close()
        await self._driver.resolve()
        return await self._prove()

    async def _write_beat(self) -> object:
        """Do what requests do, script and write and all: a PING succeeds also on a full server.

        A redirect proves it well, too: only where its slots are has changed.
        """
        value = prefix(time.monotonic_ns() // 1_000_000, "beat").encode()
        beat = Put(key=self._beat_key, value=value, seconds=_BEAT_TTL_SECONDS)
        (told,) = await self._commands.put_many([beat], _NOBODY)
        if isinstance(told, Exception):
            raise told
        return told

    async def _read_beat(self) -> object:
        """A get, as requests send it: one that lost its primary may refuse that, but not a PING."""
        return await self._commands.get(self._beat_key)

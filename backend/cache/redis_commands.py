"""What is asked of a server, and what its answers mean. Knows the driver's words, no class."""

from collections.abc import Callable, Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Any, Final, TypeAlias, cast

from cache.redis_driver import RedisDriver
from cache.redis_layout import Layout, read_cluster, read_sentinel
from cache.redis_target import Node
from cache.redis_trouble import Redirect, forgotten, redirect, refused, wrong_type

Value: TypeAlias = bytes | Redirect | None
"""Empty bytes: somebody else's list or hash under our key."""

_SCRIPT: Final = files("cache").joinpath("put_if_newer.lua").read_text()
_SHA: Final = sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
"""The name that servers give it."""


class RedisCommands:
    """The commands for one server, each raising whatever the driver raises.

    In a cluster, who was asked for what another one holds says so: that is an answer.
    """

    def __init__(self, driver: RedisDriver, *, cluster: bool = False) -> None:
        self._driver = driver
        self._cluster = cluster

    async def ping(self) -> None:
        await self._driver.ask("PING")

    async def get(self, key: str, *, asking: bool = False) -> Value:
        """The value; `asking` follows an ASK redirect."""
        try:
            return cast("bytes | None", await self._driver.ask("GET", key, asking=asking))
        except Exception as error:
            return self._meaning(error)

    async def get_many(self, keys: Sequence[str], *, asking: bool = False) -> Sequence[Value]:
        """For each key in turn what `get` gives, in one round trip.

        But of several keys outside of a cluster somebody else's list or hash is None, too: so MGET
        says it.
        """
        if len(keys) == 1:
            return [await self.get(keys[0], asking=asking)]
        if not self._cluster:
            return cast("Sequence[Value]", await self._driver.ask("MGET", *keys))
        before = [("ASKING",)] if asking else []
        answers = await self._driver.ask_all(
            [words for key in keys for words in (*before, ("GET", key))]
        )
        return [
            self._meaning(answer) if isinstance(answer, Exception) else answer
            for answer in answers[len(before) :: len(before) + 1]
        ]

    async def put_if_newer(
        self, key: str, value: bytes, lifetime_ms: int, channel: str, *, asking: bool = False
    ) -> int | bytes | Redirect:
        """What put_if_newer.lua says. Told in full only to a server that does not know it."""
        words = (1, key, value, lifetime_ms, channel)
        try:
            answer = await self._known(words, asking)
        except Exception as error:
            answer = self._redirected(error)
        return cast("int | bytes | Redirect", answer)

    async def _known(self, words: Sequence[Any], asking: bool) -> object:
        try:
            return await self._driver.ask("EVALSHA", _SHA, *words, asking=asking)
        except Exception as error:
            if not forgotten(error):
                raise
            return await self._driver.ask("EVAL", _SCRIPT, *words, asking=asking)

    async def info(self) -> bytes | None:
        """What INFO says; None if it says so to others only."""
        try:
            # As bytes: the driver would take "INFO" apart in its own way.
            return cast("bytes", await self._driver.ask(b"INFO"))
        except Exception as error:
            if not refused(error):
                raise
            return None

    async def listen(
        self, channel: str, deliver: Callable[[bytes], None], heard: Callable[[], None]
    ) -> None:
        await self._driver.listen(channel, deliver, heard)

    def _meaning(self, error: Exception) -> Value:
        return b"" if wrong_type(error) else self._redirected(error)

    def _redirected(self, error: Exception) -> Redirect:
        """Where it says to go. Raises the error if it says no such thing, or to nobody who can."""
        told = redirect(error) if self._cluster else None
        if told is None:
            raise error
        return told


async def ask_sentinel(driver: RedisDriver, service: str, *, replicas: bool) -> Layout:
    """The service as this Sentinel sees it. Raises what the driver raises, or ValueError."""
    primary = await driver.ask("SENTINEL", "MASTER", service)
    address = await driver.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", service)
    others = await driver.ask("SENTINEL", "REPLICAS", service) if replicas else ()
    return read_sentinel(primary, address, others)


async def ask_cluster(driver: RedisDriver, asked: Node) -> Layout:
    """The cluster as this node sees it. Raises what the driver raises, or ValueError."""
    slots, info = await driver.ask("CLUSTER", "SLOTS"), await driver.ask("CLUSTER", "INFO")
    return read_cluster(slots, info, asked)

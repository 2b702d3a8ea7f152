"""What is asked of a server, and what its answers mean. Knows the driver's words, no class."""

from collections.abc import Callable, Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Any, Final, TypeAlias, cast

from cache.redis_driver import RedisDriver
from cache.redis_layout import Layout, read_cluster, read_sentinel
from cache.redis_target import Node
from cache.redis_trouble import Redirect, forgotten, redirect, refused, wrong_type
from cache.tier import Kept, Put, Stored

Value: TypeAlias = bytes | Redirect | None
"""Empty bytes: somebody else's list or hash under our key."""
Said: TypeAlias = Stored | Kept | Redirect | Exception
"""Of a put."""

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
        answers = await self._each([("GET", key) for key in keys], asking)
        return [
            self._meaning(answer) if isinstance(answer, Exception) else answer for answer in answers
        ]

    async def put_many(
        self, puts: Sequence[Put], channel: str, *, asking: bool = False
    ) -> Sequence[Said]:
        """What put_if_newer.lua says of each, in one round trip; errors are values.

        It is told in full only to a server that does not know it, and once, with the first of those
        that met this.
        """
        named = [("EVALSHA", _SHA, *_words(put, channel)) for put in puts]
        answers = [*await self._each(named, asking)]
        again = [number for number, answer in enumerate(answers) if _unknown(answer)]
        if again:
            first, *others = again
            told = ("EVAL", _SCRIPT, *_words(puts[first], channel))
            retold = await self._each([told, *(named[number] for number in others)], asking)
            for number, answer in zip(again, retold, strict=True):
                answers[number] = answer
        return [self._said(answer) for answer in answers]

    async def _each(self, commands: Sequence[Sequence[Any]], asking: bool) -> Sequence[Any]:
        """The answers to commands sent at once, errors as values."""
        if len(commands) == 1:  # a tenth less than a pipeline of one
            try:
                return [await self._driver.ask(*commands[0], asking=asking)]
            except Exception as error:
                return [error]
        before = [("ASKING",)] if asking else []
        sent = [words for command in commands for words in (*before, command)]
        return (await self._driver.ask_all(sent))[len(before) :: len(before) + 1]

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
        """Raises the error if it means nothing."""
        if wrong_type(error):
            return b""
        if told := self._redirect(error):
            return told
        raise error

    def _said(self, answer: int | bytes | Exception) -> Said:
        if isinstance(answer, Exception):
            return self._redirect(answer) or answer
        return (
            Stored() if answer == 1 else Kept(newer=answer if isinstance(answer, bytes) else None)
        )

    def _redirect(self, error: Exception) -> Redirect | None:
        """Where it says to go; None if it says no such thing, or to nobody who can."""
        return redirect(error) if self._cluster else None


def _words(put: Put, channel: str) -> Sequence[Any]:
    return (1, put.key, put.value, max(1, round(put.seconds * 1000)), channel)


def _unknown(answer: object) -> bool:
    """Whether the script is."""
    return isinstance(answer, Exception) and forgotten(answer)


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

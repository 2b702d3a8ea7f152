"""Several Redis servers that belong together: started, found whole or made whole, ended as one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from .filed_redis import FiledRedis
from .redis_server import RedisServer
from .server import ServerError

TOGETHER_SECONDS = 30.0  # many times what a loaded machine with two cores needs


class RedisFleet:
    """`nodes` keep data, `watchers` do not. What they are at first is what `whole` brings back."""

    nodes: Sequence[FiledRedis]
    watchers: Sequence[FiledRedis] = ()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The REDIS_URL of all of them."""
        raise NotImplementedError

    def followers(self) -> Mapping[RedisServer, Sequence[RedisServer]]:
        """The replicas of each primary, as they are at first."""
        raise NotImplementedError

    def is_as_at_first(self) -> bool:
        """Whether all run in their first roles and know each other. Raises as `ask` does."""
        raise NotImplementedError

    def bind(self) -> None:
        """Makes servers that have just begun know each other."""

    def start(self) -> Self:
        """Returns once all work together; raises ServerError, and none runs, if they do not."""
        try:
            for server in (*self.nodes, *self.watchers):
                server.start()
            self.bind()
            soon(self._is_whole, f"{type(self).__name__} did not come together")
        except BaseException:
            for server in (*self.nodes, *self.watchers):
                server.kill()
            raise
        return self

    def whole(self) -> Self:
        """All run in their first roles and are empty: begun anew if a test has left them otherwise.

        Ports and URLs stay.
        """
        for server in (*self.nodes, *self.watchers):
            server.thaw()
        if not self._is_whole():
            self.begin_anew()
        self.flush()
        return self

    def begin_anew(self) -> None:
        """Kills all of them; they start as if for the first time."""
        for server in (*self.nodes, *self.watchers):
            server.forget()
        self.start()

    def flush(self) -> None:
        """Empties all, scripts too; the replicas as well when this returns."""
        for primary in self.followers():
            primary.ask("FLUSHALL")
        for node in self.nodes:
            node.ask("SCRIPT FLUSH")
        soon(self.caught_up, "replicas did not follow")

    def replicas_linked(self) -> bool:
        """Whether every replica follows its first primary, and that one knows it."""
        return all(
            _told(primary, "role") == "master"
            and _told(primary, "connected_slaves") == str(len(replicas))
            and all(_told(node, "master_port") == str(primary.told_port) for node in replicas)
            and all(_told(node, "master_link_status") == "up" for node in replicas)
            for primary, replicas in self.followers().items()
        )

    def caught_up(self) -> bool:
        """Whether each replica has all that its primary had been told when this was called."""
        return all(
            int(_told(replica, "slave_repl_offset")) >= told
            for primary, replicas in self.followers().items()
            for told in [int(_told(primary, "master_repl_offset"))]
            for replica in replicas
        )

    def close(self) -> None:
        for server in (*self.watchers, *self.nodes):
            server.kill()
            server.close()

    def _is_whole(self) -> bool:
        try:
            return self.is_as_at_first()
        except (OSError, ServerError):
            return False


def soon(fact: Callable[[], bool], otherwise: str, *, seconds: float = TOGETHER_SECONDS) -> None:
    """Returns once it is so; raises ServerError when that takes too long."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            raise ServerError(f"{otherwise} within {seconds:.0f} seconds.")
        time.sleep(0.02)


def _told(server: RedisServer, name: str) -> str:
    return server.facts("INFO replication").get(name, "")

"""A Redis primary, its replicas, and the Sentinels that replace it when it dies."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .filed_redis import FOLLOWING, SERVICE, FiledRedis, Sentinel
from .redis_fleet import RedisFleet
from .redis_server import RedisServer, RedisTls
from .server import ServerError


class RedisSentinels(RedisFleet):
    """The first of `nodes` is the primary at first. Kill `primary` to see a failover.

    A dead primary is missed after one second and replaced within about two more. With `tls` all
    speak it, the Sentinels too.
    """

    def __init__(
        self,
        binary: str,
        *,
        replicas: int = 2,
        sentinels: int = 3,
        password: str | None = None,
        sentinel_password: str | None = None,
        tls: RedisTls | None = None,
    ) -> None:
        node: dict[str, Any] = {"password": password, "tls": tls}
        trust = [f"masterauth {shlex.quote(password)}"] if password else []
        first = FiledRedis(binary, **node, config=[*FOLLOWING, *trust])
        config = [*FOLLOWING, *trust, f"replicaof 127.0.0.1 {first.told_port}"]
        others = [FiledRedis(binary, **node, config=config) for _ in range(replicas)]
        self.nodes: Sequence[FiledRedis] = [first, *others]
        self.sentinels = [
            Sentinel(
                binary,
                watched=first,
                quorum=sentinels // 2 + 1,
                password=sentinel_password,
                tls=tls,
            )
            for _ in range(sentinels)
        ]
        self.watchers = self.sentinels

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{sentinel.told_port}" for sentinel in self.sentinels)
        secret = self.sentinels[0].password
        options = [f"sentinel_password={quote(secret, safe='')}"] if secret else []
        first = self.nodes[0]
        options += [first.tls_options] if first.tls_options else []
        scheme = "rediss" if first.tls_options else "redis"
        tail = f"?{'&'.join(options)}" if options else ""
        return f"{scheme}+sentinel://{first.account}{places}/{SERVICE}/0{tail}"

    @property
    def primary(self) -> RedisServer:
        """The one that the first Sentinel to answer names now."""
        for sentinel in self.sentinels:
            if sentinel.running:
                port = sentinel.ask(f"SENTINEL GET-MASTER-ADDR-BY-NAME {SERVICE}").split()[1]
                return next(node for node in self.nodes if node.told_port == int(port))
        raise ServerError("no Sentinel is running.")

    @property
    def replicas(self) -> list[RedisServer]:
        """All but the primary, whatever they are up to."""
        return [node for node in self.nodes if node is not self.primary]

    def followers(self) -> Mapping[RedisServer, Sequence[RedisServer]]:
        return {self.nodes[0]: self.nodes[1:]}

    def is_as_at_first(self) -> bool:
        return self.replicas_linked() and all(map(self._is_content, self.sentinels))

    def _is_content(self, sentinel: Sentinel) -> bool:
        """Whether it sees the first primary well, all replicas at work, and all its likes."""
        seen = sentinel.primary()
        return (
            (seen["port"], seen["flags"]) == (str(self.nodes[0].told_port), "master")
            and int(seen["num-other-sentinels"]) == len(self.sentinels) - 1
            and sorted(sentinel.replicas()) == sorted(node.told_port for node in self.nodes[1:])
        )

"""A Redis that has its settings in a file and writes down there what it learns, and a Sentinel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from .redis_server import RedisServer

FOLLOWING = (
    "repl-diskless-sync-delay 0",
    "repl-ping-replica-period 1",
    "rdb-del-sync-files yes",
)
"""Settings of a node: replicas follow soon, and nobody comes back with what it had."""
SERVICE = "mymaster"
DOWN_AFTER_SECONDS = 1.0
FAILOVER_SECONDS = 3.0
"""What a step of a failover may take; a second try waits twice as long."""


class FiledRedis(RedisServer):
    """As its file says at the first start; from then on as the file was rewritten, over deaths."""

    def command(self) -> list[str]:
        if not self._file.exists():
            self._file.write_text("\n".join(map(_line, self.settings())) + "\n")
        return [self._binary, str(self._file)]

    def forget(self) -> None:
        """Kills it; it begins anew at the next start."""
        self.kill()
        for path in self.folder.iterdir():
            if path.is_file() and path != self._log:
                path.unlink()

    @property
    def _file(self) -> Path:
        return self.folder / "redis.conf"


class Sentinel(FiledRedis):
    """One of those who watch over a primary and replace it when most of them miss it."""

    def __init__(self, binary: str, *, watched: RedisServer, quorum: int, **options: Any) -> None:
        super().__init__(binary, **options)
        self._watched = watched
        self._quorum = quorum

    def command(self) -> list[str]:
        return [*super().command(), "--sentinel"]

    def start(self) -> Self:
        """Starts it in a hurry: it looks around several times a second, not every ten seconds."""
        super().start()
        self.ask("SENTINEL DEBUG info-period 300 publish-period 200 ask-period 300")
        return self

    def settings(self) -> Iterator[list[str]]:
        yield from super().settings()
        yield from (["sentinel", *words] for words in self._orders())

    def primary(self) -> dict[str, str]:
        """What it knows of the primary."""
        return _pairs(self.ask(f"SENTINEL MASTER {SERVICE}").splitlines())

    def replicas(self) -> list[int]:
        """The ports of those that it knows to follow the primary."""
        return [int(one["port"]) for one in self._replicas() if _follows(one)]

    def misses_replicas(self) -> bool:
        """Whether it holds every replica for down: not only for not connected, which passes."""
        return all("s_down" in one["flags"].split(",") for one in self._replicas())

    def _replicas(self) -> list[dict[str, str]]:
        lines = self.ask(f"SENTINEL REPLICAS {SERVICE}").splitlines()
        starts = [place for place, line in enumerate(lines) if line == "name"]
        return [_pairs(lines[a:b]) for a, b in zip(starts, [*starts[1:], None], strict=True)]

    def _orders(self) -> Iterator[Sequence[str]]:
        place = ("127.0.0.1", str(self._watched.told_port), str(self._quorum))
        yield ("monitor", SERVICE, *place)
        yield ("down-after-milliseconds", SERVICE, f"{DOWN_AFTER_SECONDS * 1000:.0f}")
        yield ("failover-timeout", SERVICE, f"{FAILOVER_SECONDS * 1000:.0f}")
        yield ("parallel-syncs", SERVICE, "9")
        if self._watched.password:
            yield ("auth-pass", SERVICE, self._watched.password)


def _follows(replica: Mapping[str, str]) -> bool:
    return (replica["flags"], replica["master-link-status"]) == ("slave", "ok")


def _pairs(lines: Sequence[str]) -> dict[str, str]:
    return dict(zip(lines[::2], lines[1::2], strict=True))


def _line(words: Sequence[str]) -> str:
    quoted = (word.replace("\\", r"\\").replace('"', r"\"") for word in words)
    return " ".join(f'"{word}"' for word in quoted)

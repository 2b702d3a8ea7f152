"""The move of one slot of a cluster from a primary to another, step by step."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from .redis_server import RedisServer

MOVE_MILLISECONDS = 900  # a little less than `ask` waits


class SlotMove:
    """Begun when made: the source answers for the keys it still has, ASK for the others.

    `carry` some keys and stop to stay in between; `finish` carries the rest and tells everybody.
    """

    def __init__(
        self, slot: int, source: RedisServer, target: RedisServer, primaries: Sequence[RedisServer]
    ) -> None:
        self.slot = slot
        self.source = source
        self.target = target
        self._others = [node for node in primaries if node not in (source, target)]
        target.ask(f"CLUSTER SETSLOT {slot} IMPORTING {source.ask('CLUSTER MYID')}")
        source.ask(f"CLUSTER SETSLOT {slot} MIGRATING {target.ask('CLUSTER MYID')}")

    def keys(self, most: int = 1000) -> list[str]:
        """Those that the source still has, at most so many."""
        return self.source.ask(f"CLUSTER GETKEYSINSLOT {self.slot} {most}").splitlines()

    def carry(self, most: int = 1000) -> int:
        """Moves at most so many keys; gives how many there were."""
        if keys := self.keys(most):
            place = f"127.0.0.1 {self.target.told_port} '' 0 {MOVE_MILLISECONDS}"
            self.source.ask(f"MIGRATE {place} REPLACE KEYS {shlex.join(keys)}")
        return len(keys)

    def finish(self) -> None:
        """The target first: at no moment does nobody claim the slot."""
        while self.carry():
            pass
        new = self.target.ask("CLUSTER MYID")
        for node in (self.target, self.source, *self._others):
            node.ask(f"CLUSTER SETSLOT {self.slot} NODE {new}")

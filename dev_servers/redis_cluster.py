"""A Redis cluster: primaries that share the slots, a replica for each, and slots that move."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import combinations, pairwise
from typing import Self

from .cluster_view import Seen, read_view
from .filed_redis import FOLLOWING, FiledRedis
from .processes import free_port
from .redis_fleet import RedisFleet, soon
from .redis_server import RedisServer, RedisTls
from .server import ServerError
from .slot_move import SlotMove

SLOTS = 16_384
NODE_TIMEOUT_SECONDS = 1.2
FEW_SLOTS = 20  # to be brought back one by one; for more it is faster to begin anew
CLUSTER = (
    *FOLLOWING,
    "cluster-enabled yes",
    f"cluster-node-timeout {NODE_TIMEOUT_SECONDS * 1000:.0f}",
    "cluster-replica-validity-factor 0",
    "cluster-allow-replica-migration no",
)


class RedisCluster(RedisFleet):
    """The first half of `nodes` are primaries at first, each followed by its like in the second.

    A dead primary is missed after about one second and replaced within about two more. With `tls`
    all speak it, among themselves too.
    """

    def __init__(self, binary: str, *, primaries: int = 3, tls: RedisTls | None = None) -> None:
        lines = [*CLUSTER, "tls-cluster yes"] if tls else CLUSTER
        self._buses = [free_port() for _ in range(2 * primaries)]
        self.nodes: Sequence[FiledRedis] = [
            FiledRedis(binary, tls=tls, config=[*lines, f"cluster-port {bus}"])
            for bus in self._buses
        ]
        self._first = self.nodes[:primaries]
        edges = [SLOTS * number // primaries for number in range(primaries + 1)]
        self._slots = [range(low, high) for low, high in pairwise(edges)]

    @property
    def url(self) -> str:
        places = ",".join(f"127.0.0.1:{node.told_port}" for node in self._first)
        options = self.nodes[0].tls_options
        return f"rediss+cluster://{places}?{options}" if options else f"redis+cluster://{places}"

    def followers(self) -> Mapping[RedisServer, Sequence[RedisServer]]:
        pairs = zip(self._first, self.nodes[len(self._first) :], strict=True)
        return {primary: [replica] for primary, replica in pairs}

    def is_as_at_first(self) -> bool:
        homes = zip(self._first, self._slots, strict=True)
        roles = [("master", node, f"{slots[0]}-{slots[-1]}") for node, slots in homes]
        roles += [("slave", primary, "") for primary in self._first]
        expected = dict(zip(self.nodes, roles, strict=True))
        return (
            all(
                self._roles(node) == expected
                and node.facts("CLUSTER INFO")["cluster_state"] == "ok"
                for node in self.nodes
            )
            and self.replicas_linked()
        )

    def bind(self) -> None:
        for epoch, (node, slots) in enumerate(zip(self._first, self._slots, strict=True), 1):
            node.ask(f"CLUSTER ADDSLOTSRANGE {slots[0]} {slots[-1]}")
            node.ask(f"CLUSTER SET-CONFIG-EPOCH {epoch}")
        places = [
            f"127.0.0.1 {node.told_port} {bus}"
            for node, bus in zip(self.nodes, self._buses, strict=True)
        ]
        pairs = zip(self.nodes, places, strict=True)
        for (node, _), (_, place) in combinations(pairs, 2):
            node.ask(f"CLUSTER MEET {place}")
        soon(self._have_met, "the nodes of a cluster did not meet")
        for primary, (replica,) in self.followers().items():
            replica.ask(f"CLUSTER REPLICATE {primary.ask('CLUSTER MYID')}")

    def whole(self) -> Self:
        """As of every fleet; where slots have moved and nothing else happened, they just return."""
        with suppress(OSError, ServerError):
            self._bring_home()
        return super().whole()

    def primary_of(self, slot: int) -> RedisServer:
        """Who serves it now, as the first node sees it that answers; ServerError if nobody does."""
        for seen in self._view():
            if slot in seen.held and "fail" not in seen.flags:
                return self._node(seen)
        raise ServerError(f"nobody serves slot {slot}.")

    def slot_of(self, key: str) -> int:
        return int(self._answering().ask(f"CLUSTER KEYSLOT {shlex.quote(key)}"))

    def begin_move(self, slot: int, to: RedisServer) -> SlotMove:
        """A move that has begun and carried nothing yet; it is for the caller to finish."""
        primaries = [self._node(seen) for seen in self._view() if seen.role == "master"]
        return SlotMove(slot, self.primary_of(slot), to, primaries)

    def move_slot(self, slot: int, to: RedisServer) -> None:
        """All of a move, keys and all; `to` must be a primary."""
        self.begin_move(slot, to).finish()

    def _bring_home(self) -> None:
        own = [self._own_line(node) for node in self._first]
        for node, seen in zip(self._first, own, strict=True):
            for slot in seen.moving:
                node.ask(f"CLUSTER SETSLOT {slot} STABLE")
        homes = zip(self._first, self._slots, own, strict=True)
        away = [(slot, home) for home, slots, seen in homes for slot in {*slots} - seen.held]
        if 0 < len(away) <= FEW_SLOTS:
            for slot, home in away:
                self.move_slot(slot, home)
            soon(self._is_whole, "slots did not come home", seconds=2.0)

    def _have_met(self) -> bool:
        views = [self._view(node) for node in self.nodes]
        roles = [[seen.role for seen in view] for view in views]
        return all(one == ["master"] * len(self.nodes) for one in roles)

    def _roles(self, asked: RedisServer) -> dict[RedisServer, tuple[str, RedisServer, str]]:
        """Each node's role, primary (itself, if it is one) and slots, as one of them sees it."""
        view = self._view(asked)
        nodes = {seen.node_id: self._node(seen) for seen in view}
        return {
            node: (seen.role, nodes.get(seen.follows, node), " ".join(seen.slots))
            for seen, node in zip(view, nodes.values(), strict=True)
        }

    def _own_line(self, node: RedisServer) -> Seen:
        return next(seen for seen in self._view(node) if self._node(seen) is node)

    def _node(self, seen: Seen) -> FiledRedis:
        return next(node for node in self.nodes if seen.port in (node.port, node.tls_port))

    def _view(self, asked: RedisServer | None = None) -> list[Seen]:
        return [*read_view((asked or self._answering()).ask("CLUSTER NODES"))]

    def _answering(self) -> RedisServer:
        for node in self.nodes:
            if node.answers():
                return node
        raise ServerError("no node of the cluster answers.")

"""Where a key belongs: the shards of a Redis target, their servers and their slots. Pure.

Every topology is described alike: one server is one shard without replicas, Sentinels watch over
one shard, and a cluster has many. Source of the slots: the Redis Cluster specification.
"""

from binascii import crc_hqx
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cache.redis_target import Node

SLOTS: Final = 16_384
Slots = tuple[range, ...]
EVERY: Final[Slots] = (range(SLOTS),)


@dataclass(frozen=True, kw_only=True)
class Shard:
    """A primary, its replicas, and the slots they hold."""

    primary: Node
    replicas: tuple[Node, ...] = ()
    slots: Slots = EVERY


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The shards as somebody described them, in the order of their slots.

    `epoch` rises with every failover, and with most moves of slots: equal epochs may differ there.
    `sound`: whoever described it was itself part of the majority.
    """

    shards: tuple[Shard, ...]
    epoch: int = 0
    sound: bool = True

    @property
    def primaries(self) -> tuple[Node, ...]:
        return tuple(shard.primary for shard in self.shards)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every server, primaries first."""
        replicas = [node for shard in self.shards for node in shard.replicas]
        return tuple(dict.fromkeys([*self.primaries, *replicas]))


def slot_of(key: str) -> int:
    """The slot of a key: its CRC16 (XMODEM), of the part in {braces} alone if there is one."""
    begin = key.find("{")
    end = key.find("}", begin + 1) if begin >= 0 else -1
    hashed = key[begin + 1 : end] if end > begin + 1 else key
    return crc_hqx(hashed.encode(), 0) % SLOTS


def newest(layouts: Iterable[Layout]) -> Layout | None:
    """The one to believe: from the majority, of the highest epoch, with the most shards.

    Who knows of no shard has left the others, and has no say.
    """
    return max(
        layouts,
        key=lambda one: (one.sound, bool(one.shards), one.epoch, len(one.shards)),
        default=None,
    )


def read_cluster(slots: Sequence[Any], info: bytes, asked: Node) -> Layout:
    """What CLUSTER SLOTS and CLUSTER INFO say. Raises ValueError for what they never say.

    A server that does not know its own name leaves it out: it is the one that was asked.
    """
    held: dict[Node, list[range]] = {}
    behind: dict[Node, tuple[Node, ...]] = {}
    for first, last, *servers in slots:
        primary, *replicas = [_node(server, asked) for server in servers]
        held.setdefault(primary, []).append(range(int(first), int(last) + 1))
        behind[primary] = _in_order(replicas)
    shards = [
        Shard(
            primary=primary,
            replicas=behind[primary],
            slots=tuple(sorted(ranges, key=lambda one: one.start)),
        )
        for primary, ranges in held.items()
    ]
    facts = _facts(info)
    return Layout(
        shards=tuple(sorted(shards, key=lambda shard: shard.slots[0].start)),
        epoch=int(facts.get("cluster_current_epoch", 0)),
        sound=facts.get("cluster_state") == "ok",
    )


def read_sentinel(
    master: Sequence[bytes], address: Sequence[bytes], replicas: Sequence[Sequence[bytes]]
) -> Layout:
    """What SENTINEL MASTER, GET-MASTER-ADDR-BY-NAME and REPLICAS say.

    The address is not taken from MASTER: the Sentinel that leads a failover shows the new epoch
    there with the old address until every replica has been reconfigured. Replicas that are away, or
    cut off from the primary, are left out. Raises KeyError or ValueError for nonsense.
    """
    host, port = address
    facts = _pairs(master)
    others = [_pairs(replica) for replica in replicas]
    return Layout(
        shards=(
            Shard(
                primary=Node(host=host.decode(), port=int(port)),
                replicas=_in_order(_announced(other) for other in others if _serves(other)),
            ),
        ),
        epoch=int(facts["config-epoch"]),
    )


def _node(server: Sequence[Any], asked: Node) -> Node:
    host, port = server[0], int(server[1])
    name = host.decode() if isinstance(host, bytes) else ""
    if name == "?":  # the cluster tells names, and this one has none
        name = _pairs(server[3] if len(server) > 3 else ()).get("ip", "")
    return Node(host=name or asked.host, port=port)


def _in_order(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Servers list them as they like, and equal layouts should be equal."""
    return tuple(sorted(nodes, key=lambda node: (node.host, node.port)))


def _facts(info: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in info.decode().splitlines())
    return {name: value for name, _, value in lines}


def _pairs(flat: Sequence[bytes]) -> Mapping[str, str]:
    words = [word.decode() for word in flat]
    return dict(zip(words[::2], words[1::2], strict=True))


def _announced(facts: Mapping[str, str]) -> Node:
    return Node(host=facts["ip"], port=int(facts["port"]))


def _serves(replica: Mapping[str, str]) -> bool:
    away = {"s_down", "o_down", "disconnected"} & set(replica["flags"].split(","))
    return not away and replica.get("master-link-status") == "ok"

"""What happens to Sentinels' Redis and to clusters in production: primaries die, slots move.

Each act returns the spells that it was, once all APIs use Redis again.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from dev_servers import RedisCluster, RedisSentinels, RedisServer, SlotMove
from dev_servers.cluster_view import read_view
from dev_servers.filed_redis import DOWN_AFTER_SECONDS, SERVICE
from dev_servers.redis_cluster import NODE_TIMEOUT_SECONDS
from live.failover import moved, uses
from live.soak import longer
from live.spells import Load, Spell
from patience import seen

CHANNEL: Final = "tally:changes"
MOVING: Final = longer(20, 60)
"""Slots that move at a time; each holds a job."""


async def failed_over(load: Load, sentinels: RedisSentinels, seconds: float) -> list[Spell]:
    """The primary is killed and comes back as a replica; its successor is told to step back."""
    await all_known(sentinels)
    first = sentinels.primary
    killed = await moved(
        load,
        "Sentinel, primary killed",
        first.kill,
        moved_on(sentinels, first),
        missed_after=DOWN_AFTER_SECONDS,
    )
    first.start()
    await all_known(sentinels)
    calm = await load.spell("Sentinel, calm", seconds)
    second = sentinels.primary
    ordered = await moved(
        load,
        "Sentinel, failover ordered",
        lambda: sentinels.sentinels[0].ask(f"SENTINEL FAILOVER {SERVICE}"),
        moved_on(sentinels, second),
        missed_after=DOWN_AFTER_SECONDS,
    )
    return [killed, calm, ordered]


def moved_on(sentinels: RedisSentinels, old: RedisServer) -> Callable[[dict[str, Any]], bool]:
    """Whether the new primary alone is used, and somebody listens there."""
    well = uses(1, without=old)

    def holds(stats: dict[str, Any]) -> bool:
        if not well(stats) or (new := sentinels.primary) is old:
            return False
        return new.ask(f"PUBSUB NUMSUB {CHANNEL}") == f"{CHANNEL}\n1"

    return holds


async def all_known(sentinels: RedisSentinels) -> None:
    """Until every Sentinel counts on both replicas: an order may choose any, and fail with it."""
    await seen(lambda: {len(it.replicas()) for it in sentinels.sentinels}, lambda it: it == {2})


async def killed(load: Load, cluster: RedisCluster, shard: int) -> Spell:
    """The primary of a shard, which comes back as a replica."""
    first = cluster.primary_of(16_384 // 3 * shard + 1)
    spell = await moved(
        load,
        "cluster, primary killed",
        first.kill,
        uses(3, without=first),
        missed_after=NODE_TIMEOUT_SECONDS,
    )
    first.start()
    await seen(lambda: known_as(cluster, first), lambda roles: roles == {"slave"})
    return spell


def known_as(cluster: RedisCluster, server: RedisServer) -> set[str]:
    """What all nodes say that it is."""
    name = server.ask("CLUSTER MYID")
    views = [read_view(node.ask("CLUSTER NODES")) for node in cluster.nodes]
    return {one.role for view in views for one in view if one.node_id == name}


async def resharded(load: Load, cluster: RedisCluster, number: int, seconds: float) -> list[Spell]:
    """Slots move to another primary, and stay for a while with half of the keys carried."""
    slots = {cluster.slot_of(f"tally:job:{{{job}}}") for job in load.jobs}
    moves = [begun(cluster, slot) for slot in sorted(slots)[number::2][:MOVING]]
    for move in moves[::2]:
        move.carry()
    half = await load.spell("cluster, slots half moved", seconds)
    asked = sum("cmdstat_asking" in it.target.ask("INFO commandstats") for it in moves[::2])
    over = await moved(load, "cluster, slots moved", partial(finish, moves), uses(3))

    assert asked, "nobody was sent on to where a key had been carried"
    return [half, over, await load.spell("cluster, calm", seconds)]


def begun(cluster: RedisCluster, slot: int) -> SlotMove:
    source = cluster.primary_of(slot)
    target = next(node for node in primaries(cluster) if node is not source)
    return cluster.begin_move(slot, target)


def finish(moves: Sequence[SlotMove]) -> None:
    for move in moves:
        move.finish()


def primaries(cluster: RedisCluster) -> list[RedisServer]:
    return [cluster.primary_of(16_384 // 3 * shard + 1) for shard in range(3)]

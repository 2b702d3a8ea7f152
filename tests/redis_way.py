"""Routes over a fleet whose layout a test gives."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from cache.redis_fleet import Fleet
from cache.redis_layout import Layout, slot_of
from cache.redis_routes import Routes
from cache.tier import Budget, Put, PutOutcome
from dev_servers import RedisCluster
from patience import STARTED_SECONDS, until
from redis_parts import Opened, node_of, shared_by

KEYS: Final = [f"k{number}" for number in range(60)]
"""Twenty or so for each of three primaries."""
PATIENT: Final = 2.0


class Way:
    """Routes over a fleet, and how often they woke whoever looks after it."""

    def __init__(self, opened: Opened, fleet: Fleet) -> None:
        self.fleet = fleet
        self.stats = opened.stats
        self.wakes = 0
        self.routes = Routes(fleet, self._wake, opened.stats)

    def _wake(self) -> None:
        self.wakes += 1

    @property
    def strays(self) -> int:
        strays: int = self.stats.snapshot()["errors"]["cluster"]
        return strays

    async def get(self, key: str, seconds: float = PATIENT, *, newest: bool = False) -> object:
        return await self.routes.get(key, Budget(seconds), newest=newest)

    async def put(self, key: str, value: bytes, seconds: float = PATIENT) -> PutOutcome:
        return (await self.put_many({key: value}, seconds))[0]

    async def put_many(
        self, values: Mapping[str, bytes], seconds: float = PATIENT
    ) -> Sequence[PutOutcome]:
        puts = [Put(key=key, value=value, seconds=60.0) for key, value in values.items()]
        return await self.routes.put_many(puts, Budget(seconds))

    async def get_many(self, keys: Sequence[str], seconds: float = PATIENT) -> Sequence[object]:
        return await self.routes.get_many(keys, Budget(seconds), newest=False)


class Ways:
    """Opens routes over a layout, as in a cluster, until `stop`."""

    def __init__(self) -> None:
        self._open: list[Way] = []

    async def open(
        self, layout: Layout, *, replicas: bool = False, cluster: bool = True, away: int = 0
    ) -> Way:
        """All servers but those that are `away` are in use."""
        opened = Opened(cluster=cluster)
        way = Way(opened, opened.fleet(replicas=replicas))
        self._open.append(way)
        await way.fleet.adopt(layout)
        await until(lambda: [*way.fleet.states().values()].count(False) == away, STARTED_SECONDS)
        return way

    async def stop(self) -> None:
        for way in self._open:
            await way.fleet.stop()


def at_home(cluster: RedisCluster) -> Layout:
    """The cluster's layout, with a value under each key of KEYS."""
    for key in KEYS:
        cluster.nodes[slot_of(key) * 3 // 16384].ask(f"SET {key} {key}")
    layout = shared_by(*map(node_of, cluster.nodes[:3]))
    replicas = [(node_of(node),) for node in cluster.nodes[3:]]
    pairs = zip(layout.shards, replicas, strict=True)
    return replace(layout, shards=tuple(replace(one, replicas=two) for one, two in pairs))

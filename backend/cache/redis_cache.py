"""Redis as the cache: the knobs of its use, and a target's servers behind the face of a tier."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from cache.redis_credentials import Credentials
from cache.redis_discovery import find
from cache.redis_driver import Limits, RedisDriver
from cache.redis_facts import RedisFacts
from cache.redis_fleet import Fleet
from cache.redis_lookout import Lookout
from cache.redis_node import RedisNode
from cache.redis_routes import Routes
from cache.redis_target import Node, RedisTarget
from cache.stats import CacheStats
from cache.tier import Budget, Found, Put, PutOutcome, TierState

CACHE_TTL_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """How Redis is used. Each is also a setting, which wins over what is written here."""

    ttl_seconds: float
    """Seconds; of a moving job's value, as shown in the state. Each put brings its own."""
    max_connections: int
    """To each server."""
    socket_connect_timeout: float
    """Seconds; for the background beat, which opens the connections. Requests have their budget."""
    socket_timeout: float
    """Seconds; the driver's own last resort."""
    budget_seconds: float
    """Seconds that all Redis work of one request may take together."""


KNOBS = Knobs(
    ttl_seconds=CACHE_TTL_SECONDS,
    max_connections=10,
    socket_connect_timeout=2,
    socket_timeout=5,
    budget_seconds=0.05,
)


class RedisCache:
    """A `Cache` in Redis or Valkey, of any topology. For one event loop; away until `start`."""

    def __init__(
        self,
        target: RedisTarget,
        credentials: Credentials,
        stats: CacheStats,
        knobs: Knobs = KNOBS,
    ) -> None:
        self._target = target
        self._credentials = credentials
        self._stats = stats
        self._knobs = knobs
        self._limits = Limits(
            max_connections=knobs.max_connections,
            socket_connect_timeout=knobs.socket_connect_timeout,
            socket_timeout=knobs.socket_timeout,
        )
        self._name = str(target)
        self._shown_limits = {
            "budget_seconds": knobs.budget_seconds,
            **RedisDriver(target.server(target.first), credentials, self._limits).limits(),
        }
        self._fleet = Fleet(self._open_node, replicas=target.reads == "replica")
        self._lookout = Lookout(
            self._fleet,
            find(target, credentials, knobs.socket_connect_timeout),
            credentials,
            stats,
            name=self._name,
            hides=self._hides,
            patience=2.0 * knobs.socket_connect_timeout,
        )
        self._routes = Routes(self._fleet, self._lookout.wake, stats)
        self.facts = RedisFacts(self._fleet)

    async def start(self) -> None:
        await self._lookout.start()

    async def stop(self) -> None:
        await self._lookout.stop()
        await self.facts.stop()
        await self._fleet.stop()

    def state(self) -> TierState:
        in_use, nodes = self._fleet.in_use, self._fleet.nodes
        return TierState(
            enabled=in_use,
            detail="redis" if in_use else "redis-down",
            ttl_seconds=self._knobs.ttl_seconds,
            breaker="closed" if in_use else "open",
            server=self._name,
            limits=self._shown_limits,
            reads=self._target.reads,
            servers=self._fleet.states(),
            places_taken=sum(node.places_taken for node in nodes),
            waiting=sum(node.waiting for node in nodes),
        )

    def budget(self) -> Budget:
        return Budget(self._knobs.budget_seconds)

    def shard(self, key: str) -> Hashable | None:
        return self._routes.shard(key)

    async def get(self, key: str, budget: Budget, *, newest: bool = False) -> Found:
        return await self._routes.get(key, budget, newest=newest)

    async def get_many(
        self, keys: Sequence[str], budget: Budget, *, newest: bool = False
    ) -> Sequence[Found]:
        return await self._routes.get_many(keys, budget, newest=newest)

    async def put_many(self, puts: Sequence[Put], budget: Budget) -> Sequence[PutOutcome]:
        return await self._routes.put_many(puts, budget)

    async def listen(self, deliver: Callable[[bytes], None], heard: Callable[[], None]) -> None:
        await self._routes.listen(deliver, heard)

    def _open_node(self, node: Node, replica: bool) -> RedisNode:
        return RedisNode(
            self._target.server(node),
            self._credentials,
            self._stats,
            self._limits,
            quick=self._knobs.budget_seconds,
            hides=self._hides,
            cluster=self._target.topology == "cluster",
            replica=replica,
        )

    def _hides(self) -> Sequence[str]:
        """Every secret there is: none may be part of what is logged."""
        sentinels = getattr(self._target, "sentinel_password", None)
        return [*self._credentials.secrets, *([sentinels] if sentinels else [])]

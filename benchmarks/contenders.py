"""Who competes: Tally in each of its forms, the peers, and hello worlds. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

LANE: Final = "api.lane_protocol:Protocol"
DEFAULT_HTTP: Final = "httptools"


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One server to start. `app` is what uvicorn serves; `settings` are on top of the ground's."""

    name: str
    app: str
    kind: Literal["hello", "tally", "peer"] = "peer"
    http: str = DEFAULT_HTTP
    database: Literal["postgres", "sqlite"] = "postgres"
    settings: Mapping[str, str] = field(default_factory=dict)
    cached_by_nginx: bool = False

    @property
    def prefix(self) -> str:
        """Where its jobs are found."""
        return "/api/v2/jobs/" if self.kind == "tally" else "/jobs/"


def tally(
    name: str,
    *,
    http: str = DEFAULT_HTTP,
    database: Literal["postgres", "sqlite"] = "postgres",
    settings: Mapping[str, str] | None = None,
) -> Contender:
    return Contender(
        name=name,
        app="main:app",
        kind="tally",
        http=http,
        database=database,
        settings=settings or {},
    )


def peer(name: str, module: str) -> Contender:
    return Contender(name=name, app=f"benchmarks.peers.{module}:app")


_OFF: Final = {"CACHE_ENABLED": "false"}

HELLO: Final = Contender(name="raw ASGI hello world", app="benchmarks.hello:app", kind="hello")
LINES: Final = Contender(
    name="hello world, a poll's header lines", app="benchmarks.hello:with_lines", kind="hello"
)
"""For comparison: sends the lines of a poll's answer, and looks nothing up."""
TALLY: Final = tally("Tally", http=LANE)
"""As it comes; `FAST` is the same, by the name of what is measured of it."""
FAST: Final = tally("Tally, near hit, fast lane", http=LANE)
ASGI: Final = tally("Tally, near hit, plain ASGI lane")
NO_REDIS: Final = tally("Tally, no Redis, fast lane", http=LANE, settings={"REDIS_URL": "none"})
REDIS: Final = tally(
    "Tally, Redis hit (no near tier)", http=LANE, settings={"CACHE_NEAR_MAX_ENTRIES": "0"}
)
SQLITE: Final = tally("Tally, no cache, SQLite", database="sqlite", settings=_OFF)
POSTGRES: Final = tally("Tally, no cache, PostgreSQL", settings=_OFF)

PLAIN: Final = peer("FastAPI + PostgreSQL, no cache", "plain")
HAND_WRITTEN: Final = peer("hand-written get/setex", "hand_written")
CASHEWS: Final = peer("cashews", "cashews_plain")
CLIENT_SIDE: Final = peer("cashews, client-side", "cashews_client_side")
AIOCACHE: Final = peer("aiocache", "aiocache_redis")
FASTAPI_CACHE: Final = peer("fastapi-cache2", "fastapi_cache_redis")
NGINX: Final = Contender(
    name="nginx proxy_cache 1 s", app="benchmarks.peers.plain:app", cached_by_nginx=True
)

OURS: Final = (FAST, ASGI, NO_REDIS, REDIS, SQLITE, POSTGRES)
REDIS_PEERS: Final = (HAND_WRITTEN, CASHEWS, AIOCACHE, FASTAPI_CACHE)
"""Ask Redis for each poll, as `REDIS` does."""
PYTHON_PEERS: Final = (*REDIS_PEERS, CLIENT_SIDE)
NEIGHBOURS: Final = (
    *(SQLITE, POSTGRES, PLAIN, ASGI, LINES, HELLO, FAST, CLIENT_SIDE, NGINX, NO_REDIS, REDIS),
    *REDIS_PEERS,
)
"""All, in the order in which they are measured: who is compared stands close, for what slows the
machine comes and goes within a minute."""

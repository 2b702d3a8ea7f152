"""Real Redis and PostgreSQL servers for `dev.py run` and the tests: found, started, hurt, ended.

Stdlib only, so that it works before anything is installed. Not for production: the servers listen
on 127.0.0.1, keep nothing that matters and are gone with the process that started them.
"""

from .postgres_server import PostgresServer
from .processes import die_with, end, family, free_port, spawn
from .programs import (
    RedisFlavour,
    chromium,
    postgres_programs,
    prometheus_programs,
    redis_flavours,
)
from .redis_cluster import RedisCluster
from .redis_fleet import RedisFleet
from .redis_sentinels import RedisSentinels
from .redis_server import RedisServer, RedisTls
from .server import ServerError
from .slot_move import SlotMove
from .tally import run_tally, running_tally

__all__ = [
    "PostgresServer",
    "RedisCluster",
    "RedisFlavour",
    "RedisFleet",
    "RedisSentinels",
    "RedisServer",
    "RedisTls",
    "ServerError",
    "SlotMove",
    "chromium",
    "die_with",
    "end",
    "family",
    "free_port",
    "postgres_programs",
    "prometheus_programs",
    "redis_flavours",
    "run_tally",
    "running_tally",
    "spawn",
]

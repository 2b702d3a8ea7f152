"""Real Redis and PostgreSQL servers for `dev.py run` and the tests: found, started, hurt, ended.

Stdlib only, so that it works before anything is installed. Not for production: the servers listen
on 127.0.0.1, keep nothing that matters and are gone with the process that started them.
"""

from .postgres_server import PostgresServer
from .processes import die_with, end, free_port, spawn
from .programs import RedisFlavour, chromium, postgres_programs, redis_flavours
from .redis_server import RedisServer
from .server import ServerError
from .tally import run_tally

__all__ = [
    "PostgresServer",
    "RedisFlavour",
    "RedisServer",
    "ServerError",
    "chromium",
    "die_with",
    "end",
    "free_port",
    "postgres_programs",
    "redis_flavours",
    "run_tally",
    "spawn",
]

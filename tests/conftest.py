"""Real servers for every suite: each starts once, is shared, and is whole again for each test.

Where one is missing a test is skipped with the reason; under CI=true it fails.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import pytest

from certificates import Authority
from dev_servers import (
    PostgresServer,
    RedisCluster,
    RedisFlavour,
    RedisSentinels,
    RedisServer,
    chromium,
    postgres_programs,
    prometheus_programs,
    redis_flavours,
)

pytest_plugins = ["migrated_databases", "running_order"]

CI = os.environ.get("CI", "").lower() in ("1", "true")
FLAVOURS = {flavour.name: flavour for flavour in redis_flavours()}
WANTED = ("redis", "valkey") if CI or not FLAVOURS else tuple(FLAVOURS)

# Or each of the many processes that tests start would compile every module it imports once more.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A deadline would measure the machine's load, not the code.
hypothesis.settings.register_profile("tally", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("tally")


def _without(what: str, fix: str) -> NoReturn:
    reason = f"no {what} on this machine: {fix}"
    if CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session", params=WANTED)
def redis_flavour(request: pytest.FixtureRequest) -> RedisFlavour:
    """Each Redis-like server of this machine in turn: what uses it runs once for each."""
    name = str(request.param)
    return FLAVOURS.get(name) or _without(f"{name}-server", "apt-get install redis-server")


@pytest.fixture(scope="session")
def _shared_redis(redis_flavour: RedisFlavour) -> Iterator[RedisServer]:
    with RedisServer(redis_flavour.binary) as server:
        yield server


@pytest.fixture
def redis_server(_shared_redis: RedisServer) -> RedisServer:
    """A running, empty server. A test may kill, freeze or fill it, but not change its settings."""
    _shared_redis.thaw()
    _shared_redis.start()
    _shared_redis.ask("FLUSHALL")
    _shared_redis.ask("SCRIPT FLUSH")
    return _shared_redis


@pytest.fixture
def start_redis(redis_flavour: RedisFlavour) -> Iterator[Callable[..., RedisServer]]:
    """Starts servers of the test's own: `start_redis(password=..., config=["maxmemory 1mb"])`."""
    with ExitStack() as servers:

        def start(**options: Any) -> RedisServer:
            return servers.enter_context(RedisServer(redis_flavour.binary, **options))

        yield start


@pytest.fixture(scope="module")
def _shared_sentinels(redis_flavour: RedisFlavour) -> Iterator[RedisSentinels]:
    with RedisSentinels(redis_flavour.binary) as sentinels:
        yield sentinels


@pytest.fixture
def sentinels(_shared_sentinels: RedisSentinels) -> RedisSentinels:
    """A primary, two replicas and three Sentinels: all well, empty and in their first roles.

    A test may kill and freeze what it likes.
    """
    return _shared_sentinels.whole()


@pytest.fixture(scope="module")
def _shared_cluster(redis_flavour: RedisFlavour) -> Iterator[RedisCluster]:
    with RedisCluster(redis_flavour.binary) as cluster:
        yield cluster


@pytest.fixture
def cluster(_shared_cluster: RedisCluster) -> RedisCluster:
    """Three primaries with a replica each: all well, empty, in their first roles, slots at home.

    A test may kill and freeze what it likes, and move slots.
    """
    return _shared_cluster.whole()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Signs certificates that no system trusts."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The one server of this session; make databases in it. Whole again where `postgres_url` is."""
    programs = postgres_programs()
    if programs is None:
        _without("PostgreSQL", "apt-get install postgresql")
    with PostgresServer(programs) as server:
        yield server


@pytest.fixture(scope="session")
def _shared_database(postgres_server: PostgresServer) -> str:
    return postgres_server.create_database()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, _shared_database: str) -> str:
    """The URL of an empty database; the test may kill or freeze the server."""
    postgres_server.thaw()
    postgres_server.start().empty_database(_shared_database)
    return _shared_database


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a database file of the test's own, not made yet."""
    return f"sqlite:///{tmp_path}/tally.db"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn: what uses it runs on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def prometheus() -> Path:
    """The folder of `prometheus` and `promtool`."""
    return prometheus_programs() or _without("Prometheus", "apt-get install prometheus")


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of a Chromium or Chrome."""
    return chromium() or _without("browser", "apt-get install chromium")

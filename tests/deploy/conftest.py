"""Secrets as an operator makes them, and the services that use them; nothing runs unless asked."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import pytest

from cache import Cache
from deploy.compose_servers import ComposeServers
from deploy.made_secrets import make_secrets
from patience import seen

Compose = Callable[[str], ComposeServers]
Used = Callable[[ComposeServers], Awaitable[Cache]]


def _need(program: str, package: str) -> str:
    """Its path. Without it a test is skipped with the reason; under CI=true it fails."""
    found = shutil.which(program)
    if not found:
        reason = f"no {program} on this machine: apt-get install {package}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return found or ""


@pytest.fixture(scope="session")
def redis_binary() -> str:
    """A Redis like the one in the images, with TLS, and the redis-cli that they have, too."""
    _need("redis-cli", "redis-tools")
    return _need("redis-server", "redis-server")


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that deploy/secrets.sh makes."""
    _need("openssl", "openssl")
    return make_secrets(tmp_path_factory.mktemp("deployment") / "secrets")


@pytest.fixture
def compose(redis_binary: str, secrets: Path, tmp_path: Path) -> Iterator[Compose]:
    """`compose("plain")`: the services of a combination, none of them started yet."""
    with ExitStack() as stack:
        yield lambda variant: stack.enter_context(
            ComposeServers(variant, secrets, tmp_path, binary=redis_binary)
        )


@pytest.fixture
async def used() -> AsyncIterator[Used]:
    """`await used(servers)`: Tally's cache at the REDIS_URL of the files, once it is in use."""
    async with AsyncExitStack() as stack:

        async def use(servers: ComposeServers) -> Cache:
            cache = servers.cache()
            await cache.start()
            stack.push_async_callback(cache.stop)
            await seen(lambda: cache.state().enabled, seconds=20)
            return cache

        yield use

"""TLS to Redis: verified unless the URL says otherwise; what is not as it must be is not used.

A server that has no TLS of its own has a terminator in front.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import pytest

from cache import Cache, CacheStats
from cache.entry import prefix
from cache.tier import Stored, Trouble
from certificates import Authority
from dev_servers import RedisFlavour, RedisTls
from put_alone import put_alone
from redis_topologies import tls_server

VALUE: Final = prefix(1, "subject").encode()
Open = Callable[..., Awaitable[tuple[Cache, CacheStats]]]
Until = Callable[..., Awaitable[float]]
Serve = Callable[[RedisTls], Awaitable[int]]


@pytest.fixture
async def serve(redis_flavour: RedisFlavour) -> AsyncIterator[Serve]:
    """`await serve(authority.tls(...))` starts a server and gives the port where it speaks TLS."""
    async with AsyncExitStack() as servers:

        async def serve_one(tls: RedisTls) -> int:
            return (await servers.enter_async_context(tls_server(redis_flavour, tls)))[1]

        yield serve_one


@pytest.fixture
async def refused(open_at: Open, until: Until) -> Callable[[str], Awaitable[None]]:
    """`await refused(url)`: tried more than once, counted, never in use, and nothing is raised."""

    async def check(url: str) -> None:
        cache, stats = await open_at(url, in_use=False, max_connections=2)
        await until(lambda: stats.snapshot()["errors"]["connection"] > 1, 10.0)

        assert not cache.state().enabled
        assert await cache.get("k", cache.budget()) is Trouble.AWAY
        assert await put_alone(cache, "k", VALUE) is Trouble.AWAY

    return check


Refused = Callable[[str], Awaitable[None]]


async def used(open_at: Open, url: str) -> None:
    cache, stats = await open_at(url, max_connections=2)

    assert await put_alone(cache, "k", VALUE) == Stored()
    assert await cache.get("k", cache.budget()) == VALUE
    assert not any(stats.snapshot()["errors"].values())


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost:{port}/0?ssl=true&ssl_ca_certs={ca}",
        "rediss://127.0.0.1:{port}?ssl_ca_certs={ca}&ssl_cert_reqs=required",
    ],
)
async def test_a_server_of_a_trusted_authority_is_used(
    serve: Serve, authority: Authority, open_at: Open, url: str
) -> None:
    port = await serve(authority.tls())

    await used(open_at, url.format(port=port, ca=authority.pem))


@pytest.mark.parametrize(
    "url", ["rediss://localhost:{}", "redis://localhost:{}?ssl=true&ssl_cert_reqs=required"]
)
async def test_an_unknown_authority_is_refused(
    serve: Serve, authority: Authority, refused: Refused, url: str
) -> None:
    await refused(url.format(await serve(authority.tls())))


async def test_another_ones_name_is_refused(
    serve: Serve, authority: Authority, refused: Refused
) -> None:
    port = await serve(authority.tls("elsewhere.example"))

    await refused(f"rediss://localhost:{port}?ssl_ca_certs={authority.pem}")


async def test_another_ones_name_is_taken_where_names_are_not_checked(
    serve: Serve, authority: Authority, open_at: Open
) -> None:
    port = await serve(authority.tls("elsewhere.example"))
    options = f"ssl_ca_certs={authority.pem}&ssl_check_hostname=false"

    await used(open_at, f"rediss://localhost:{port}?{options}")


async def test_an_expired_certificate_is_refused(
    serve: Serve, authority: Authority, refused: Refused
) -> None:
    port = await serve(authority.tls(expired=True))

    await refused(f"rediss://localhost:{port}?ssl_ca_certs={authority.pem}")


async def test_whoever_demands_a_certificate_is_shown_ours(
    serve: Serve, authority: Authority, open_at: Open
) -> None:
    port = await serve(authority.tls(demands_certificates=True))
    options = f"ssl_ca_certs={authority.pem}&{authority.issue('ann').options}"

    await used(open_at, f"rediss://localhost:{port}?{options}")


async def test_without_the_certificate_that_is_demanded_nothing_is_used(
    serve: Serve, authority: Authority, refused: Refused
) -> None:
    port = await serve(authority.tls(demands_certificates=True))

    await refused(f"rediss://localhost:{port}?ssl_ca_certs={authority.pem}")


async def test_verification_can_be_switched_off(
    serve: Serve, authority: Authority, open_at: Open
) -> None:
    port = await serve(authority.tls("elsewhere.example", expired=True))

    await used(open_at, f"rediss://127.0.0.1:{port}?ssl_cert_reqs=none")

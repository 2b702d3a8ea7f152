"""Tokens of Microsoft Entra ID, by the real library from a local identity endpoint."""

import base64
import logging
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import entra_id
from cache.entra_id import EntraId, object_id
from cache.renewed_credentials import NoAccount, RenewedCredentials
from dev_servers import RedisServer
from entra_identity import OWN_ID, Identity, a_token
from identity_endpoint import IdentityEndpoint
from let_in import let_in
from scripted_source import Clock


@pytest.fixture
def identity() -> Identity:
    return Identity()


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch, identity: Identity) -> Iterator[IdentityEndpoint]:
    """An app of App Service, with a managed identity and no other."""
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    with IdentityEndpoint(identity).open() as endpoint:
        monkeypatch.setenv("IDENTITY_ENDPOINT", endpoint.url)
        monkeypatch.setenv("IDENTITY_HEADER", "known")
        yield endpoint


@pytest.fixture
def clock() -> Clock:
    """The library's own cannot be turned: it begins where that is."""
    return Clock(time.time())


async def test_the_managed_identity_is_the_user_and_its_token_the_password(
    endpoint: IdentityEndpoint, clock: Clock
) -> None:
    credentials = RenewedCredentials(EntraId(user=None), clock=clock)
    changed = await credentials.refresh()

    assert changed
    assert credentials.account.username == OWN_ID
    assert credentials.account.password == a_token(1)
    assert credentials.secrets == (a_token(1),)


async def test_the_token_is_asked_for_redis_and_for_nothing_else(
    endpoint: IdentityEndpoint, identity: Identity, clock: Clock
) -> None:
    EntraId(user=None).fetch(clock.now)

    assert identity.resources == ["https://redis.azure.com"]


def test_a_user_who_is_named_needs_no_claim(endpoint: IdentityEndpoint, clock: Clock) -> None:
    assert EntraId(user="ann").fetch(clock.now).account.username == "ann"


async def test_connections_are_to_be_replaced_a_minute_before_their_token_ends(
    endpoint: IdentityEndpoint, clock: Clock
) -> None:
    credentials = RenewedCredentials(EntraId(user=None), clock=clock)
    await credentials.refresh()
    first = credentials.connection_seconds
    clock.now += 600.0
    later = credentials.connection_seconds

    assert first == pytest.approx(3600 - 60, abs=30)
    assert first is not None
    assert later == pytest.approx(first - 600)


async def test_nothing_is_asked_until_the_token_comes_near_its_end(
    endpoint: IdentityEndpoint, clock: Clock
) -> None:
    source = EntraId(user=None)
    credentials = RenewedCredentials(source, clock=clock)
    await credentials.refresh()
    clock.now += 3000.0
    await credentials.refresh()

    assert endpoint.asked == 1
    assert source.fetch(clock.now).renew_at == pytest.approx(clock.now + 300.0, abs=30)


def test_a_token_that_lasts_for_hours_is_renewed_when_the_library_says_so(
    endpoint: IdentityEndpoint, identity: Identity, clock: Clock
) -> None:
    """Azure's advice for a day's token is its half."""
    identity.lasts = 86_400

    assert EntraId(user=None).fetch(clock.now).renew_at == pytest.approx(clock.now + 43_200, abs=60)


async def test_a_new_token_takes_the_place_of_one_that_ended(
    endpoint: IdentityEndpoint, identity: Identity, clock: Clock
) -> None:
    """It has ended when it comes: then the library keeps none, and asks each time."""
    identity.lasts = -1
    credentials = RenewedCredentials(EntraId(user=None), clock=clock)
    await credentials.refresh()
    useless = credentials.connection_seconds
    identity.lasts = 3600
    clock.now += 3.0
    changed = await credentials.refresh()

    assert useless == 0.0
    assert changed
    assert credentials.account.password == a_token(2)


async def test_an_endpoint_that_refuses_is_told_once_and_asked_until_it_does_not(
    endpoint: IdentityEndpoint,
    identity: Identity,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    identity.refuses = True
    credentials = RenewedCredentials(EntraId(user=None), clock=clock)
    for _ in range(2):
        await credentials.refresh()
        clock.now += 3.0
    identity.refuses = False
    changed = await credentials.refresh()

    assert changed
    assert len(caplog.messages) == 2
    assert "Microsoft Entra ID gives no token (ClientAuthenticationError:" in caplog.messages[0]
    assert "known again" in caplog.messages[1]
    assert a_token(1) not in caplog.text


def test_an_endpoint_that_is_ill_is_not_asked_again_within_one_question(
    endpoint: IdentityEndpoint, identity: Identity, clock: Clock
) -> None:
    """The library alone would try for a minute, and nobody would hear of it meanwhile."""
    identity.is_ill = True
    with pytest.raises(NoAccount, match="gives no token"):
        EntraId(user=None).fetch(clock.now)

    assert endpoint.asked == 1


async def test_a_server_that_knows_the_token_lets_us_in(
    start_redis: Callable[..., RedisServer], endpoint: IdentityEndpoint, clock: Clock
) -> None:
    server = start_redis()
    credentials = RenewedCredentials(EntraId(user=None), clock=clock)
    await credentials.refresh()
    account = credentials.account
    before = await let_in(server, account)
    server.ask(f"ACL SETUSER {account.username} on '>{account.password}' ~tally:* +ping")

    assert not before
    assert await let_in(server, account)


@given(st.integers(), st.text(min_size=1))
def test_the_user_is_the_tokens_oid(number: int, oid: str) -> None:
    assert object_id(a_token(number, oid=oid)) == oid


@given(st.text() | st.binary().map(lambda data: f"a.{base64.urlsafe_b64encode(data).decode()}.c"))
def test_a_token_that_names_nobody_is_refused(token: str) -> None:
    with pytest.raises(NoAccount, match="names no oid"):
        object_id(token)


@pytest.mark.parametrize("claims", [{"oid": None}, {"oid": 7}, {"oid": ""}])
def test_an_oid_that_is_no_name_is_none(claims: dict[str, object]) -> None:
    with pytest.raises(NoAccount, match="names no oid"):
        object_id(a_token(1, **claims))


def test_whether_the_library_is_there_can_be_told_without_loading_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = entra_id.installed()
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    without = entra_id.installed()
    monkeypatch.delitem(sys.modules, "azure.identity")
    monkeypatch.setitem(sys.modules, "azure", None)

    assert (there, without, entra_id.installed()) == (True, False, False)

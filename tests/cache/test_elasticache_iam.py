"""IAM tokens: signed as AWS checks them, by credentials of AWS's own chain, and renewed early."""

import logging
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cache import elasticache_iam
from cache.elasticache_iam import ElastiCacheIam
from cache.renewed_credentials import NoAccount, RenewedCredentials
from dev_servers import RedisServer
from identity_endpoint import IdentityEndpoint
from let_in import let_in
from scripted_source import Clock
from sigv4_verifier import parameters, verdict

KEYS = {"AKIDONE": "secret/one+", "AKIDTWO": "secret/two="}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No AWS credentials of this machine."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Also the signer's, which has no other way in."""
    clock = Clock()
    monkeypatch.setattr(
        "botocore.auth.get_current_datetime",
        lambda: datetime.fromtimestamp(clock.now, UTC).replace(tzinfo=None),
    )
    return clock


@pytest.fixture
def keys(tmp_path: Path) -> Callable[[str], None]:
    """`keys("AKIDONE")` puts these credentials into the file where AWS's tools keep them."""

    def write(key_id: str) -> None:
        lines = f"aws_access_key_id={key_id}\naws_secret_access_key={KEYS[key_id]}\n"
        (tmp_path / "credentials").write_text(f"[default]\n{lines}")

    return write


def iam(*, user: str = "ann", cache: str = "my-cache", serverless: bool = False) -> ElastiCacheIam:
    return ElastiCacheIam(user=user, cache=cache, region="us-east-1", serverless=serverless)


def token_of(source: ElastiCacheIam, now: float) -> str:
    return source.fetch(now).account.password or ""


@pytest.mark.parametrize("user", ["ann", "a.b-c_d~e", "with space", "a+b&c=d/é%41"])
@pytest.mark.parametrize("serverless", [False, True])
def test_a_token_says_who_wants_what_and_is_signed_as_aws_checks_it(
    keys: Callable[[str], None], clock: Clock, user: str, serverless: bool
) -> None:
    keys("AKIDONE")
    token = token_of(iam(user=user, cache="My-Cache", serverless=serverless), clock.now)
    asked = parameters(token)

    assert token.startswith("my-cache/?Action=connect&User=")
    assert (asked["Action"], asked["User"]) == ("connect", user)
    assert asked.get("ResourceType") == ("ServerlessCache" if serverless else None)
    assert (asked["X-Amz-Expires"], asked["X-Amz-SignedHeaders"]) == ("900", "host")
    assert verdict(token, KEYS, region="us-east-1", now=clock.now) == "fine"
    assert verdict(token, KEYS, region="us-east-1", now=clock.now + 900) == "expired"


async def test_a_token_is_renewed_ten_minutes_before_its_end(
    keys: Callable[[str], None], clock: Clock
) -> None:
    keys("AKIDONE")
    credentials = RenewedCredentials(iam(), clock=clock)
    await credentials.refresh()
    first = credentials.account.password or ""
    clock.now += 299.0
    early = await credentials.refresh()
    clock.now += 1.0
    late = await credentials.refresh()
    second = credentials.account.password or ""

    assert (early, late) == (False, True)
    assert verdict(first, KEYS, region="us-east-1", now=clock.now + 599) == "fine"
    assert verdict(second, KEYS, region="us-east-1", now=clock.now + 899) == "fine"
    assert credentials.secrets == (first, second)


def test_connections_are_to_be_replaced_before_aws_ends_them_after_twelve_hours(
    keys: Callable[[str], None], clock: Clock
) -> None:
    keys("AKIDONE")

    assert iam().fetch(clock.now).connection_seconds == 11 * 3600


def test_keys_that_are_changed_in_their_file_are_used_at_the_next_renewal(
    keys: Callable[[str], None], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """And the library, which tells of each look, is quiet about it."""
    caplog.set_level(logging.INFO)
    source = iam()
    keys("AKIDONE")
    first = token_of(source, clock.now)
    keys("AKIDTWO")
    second = token_of(source, clock.now)

    assert parameters(first)["X-Amz-Credential"].startswith("AKIDONE/")
    assert parameters(second)["X-Amz-Credential"].startswith("AKIDTWO/")
    assert verdict(second, KEYS, region="us-east-1", now=clock.now) == "fine"
    assert caplog.messages == []


@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityEndpoint]:
    """The service beside a container of ECS or EKS, which hands out its role's credentials."""
    answer = {
        "AccessKeyId": "AKIDONE",
        "SecretAccessKey": KEYS["AKIDONE"],
        "Token": "session+token/==",
        "Expiration": "2099-01-01T00:00:00Z",
    }
    with IdentityEndpoint(lambda query, headers: answer).open() as endpoint:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint.url)
        yield endpoint


def test_a_roles_credentials_are_asked_for_once_and_their_session_is_signed_along(
    role: IdentityEndpoint, clock: Clock
) -> None:
    source = iam()
    tokens = [token_of(source, clock.now) for _ in range(3)]

    assert role.asked == 1
    assert parameters(tokens[2])["X-Amz-Security-Token"] == "session+token/=="
    assert verdict(tokens[2], KEYS, region="us-east-1", now=clock.now) == "fine"


def test_without_aws_credentials_there_is_no_token_and_a_sentence_says_so(clock: Clock) -> None:
    with pytest.raises(NoAccount, match="AWS has no credentials here"):
        iam().fetch(clock.now)


def test_what_the_chain_fails_at_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(NoAccount, match=r"AWS gives no credentials \(ProfileNotFound: .*nobody"):
        iam().fetch(clock.now)


async def test_credentials_that_come_later_are_found_without_a_restart(
    keys: Callable[[str], None], clock: Clock
) -> None:
    credentials = RenewedCredentials(iam(), clock=clock)
    nothing = await credentials.refresh()
    keys("AKIDONE")
    clock.now += 3.0

    assert nothing is False
    assert await credentials.refresh() is True


async def test_a_server_that_knows_each_new_token_lets_us_in_all_the_time(
    start_redis: Callable[..., RedisServer], keys: Callable[[str], None], clock: Clock
) -> None:
    """As ElastiCache does it: a token is good for as long as it is valid, and no other is."""
    keys("AKIDONE")
    server = start_redis()
    credentials = RenewedCredentials(iam(), clock=clock)
    welcome = []
    for _ in range(3):
        await credentials.refresh()
        token = credentials.account.password or ""
        assert verdict(token, KEYS, region="us-east-1", now=clock.now) == "fine"
        refused = await let_in(server, credentials.account)
        server.ask(f"ACL SETUSER ann on resetpass '>{token}' ~tally:* +ping")
        welcome.append((refused, await let_in(server, credentials.account)))
        clock.now += 300.0

    assert welcome == [(False, True)] * 3


def test_whether_the_library_is_there_can_be_told_without_loading_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = elasticache_iam.installed()
    monkeypatch.setitem(sys.modules, "botocore", None)

    assert (there, elasticache_iam.installed()) == (True, False)

"""How Redis gets to know who we are: each way is opened by the settings that name it."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from cache import RedisTarget, parse_redis_url
from cache.redis_account import AccountKnobs, open_credentials
from cache.redis_credentials import Account, FixedCredentials
from cache.renewed_credentials import RenewedCredentials

IAM: Final = AccountKnobs(auth="elasticache-iam", iam_cache="my-cache", iam_region="us-east-1")
ENTRA: Final = AccountKnobs(auth="entra")


def at(url: str) -> RedisTarget:
    target = parse_redis_url(url)
    assert target is not None
    return target


def a_file(path: Path, content: str | None) -> Path | None:
    """None for None."""
    if content is None:
        return None
    path.write_text(f"{content}\n")
    return path


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("redis://h", Account()),
        ("redis://:pw@h", Account(password="pw")),
        ("rediss://ann:pw@a,b?cluster=true", Account(username="ann", password="pw")),
        ("redis+sentinel://a/s?sentinel_password=other", Account()),
        ("redis+sentinel://:pw@a/s?sentinel_password=other", Account(password="pw")),
    ],
)
def test_an_account_in_the_url_is_fixed_and_never_that_of_the_sentinels(
    url: str, account: Account
) -> None:
    credentials = open_credentials(at(url))

    assert isinstance(credentials, FixedCredentials)
    assert credentials.account == account


@pytest.mark.parametrize(
    ("url", "password", "username", "account"),
    [
        ("redis://h", "pw", None, Account(password="pw")),
        ("redis://ann@h", "pw", None, Account(username="ann", password="pw")),
        ("redis://h", "pw", "ann", Account(username="ann", password="pw")),
        ("redis://:pw@h", None, "ann", Account(username="ann", password="pw")),
        (
            "redis+sentinel://ann@a/s?sentinel_password=x",
            "pw",
            None,
            Account(username="ann", password="pw"),
        ),
    ],
)
def test_what_the_url_leaves_out_is_known_from_its_file_when_the_start_is_done(
    tmp_path: Path, url: str, password: str | None, username: str | None, account: Account
) -> None:
    knobs = AccountKnobs(
        password_file=a_file(tmp_path / "password", password),
        username_file=a_file(tmp_path / "user", username),
    )

    assert open_credentials(at(url), knobs).account == account


@pytest.mark.parametrize(
    ("url", "knobs"),
    [
        ("rediss://ann@h", IAM),
        ("rediss://ann@h", replace(IAM, iam_serverless=True, iam_region="us-gov-west-1")),
        ("rediss://ann@a,b?cluster=true", replace(IAM, iam_region="ap-southeast-2")),
        ("rediss://h:10000", ENTRA),
        ("rediss://ann@h:10000?cluster=true", ENTRA),
        ("rediss://h", replace(ENTRA, iam_region="us-east-1")),
    ],
)
def test_tokens_are_fetched_later_in_the_background(url: str, knobs: AccountKnobs) -> None:
    credentials = open_credentials(at(url), knobs)

    assert isinstance(credentials, RenewedCredentials)
    assert credentials.account == Account()

"""Who we are to Redis: accounts that never show their password, and the one that never changes."""

import pytest

from cache.redis_credentials import Account, FixedCredentials


def test_an_account_never_shows_its_password() -> None:
    assert "s3cret" not in f"{Account(username='ann', password='s3cret')!r}"


@pytest.mark.parametrize(
    ("account", "secrets"),
    [(Account(username="ann", password="s3cret"), ("s3cret",)), (Account(), ())],
)
async def test_a_fixed_account_is_good_for_ever(account: Account, secrets: tuple[str]) -> None:
    credentials = FixedCredentials(account)

    assert await credentials.refresh() is False
    assert credentials.account == account
    assert credentials.secrets == secrets
    assert credentials.connection_seconds is None

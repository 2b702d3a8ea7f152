"""Opens the credentials for a target: chooses who grants the account, and refuses contradictions.

The account of Redis only. Sentinels have one of their own, which stays in REDIS_URL and is fixed.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self

from cache import elasticache_iam, entra_id
from cache.account_files import PASSWORD_FILE, USERNAME_FILE, AccountFiles
from cache.elasticache_iam import ElastiCacheIam
from cache.entra_id import EntraId
from cache.redis_credentials import Account, Credentials, FixedCredentials
from cache.redis_target import BadRedisUrl, RedisTarget
from cache.renewed_credentials import NoAccount, RenewedCredentials
from settings import Settings

_CACHE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")


class BadRedisAccount(BadRedisUrl):
    """The settings say no one way to prove to Redis who we are; the message names what to mend."""

    def __init__(self, setting: str, problem: str) -> None:
        Exception.__init__(self, f"{setting}: {problem}")


@dataclass(frozen=True, kw_only=True)
class AccountKnobs:
    """How the account comes to be known, by the names of the settings (REDIS_AUTH and so on)."""

    auth: Literal["password", "elasticache-iam", "entra"] = "password"
    password_file: Path | None = None
    username_file: Path | None = None
    iam_cache: str = ""
    iam_region: str = ""
    iam_serverless: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of the settings, for whoever uses the service's Redis; nothing is read yet."""
        return cls(
            auth=settings.redis_auth,
            password_file=settings.redis_password_path,
            username_file=settings.redis_username_path,
            iam_cache=settings.redis_iam_cache,
            iam_region=settings.redis_region,
            iam_serverless=settings.redis_iam_serverless,
        )


def open_credentials(target: RedisTarget, knobs: AccountKnobs | None = None) -> Credentials:
    """Who we are to the Redis of a target. Tokens are not fetched yet, files are read.

    Raises BadRedisUrl (BadRedisAccount where it is another setting) for contradictions, for a
    library that is missing, and for a file that cannot be read within 10 s.
    """
    knobs = knobs or AccountKnobs()
    if knobs.auth != "elasticache-iam" and (knobs.iam_cache or knobs.iam_serverless):
        setting = "REDIS_IAM_CACHE" if knobs.iam_cache else "REDIS_IAM_SERVERLESS"
        raise BadRedisAccount(setting, "means nothing without REDIS_AUTH=elasticache-iam.")
    if knobs.auth == "password":
        return _by_password(target, knobs)
    _refuse_a_second_way(target, knobs)
    return RenewedCredentials(
        _elasticache(target, knobs) if knobs.auth == "elasticache-iam" else _entra(target)
    )


def _by_password(target: RedisTarget, knobs: AccountKnobs) -> Credentials:
    if knobs.password_file and target.password:
        raise BadRedisAccount(PASSWORD_FILE, "REDIS_URL has a password, too; keep one of them.")
    if knobs.username_file and target.username:
        raise BadRedisAccount(USERNAME_FILE, "REDIS_URL has a user, too; keep one of them.")
    if not (target.password or knobs.password_file):
        _refuse_half_an_account(target, knobs)
    known = Account(username=target.username, password=target.password)
    if not (knobs.password_file or knobs.username_file):
        return FixedCredentials(known)
    return _from_files(known, knobs)


def _refuse_half_an_account(target: RedisTarget, knobs: AccountKnobs) -> None:
    if knobs.username_file:
        raise BadRedisAccount(USERNAME_FILE, f"is half an account; add {PASSWORD_FILE}.")
    if target.username:
        raise BadRedisUrl(
            "the part before the @ has no password; write redis://:password@host or "
            f"redis://user:password@host, or set {PASSWORD_FILE}."
        )


def _from_files(known: Account, knobs: AccountKnobs) -> Credentials:
    credentials = RenewedCredentials(
        AccountFiles(known, username_file=knobs.username_file, password_file=knobs.password_file)
    )
    try:
        credentials.begin()
    except (NoAccount, TimeoutError) as trouble:
        late = f"{PASSWORD_FILE}: the file cannot be read within 10 s."
        setting, _, problem = (str(trouble) or late).partition(": ")
        raise BadRedisAccount(setting, problem) from None
    return credentials


def _refuse_a_second_way(target: RedisTarget, knobs: AccountKnobs) -> None:
    way = f"REDIS_AUTH={knobs.auth}"
    if not target.tls:
        raise BadRedisAccount(
            "REDIS_AUTH", f"{knobs.auth} needs TLS; write rediss:// in REDIS_URL."
        )
    if target.password:
        raise BadRedisUrl(f"{way} brings the password; write redis://user@host without one.")
    for setting, path in (
        (PASSWORD_FILE, knobs.password_file),
        (USERNAME_FILE, knobs.username_file),
    ):
        if path:
            raise BadRedisAccount(setting, f"goes with no {way}; drop one of them.")


def _elasticache(target: RedisTarget, knobs: AccountKnobs) -> ElastiCacheIam:
    if not target.username:
        raise BadRedisUrl("REDIS_AUTH=elasticache-iam needs the user; write rediss://user@host.")
    if not _CACHE.fullmatch(knobs.iam_cache):
        raise BadRedisAccount(
            "REDIS_IAM_CACHE",
            "must be the name of the replication group or serverless cache, not its endpoint.",
        )
    if not _REGION.fullmatch(knobs.iam_region):
        raise BadRedisAccount("REDIS_IAM_REGION", "must be the cache's region, as in us-east-1.")
    if not elasticache_iam.installed():
        raise _missing("elasticache-iam", "botocore>=1.34", "aws")
    return ElastiCacheIam(
        user=target.username,
        cache=knobs.iam_cache,
        region=knobs.iam_region,
        serverless=knobs.iam_serverless,
    )


def _entra(target: RedisTarget) -> EntraId:
    if not entra_id.installed():
        raise _missing("entra", "azure-identity>=1.19", "azure")
    return EntraId(user=target.username)


def _missing(auth: str, requirement: str, extra: str) -> BadRedisAccount:
    return BadRedisAccount(
        "REDIS_AUTH",
        f'{auth} needs a library: pip install "{requirement}" (the extra {extra}).',
    )

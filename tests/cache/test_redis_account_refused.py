"""Two ways to prove who we are, or half of one, stop the start with one line that helps."""

import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement

from cache import BadRedisUrl, RedisTarget, parse_redis_url
from cache.redis_account import AccountKnobs, BadRedisAccount, open_credentials

ROOT: Final = Path(__file__).parents[2]
IAM: Final = AccountKnobs(auth="elasticache-iam", iam_cache="my-cache", iam_region="us-east-1")
ENTRA: Final = AccountKnobs(auth="entra")
FILE: Final = Path("somewhere")
HALF: Final = (
    "REDIS_URL: the part before the @ has no password; write redis://:password@host or "
    "redis://user:password@host, or set REDIS_PASSWORD_FILE."
)


def at(url: str) -> RedisTarget:
    target = parse_redis_url(url)
    assert target is not None
    return target


def iam(**more: Any) -> AccountKnobs:
    return replace(IAM, **more)


REFUSED: Final[list[tuple[str, AccountKnobs, str]]] = [
    ("redis://ann@h", AccountKnobs(), HALF),
    ("redis+sentinel://ann@a/s?sentinel_password=x", AccountKnobs(), HALF),
    (
        "redis://:pw@h",
        AccountKnobs(password_file=FILE),
        "REDIS_PASSWORD_FILE: REDIS_URL has a password, too; keep one of them.",
    ),
    (
        "redis://ann@h",
        AccountKnobs(password_file=FILE, username_file=FILE),
        "REDIS_USERNAME_FILE: REDIS_URL has a user, too; keep one of them.",
    ),
    (
        "redis://h",
        AccountKnobs(username_file=FILE),
        "REDIS_USERNAME_FILE: is half an account; add REDIS_PASSWORD_FILE.",
    ),
    (
        "redis://h",
        AccountKnobs(iam_cache="c"),
        "REDIS_IAM_CACHE: means nothing without REDIS_AUTH=elasticache-iam.",
    ),
    (
        "rediss://h",
        replace(ENTRA, iam_serverless=True),
        "REDIS_IAM_SERVERLESS: means nothing without REDIS_AUTH=elasticache-iam.",
    ),
    (
        "redis://ann@h",
        IAM,
        "REDIS_AUTH: elasticache-iam needs TLS; write rediss:// in REDIS_URL.",
    ),
    ("unix:///run/r.sock", ENTRA, "REDIS_AUTH: entra needs TLS; write rediss:// in REDIS_URL."),
    (
        "rediss://ann:pw@h",
        IAM,
        "REDIS_URL: REDIS_AUTH=elasticache-iam brings the password; write redis://user@host "
        "without one.",
    ),
    (
        "rediss://:pw@h",
        ENTRA,
        "REDIS_URL: REDIS_AUTH=entra brings the password; write redis://user@host without one.",
    ),
    (
        "rediss://ann@h",
        iam(password_file=FILE),
        "REDIS_PASSWORD_FILE: goes with no REDIS_AUTH=elasticache-iam; drop one of them.",
    ),
    (
        "rediss://h",
        replace(ENTRA, username_file=FILE),
        "REDIS_USERNAME_FILE: goes with no REDIS_AUTH=entra; drop one of them.",
    ),
    (
        "rediss://h",
        IAM,
        "REDIS_URL: REDIS_AUTH=elasticache-iam needs the user; write rediss://user@host.",
    ),
    *(
        (
            "rediss://ann@h",
            iam(iam_cache=cache),
            "REDIS_IAM_CACHE: must be the name of the replication group or serverless cache, not "
            "its endpoint.",
        )
        for cache in ("", "c.x1.use1.cache.amazonaws.com", "-c", "c" * 41, "c/?Action=x")
    ),
    *(
        (
            "rediss://ann@h",
            iam(iam_region=region),
            "REDIS_IAM_REGION: must be the cache's region, as in us-east-1.",
        )
        for region in ("", "useast1", "us-east-1a", "US-EAST-1", "us-east-1/x")
    ),
]


@pytest.mark.parametrize(("url", "knobs", "line"), REFUSED)
def test_two_ways_or_half_of_one_stop_the_start_with_one_line(
    url: str, knobs: AccountKnobs, line: str
) -> None:
    with pytest.raises(BadRedisUrl) as refusal:
        open_credentials(at(url), knobs)

    assert str(refusal.value) == line


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, r"cannot be read \(FileNotFoundError\)"),
        (b"", "is empty"),
        (b"s3\ncret", "must hold one line"),
    ],
)
@pytest.mark.parametrize("setting", ["REDIS_PASSWORD_FILE", "REDIS_USERNAME_FILE"])
def test_a_file_that_says_nothing_stops_the_start_with_one_line(
    tmp_path: Path, setting: str, content: bytes | None, problem: str
) -> None:
    bad, good = tmp_path / "s3cret-name", tmp_path / "good"
    good.write_text("good")
    if content is not None:
        bad.write_bytes(content)
    knobs = AccountKnobs(
        password_file=bad if setting == "REDIS_PASSWORD_FILE" else good,
        username_file=bad if setting == "REDIS_USERNAME_FILE" else good,
    )
    with pytest.raises(BadRedisAccount, match=f"^{setting}: the file {problem}") as refusal:
        open_credentials(at("redis://h"), knobs)

    assert "s3" not in str(refusal.value)


@pytest.mark.parametrize(
    ("knobs", "module", "extra"),
    [(IAM, "botocore", "aws"), (ENTRA, "azure.identity", "azure")],
)
def test_a_library_that_is_missing_stops_the_start_with_the_command_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, knobs: AccountKnobs, module: str, extra: str
) -> None:
    """The version is that of the extra, so that both ways bring the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (line,) = project["optional-dependencies"][extra]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadRedisAccount) as refusal:
        open_credentials(at("rediss://ann@h"), knobs)

    assert str(refusal.value) == (
        f'REDIS_AUTH: {knobs.auth} needs a library: pip install "{line}" (the extra {extra}).'
    )
    assert Requirement(line).name.replace("-", ".") == module

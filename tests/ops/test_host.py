"""How this host keeps its secrets is seen; the secrets themselves are nowhere to be seen."""

from pathlib import Path
from typing import Any

import pytest

from cache import parse_redis_url
from ops.host import is_platforms, secrets, see_host
from ops.host_seen import Secret
from settings import Settings

STRONG = "kZ8/2mQ+Zp1xY7rT5w=="


def settings(**named: Any) -> Settings:
    return Settings(_env_file=None, **named)


def test_every_password_is_known_by_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from the file\n")
    ours = settings(
        redis_password_file=str(file), database_url="postgresql://tally:p%40ss%2Fword@db/tally"
    )
    target = parse_redis_url(
        "redis+sentinel://:the%20url@s1/mymaster/0?sentinel_password=the%20watchers"
    )

    known = {secret.name: secret.text for secret in secrets(ours, target)}

    assert known == {
        "the password in REDIS_URL": "the url",
        "the Sentinels' password in REDIS_URL": "the watchers",
        "the password in REDIS_PASSWORD_FILE": "from the file",
        "the password in DATABASE_URL": "p@ss/word",
    }


def test_without_passwords_there_are_none() -> None:
    assert secrets(settings(), None) == []
    assert secrets(settings(database_url="postgresql://[bad"), None) == []


def test_a_password_file_that_cannot_be_read_is_no_reason_to_say_that_there_is_no_password(
    tmp_path: Path,
) -> None:
    (secret,) = secrets(settings(redis_password_file=str(tmp_path / "none")), None)

    assert (secret.name, secret.text) == ("the password in REDIS_PASSWORD_FILE", "")


@pytest.mark.parametrize("text", ["your-strong-password", "Password", "foobared"])
def test_a_password_out_of_a_guide_is_recognized(text: str) -> None:
    (seen,) = see_host(settings(), [Secret(name="it", text=text)]).passwords

    assert seen.well_known


@pytest.mark.parametrize(
    ("line", "mode", "holds", "is_open"),
    [
        (f"REDIS_URL=redis://:{STRONG}@r:6379/0", 0o644, True, True),
        ("REDIS_URL=redis://:kZ8%2F2mQ%2BZp1xY7rT5w%3D%3D@r:6379/0", 0o640, True, False),
        ("REDIS_URL=redis://r:6379/0", 0o644, False, True),
    ],
)
def test_an_env_file_tells_whether_it_holds_a_password_and_who_may_read_it(
    tmp_path: Path, line: str, mode: int, holds: bool, is_open: bool
) -> None:
    path = tmp_path / ".env"
    path.write_text(f"PORT=8000\n{line}\n")
    path.chmod(mode)
    tmp_path.chmod(0o755)

    (seen,) = see_host(settings(), [Secret(name="it", text=STRONG)], folder=tmp_path).env_files

    assert (seen.name, seen.holds_secret, seen.open_to_all) == (".env", holds, is_open)


def test_a_password_file_is_named_by_its_place(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(STRONG)
    file.chmod(0o600)

    ours = settings(redis_password_file=str(file), database_url_file=str(tmp_path / "none"))
    kept, missing = see_host(ours, []).password_files

    assert (kept.name, kept.open_to_all, kept.trouble) == (str(file), False, "")
    assert missing.trouble == "No such file or directory"


def test_a_file_that_all_may_read_is_closed_by_its_folder(tmp_path: Path) -> None:
    """As deploy/secrets.sh keeps them; also where a link leads there."""
    folder, link = tmp_path / "secrets", tmp_path / "link"
    folder.mkdir()
    file = folder / "redis-password"
    file.write_text(STRONG)
    file.chmod(0o444)
    link.symlink_to(file)
    tmp_path.chmod(0o755)

    opened = {}
    for mode in (0o700, 0o755):
        folder.chmod(mode)
        seen = see_host(settings(redis_password_file=str(link)), []).password_files
        opened[mode] = [one.open_to_all for one in seen]

    assert opened == {0o700: [False], 0o755: [True]}
    assert not any(one.platforms for one in seen)


@pytest.mark.parametrize(
    ("place", "read_only", "mounted", "platforms"),
    [
        ("/run/secrets/redis-password", False, False, True),
        ("/run/secrets-of-mine/redis-password", False, False, False),
        ("/etc/tally/redis-password", False, False, False),
        ("/etc/tally/redis-password", True, False, True),
        ("/etc/tally/redis-password", False, True, True),
    ],
)
def test_a_mount_of_the_platform_is_known_by_its_place_or_its_kind(
    place: str, read_only: bool, mounted: bool, platforms: bool
) -> None:
    assert is_platforms(Path(place), read_only=read_only, mounted=mounted) is platforms


def test_links_in_a_circle_are_trouble(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (seen,) = see_host(settings(redis_password_file=str(tmp_path / "a")), []).password_files

    assert seen.trouble


def test_the_version_of_the_code_and_odd_records_are_told(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()

    seen = see_host(settings(), [], ["odd.json"], folder=tmp_path)

    assert str(seen.version).startswith("0+")
    assert seen.unreadable_records == ["odd.json"]

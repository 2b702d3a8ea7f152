"""Looks at this host's files for doctor: EDGE. Reads secrets to tell how they are kept."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from cache import RedisTarget
from ops.code_version import code_version
from ops.host_seen import FileSeen, HostSeen, PasswordSeen, Secret
from settings import PROJECT, Settings

ENV_FILES: Final = (Path(".env"), Path("backend/.env"))
MOUNTED: Final = Path("/run/secrets")
"""Where Compose and Swarm put secrets; /var/run is a link to /run."""
WELL_KNOWN: Final = frozenset(
    {
        *("your-strong-password", "your-very-strong-password-here", "your-password"),
        *("password", "primary-key", "auth-string", "token", "a-long-password"),
        *("at-least-16-characters", "changeme", "secret", "redis", "foobared", "postgres", "tally"),
    }
)
"""Of deployment guides, ours included, and of redis.conf."""
UNREAD: Final = Secret(name="all passwords", text="")
"""For those that could not be read."""
_LONGEST: Final = 64 * 2**10


def secrets(settings: Settings, target: RedisTarget | None) -> list[Secret]:
    """Every password that this installation has; an empty one where it cannot be read.

    Never raises. What AWS or Azure grant is not among them: tokens are never in a file.
    """
    known = {
        "the password in REDIS_URL": target.password if target else None,
        "the Sentinels' password in REDIS_URL": getattr(target, "sentinel_password", None),
        "the password in REDIS_PASSWORD_FILE": _line(settings.redis_password_path),
        "the password in DATABASE_URL": _password(settings.database),
    }
    return [Secret(name=name, text=text) for name, text in known.items() if text is not None]


def see_host(
    settings: Settings,
    known: Sequence[Secret],
    unreadable_records: Sequence[str] = (),
    folder: Path = PROJECT,
) -> HostSeen:
    """One look; never raises."""
    return HostSeen(
        passwords=[
            PasswordSeen(
                name=secret.name,
                length=len(secret.text),
                well_known=secret.text.lower() in WELL_KNOWN,
            )
            for secret in known
            if secret.text
        ],
        env_files=[*_env_files(folder, known)],
        password_files=[
            _file(path, str(path), holds_secret=True) for path in _secret_files(settings)
        ],
        unreadable_records=unreadable_records,
        version=_version(folder),
    )


def _secret_files(settings: Settings) -> list[Path]:
    named = (settings.redis_password_file, settings.database_url_file)
    return [PROJECT / place for place in named if place]


def _version(folder: Path) -> str | None:
    try:
        return code_version(folder)
    except OSError:
        return None


def _env_files(folder: Path, known: Sequence[Secret]) -> Iterator[FileSeen]:
    for name in ENV_FILES:
        path = folder / name
        if _exists(path):
            text = _content(path).encode("utf-8", "surrogateescape")
            holds = any(form in text for secret in known for form in secret.forms)
            yield _file(path, str(name), holds_secret=holds)


def _file(path: Path, name: str, *, holds_secret: bool) -> FileSeen:
    try:
        real = path.resolve()
        open_to_all = _for_others(real, stat.S_IROTH) and _for_others(real.parent, stat.S_IXOTH)
        platforms = is_platforms(real, read_only=_read_only(real), mounted=_mounted_by_others(real))
    except (OSError, RuntimeError) as trouble:  # RuntimeError: links in a circle, Python 3.11
        why = getattr(trouble, "strerror", None) or str(trouble)
        return FileSeen(name=name, holds_secret=False, open_to_all=False, trouble=why)
    return FileSeen(
        name=name, holds_secret=holds_secret, open_to_all=open_to_all, platforms=platforms
    )


def is_platforms(real: Path, *, read_only: bool, mounted: bool) -> bool:
    """Whether whoever runs containers put it there: chmod would be refused, or break the service.

    `mounted`: the file is a mount by itself, and belongs to somebody else. Pure.
    """
    return real.is_relative_to(MOUNTED) or read_only or mounted


def _for_others(path: Path, right: int) -> bool:
    return bool(path.stat().st_mode & right)


def _read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _mounted_by_others(path: Path) -> bool:
    return os.path.ismount(path) and path.stat().st_uid != os.geteuid()


def _exists(path: Path) -> bool | None:
    try:
        return path.exists()
    except OSError:
        return None


def _line(path: Path | None) -> str | None:
    """None: no file is named."""
    return None if path is None else _content(path)


def _content(path: Path) -> str:
    """The text of a small file without its last line end; empty where it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            return file.read(_LONGEST).rstrip("\r\n")
    except OSError:
        return ""


def _password(url: str) -> str | None:
    try:
        found = urlsplit(url).password
    except ValueError:
        return None
    return unquote(found) if found else None

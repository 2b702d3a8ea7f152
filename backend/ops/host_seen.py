"""What was seen on this host: secrets, and the files that hold them. Values alone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class Secret:
    """Something that nobody else may read, by what it is. Its text is never shown."""

    name: str
    text: str = field(repr=False)

    @property
    def forms(self) -> tuple[bytes, ...]:
        """How it may stand in a file: as it is, and as a URL has it. None for an unknown one."""
        plain = self.text.encode("utf-8", "surrogateescape")  # as environments bring odd bytes
        return tuple({plain, quote(plain, safe="").encode()} - {b""})


@dataclass(frozen=True, kw_only=True)
class PasswordSeen:
    """How good a password is; not the password."""

    name: str
    length: int
    """Characters."""
    well_known: bool
    """It stands in somebody's documentation."""


@dataclass(frozen=True, kw_only=True)
class FileSeen:
    """A file that holds a secret, or may."""

    name: str
    holds_secret: bool
    open_to_all: bool
    """Every user of this host may read it, and enter its folder."""
    platforms: bool = False
    """Compose, Kubernetes or their like mount it: its rights are theirs to choose."""
    trouble: str = ""
    """Why it could not be looked at; the other fields say nothing then."""


@dataclass(frozen=True, kw_only=True)
class HostSeen:
    """One look at this host's files."""

    passwords: Sequence[PasswordSeen] = ()
    env_files: Sequence[FileSeen] = ()
    """Those of `.env` and `backend/.env` that are there."""
    password_files: Sequence[FileSeen] = ()
    """What REDIS_PASSWORD_FILE and its like name."""
    unreadable_records: Sequence[str] = ()
    """Files among the records that are none."""
    version: str | None = None
    """Of the code here, as records have it; None: it could not be read."""

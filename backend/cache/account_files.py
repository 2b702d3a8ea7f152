"""An account from files, as Docker and Kubernetes mount secrets: EDGE to the file system.

Neither a file's content nor its path is ever shown: a path may be a password in the wrong place.
"""

import stat
import time
from pathlib import Path
from typing import Final

from cache.redis_credentials import Account
from cache.renewed_credentials import Grant, NoAccount

PASSWORD_FILE: Final = "REDIS_PASSWORD_FILE"
USERNAME_FILE: Final = "REDIS_USERNAME_FILE"

_MOST_BYTES: Final = 65_536
_SETTLE_SECONDS: Final = 0.05
"""A change is believed once it reads the same after so long: it may be half written."""
_ATTEMPTS: Final = 20


class AccountFiles:
    """The user, the password or both from files that may change at any time; `known` is the rest.

    A file's last line end does not count. Not for a writer that stops half way for longer than
    50 ms: then half a password is tried, until the whole one is read a second later.
    """

    pace = 0.0

    def __init__(
        self, known: Account, *, username_file: Path | None, password_file: Path | None
    ) -> None:
        self._known = known
        self._username_file = username_file
        self._password_file = password_file
        self._last: Account | None = None

    def fetch(self, now: float) -> Grant:
        """What the files say; due again at once. Raises NoAccount, naming the setting."""
        seen = self._last
        for _ in range(_ATTEMPTS):
            found = self._read()
            if found == seen:
                self._last = found
                return Grant(account=found, renew_at=now)
            seen = found
            time.sleep(_SETTLE_SECONDS)
        setting = PASSWORD_FILE if self._password_file else USERNAME_FILE
        raise NoAccount(f"{setting}: the file changes all the time.")

    def _read(self) -> Account:
        user, password = self._username_file, self._password_file
        return Account(
            username=read_line(USERNAME_FILE, user) if user else self._known.username,
            password=read_line(PASSWORD_FILE, password) if password else self._known.password,
        )


def read_line(setting: str, path: Path) -> str:
    """The one line of a file. Raises NoAccount; blocks as long as the file system does."""
    try:
        # Asked first, for opening a pipe would wait for its writer.
        regular = stat.S_ISREG(path.stat().st_mode)
        content = _start_of(path) if regular else b""
        text = content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise NoAccount(f"{setting}: the file is no UTF-8 text.") from None
    except (OSError, ValueError) as trouble:
        kind = type(trouble).__name__
        raise NoAccount(f"{setting}: the file cannot be read ({kind}).") from None
    if not regular:
        raise NoAccount(f"{setting}: it must name a plain file.")
    if not text:
        raise NoAccount(f"{setting}: the file is empty.")
    if len(content) > _MOST_BYTES or "\n" in text:
        raise NoAccount(f"{setting}: the file must hold one line and nothing else.")
    return text


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES + 1)

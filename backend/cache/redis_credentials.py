"""Who we are to Redis: the account, and the face of whoever keeps it new. No I/O of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user and its password, or a token in its place. None: there is none to be told."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)


class Credentials(Protocol):
    """Who we are to Redis, now.

    Only `refresh` does I/O; it is called in the background, about once a second, and before
    connecting anew.
    """

    @property
    def account(self) -> Account:
        """The latest one known; instant, and never raises."""
        ...

    @property
    def connection_seconds(self) -> float | None:
        """For how long a connection made now may be used before it must be replaced.

        None: for ever. 0 while no account is known. A change of it alone ends no connection.
        """
        ...

    @property
    def secrets(self) -> Sequence[str]:
        """What must never be shown: the present secret, and earlier ones that may be in use yet."""
        ...

    async def refresh(self) -> bool:
        """Find out whether there is a newer account; True if there is. Cheap when nothing is due.

        Never raises, and takes 10 s at most: trouble is logged once, and once more when it is
        over; meanwhile the last account stays. Called again meanwhile, it waits for the same.
        """
        ...


class FixedCredentials:
    """An account that never changes: that of REDIS_URL, or a test's."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def account(self) -> Account:
        return self._account

    @property
    def connection_seconds(self) -> float | None:
        return None

    @property
    def secrets(self) -> Sequence[str]:
        return (self._account.password,) if self._account.password else ()

    async def refresh(self) -> bool:
        return False

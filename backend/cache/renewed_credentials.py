"""Credentials that are renewed while they are used; who grants them is a source's matter.

No I/O of its own: a source is asked in a thread, for it may block; the time is the caller's clock.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cache.redis_credentials import Account
from cache.slow_question import SlowQuestion

_PATIENCE_SECONDS: Final = 10.0
"""A question that is open for longer is trouble."""
_GLANCE_SECONDS: Final = 0.5
"""How long a refresh waits where an account is known: whoever called has other things to do."""
_SECRETS: Final = 4
"""The present one, and those before it that connections may have been made with."""

_log = logging.getLogger("tally.cache")


class NoAccount(Exception):
    """A source has no account to give; the message says why, and holds no secret."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """An account as a source grants it. Times are seconds since 1970."""

    account: Account
    renew_at: float
    """From then on a newer one is asked for."""
    connections_end_at: float | None = None
    """Connections made with it are good until then. None: it sets them no end."""
    connection_seconds: float | None = None
    """Connections are good for so long from when they are made, at most."""


class Source(Protocol):
    """Whoever grants accounts."""

    @property
    def pace(self) -> float:
        """Seconds between two questions at least, also in trouble."""
        ...

    def fetch(self, now: float) -> Grant:
        """The account of now. Blocks. Raises NoAccount, or anything at all."""
        ...


def is_due(now: float, asked_at: float, pace: float, grant: Grant | None) -> bool:
    """Whether a source is to be asked. A clock that was set back makes it due."""
    if grant is not None and asked_at <= now < grant.renew_at:
        return False
    return not 0 <= now - asked_at < pace


def connection_seconds(now: float, grant: Grant) -> float | None:
    """For how long a connection made now may be used; never below 0. None: for ever."""
    ends = [grant.connection_seconds]
    if grant.connections_end_at is not None:
        ends.append(max(0.0, grant.connections_end_at - now))
    return min((end for end in ends if end is not None), default=None)


class RenewedCredentials:
    """Credentials from a source. Before its first answer there is no account, and no connection
    is worth keeping.

    The clock is a wall clock, for tokens end by one.
    """

    def __init__(
        self,
        source: Source,
        *,
        clock: Callable[[], float] = time.time,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._clock = clock
        self._patience = patience
        self._pace = source.pace
        self._question = SlowQuestion(lambda: source.fetch(clock()))
        self._asked_at = float("-inf")
        self._grant: Grant | None = None
        self._secrets: deque[str] = deque(maxlen=_SECRETS)
        self._in_trouble = False

    @property
    def account(self) -> Account:
        return self._grant.account if self._grant else Account()

    @property
    def connection_seconds(self) -> float | None:
        return connection_seconds(self._clock(), self._grant) if self._grant else 0.0

    @property
    def secrets(self) -> Sequence[str]:
        return tuple(self._secrets)

    def begin(self) -> None:
        """Get the first account before anything runs. Raises what the source does, TimeoutError."""
        self._asked_at = self._clock()
        self._accept(self._question.wait(self._patience))

    async def refresh(self) -> bool:
        before, now = self.account, self._clock()
        if not self._question.open:
            if not is_due(now, self._asked_at, self._pace, self._grant):
                return False
            self._asked_at = now
        try:
            async with asyncio.timeout(_GLANCE_SECONDS if self._grant else self._patience):
                grant = await self._question.answer()
        except Exception as error:  # whatever a source's library comes up with
            if not self._question.open or not self._grant or self._is_late():
                self._complain(_reason(error))
        else:
            self._accept(grant)
        return self.account != before

    def _is_late(self) -> bool:
        return self._clock() - self._asked_at >= self._patience

    def _accept(self, grant: Grant) -> None:
        secret = grant.account.password
        if secret and secret not in self._secrets:
            self._secrets.append(secret)
        self._grant = grant
        if self._in_trouble:
            self._in_trouble = False
            _log.info("cache: the credentials for redis are known again")

    def _complain(self, reason: str) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            _log.warning("cache: no new credentials for redis; any known before stay: %s", reason)


def _reason(error: Exception) -> str:
    """In a source's own words, or by the kind of error alone: its text may hold anything."""
    if isinstance(error, NoAccount):
        return str(error)
    if isinstance(error, TimeoutError):
        return "nothing comes in time"
    return type(error).__name__

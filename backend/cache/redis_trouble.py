"""What an error of the Redis driver means, and how to say it to a person. Pure: by class names.

By name and not by class, so that it needs no driver, and the driver's versions may differ.
"""

from collections.abc import Mapping
from typing import Final

from cache.tier import Trouble

_BY_NAME: Final[Mapping[str, Trouble]] = {
    "MaxConnectionsError": Trouble.BUSY,
    "AuthenticationError": Trouble.AUTH,
    "AuthenticationWrongNumberOfArgsError": Trouble.AUTH,
    "AuthorizationError": Trouble.AUTH,
    "NoPermissionError": Trouble.AUTH,
    "ExternalAuthProviderError": Trouble.AUTH,
    "BusyLoadingError": Trouble.LOADING,
    "MasterDownError": Trouble.LOADING,
    "ReadOnlyError": Trouble.READONLY,
    "OutOfMemoryError": Trouble.OOM,
    "TimeoutError": Trouble.TIMEOUT,
    "ConnectionError": Trouble.CONNECTION,
    "OSError": Trouble.CONNECTION,
    "EOFError": Trouble.CONNECTION,
}

_SENTENCE: Final[Mapping[Trouble, str]] = {
    Trouble.AWAY: "it is not asked",
    Trouble.TIMEOUT: "it does not answer in time",
    Trouble.CONNECTION: "it cannot be reached",
    Trouble.BUSY: "all our connections are in use",
    Trouble.READONLY: "it is a read-only replica",
    Trouble.LOADING: "it is still loading its data",
    Trouble.OOM: "it is out of memory and its maxmemory-policy lets nothing go",
    Trouble.AUTH: "it refuses our credentials or their rights; see REDIS_URL",
    Trouble.OTHER: "it answers with errors",
}

_LONGEST: Final = 200


def classify(error: BaseException) -> Trouble:
    """The kind of trouble, by the nearest class that is known; OTHER for anything unheard of."""
    for kind in type(error).__mro__:
        if kind.__name__ in _BY_NAME:
            return _BY_NAME[kind.__name__]
    return Trouble.OTHER


def quote(error: BaseException, secret: str | None) -> str:
    """What the driver said, on one line, never with the secret in it."""
    said = " ".join(f"{type(error).__name__}: {error}".split())
    if secret:
        said = said.replace(secret, "***")
    return said[:_LONGEST]


def explain(trouble: Trouble, said: str | None) -> str:
    """A sentence for the log: what is wrong, and what the driver said of it."""
    return f"{_SENTENCE[trouble]} ({said})." if said else f"{_SENTENCE[trouble]}."

"""What an operator wants to know of a server: the commands, as tables. Pure; asks nobody.

All of them only read, and none walks over all keys. FLUSHALL, CONFIG SET, KEYS and SHUTDOWN are
named to ACL DRYRUN alone, which carries nothing out.
"""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

Words: TypeAlias = tuple[str | bytes, ...]

OURS: Final = b"tally:"
"""How all keys of Tally begin."""
ENTRIES: Final = b"tally:job:"
FOREIGN: Final = "not-of-tally"
"""A key that is none; it is never read."""

SETTINGS: Final = (
    *("maxmemory", "maxmemory-policy", "maxclients", "bind", "protected-mode", "save"),
    *("appendonly", "stop-writes-on-bgsave-error", "latency-monitor-threshold"),
    "cluster-node-timeout",
)
"""What CONFIG GET is asked for. None of them is a secret."""

Questions: TypeAlias = Mapping[str, Words]
"""Commands by the names under which their answers are kept."""

OF_A_SERVER: Final[Questions] = {
    "PING": ("PING",),
    "INFO": ("INFO",),
    "ACL WHOAMI": ("ACL", "WHOAMI"),
    "SLOWLOG LEN": ("SLOWLOG", "LEN"),
    "SLOWLOG GET": ("SLOWLOG", "GET", "10"),
    "LATENCY LATEST": ("LATENCY", "LATEST"),
    **{f"CONFIG GET {name}": ("CONFIG", "GET", name) for name in SETTINGS},
}
OF_A_CLUSTER: Final[Questions] = {**OF_A_SERVER, "CLUSTER INFO": ("CLUSTER", "INFO")}

_RIGHTS: Final[Questions] = {
    "FLUSHALL": ("FLUSHALL",),
    "CONFIG": ("CONFIG", "SET", "maxmemory", "0"),
    "KEYS": ("KEYS", "*"),
    "SHUTDOWN": ("SHUTDOWN",),
    "GET": ("GET", FOREIGN),
}
"""What the service has no need of."""


def of_a_sentinel(service: str) -> Questions:
    return {
        "PING": ("PING",),
        "SENTINEL MASTER": ("SENTINEL", "MASTER", service),
        "SENTINEL CKQUORUM": ("SENTINEL", "CKQUORUM", service),
    }


def of_rights(user: bytes) -> Questions:
    """Whether that user may do what the service has no need of; nothing of it is done."""
    return {
        f"ACL DRYRUN {name}": ("ACL", "DRYRUN", user, *words) for name, words in _RIGHTS.items()
    }


def as_sent(questions: Iterable[Words]) -> list[Words]:
    """Heads as bytes: the driver has no reading of its own for those, and leaves answers alone."""
    return [
        (head if isinstance(head, bytes) else head.encode(), *tail) for head, *tail in questions
    ]

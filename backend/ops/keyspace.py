"""How many keys a server has, by what INFO says of its databases. Pure."""

from collections.abc import Mapping

from cache import ClusterAddress
from ops.evidence import Evidence


def database(evidence: Evidence) -> int:
    """The number of the one that is Tally's."""
    target = evidence.target
    return 0 if target is None or isinstance(target, ClusterAddress) else target.db


def keys_in(info: Mapping[str, str], db: int) -> int:
    """Keys of one database: `db0:keys=12,expires=12,avg_ttl=0`. One without keys is not told."""
    fields = dict(pair.partition("=")[::2] for pair in info.get(f"db{db}", "").split(","))
    keys = fields.get("keys", "0")
    return int(keys) if keys.isdecimal() else 0


def keys_in_all(info: Mapping[str, str]) -> int:
    """Keys of all databases together."""
    numbers = (name.removeprefix("db") for name in info if name.startswith("db"))
    return sum(keys_in(info, int(number)) for number in numbers if number.isdecimal())

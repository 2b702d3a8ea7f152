"""Where a server stands, by its addresses: on this host, in a network, on the internet. Pure.

And whose it is: providers by the ends of their names. Sources: the providers' own pages on how to
connect; for Azure's dates and ports also its page on the retirement of Azure Cache for Redis.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal, TypeAlias

from ops.server_rule import Met, known
from ops.server_seen import ServerSeen, Unknown

Reach: TypeAlias = Literal["socket", "host", "private", "internet"]
"""Who can get there: over a unix socket of this host, from this host, from a network, from all."""


def reach(met: Met) -> Reach:
    """The widest of its addresses. Raises NotKnown where its name is not resolved."""
    addresses = [ip_address(one.partition("%")[0]) for one in known(met.addresses)]
    if not addresses:
        return "socket"
    if any(one.is_global for one in addresses):
        return "internet"
    return "host" if all(one.is_loopback for one in addresses) else "private"


_ANYWHERE: Final = frozenset({"*", "::*", "0.0.0.0", "::"})


def is_wide_word(word: str) -> bool:
    """Whether a word of `bind` is for all addresses of a host, or for one on the internet."""
    word = word.removeprefix("-")  # no trouble if the host has none
    address = _address(word)
    return word in _ANYWHERE or (address is not None and address.is_global)


def is_loopback_word(word: str) -> bool:
    """Whether it is for this host alone."""
    address = _address(word.removeprefix("-"))
    return address is not None and address.is_loopback


def _address(word: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(word)
    except ValueError:
        return None


_BY_ENDING: Final[Mapping[str, str]] = {
    ".cache.amazonaws.com": "ElastiCache",
    ".cache.amazonaws.com.cn": "ElastiCache",
    ".redis.cache.windows.net": "Azure Cache for Redis",
    ".redisenterprise.cache.azure.net": "Azure Cache for Redis Enterprise",
    ".redis.azure.net": "Azure Managed Redis",
    ".redislabs.com": "Redis Cloud",
    ".redis-cloud.com": "Redis Cloud",
    ".upstash.io": "Upstash",
    ".aivencloud.com": "Aiven",
    ".db.ondigitalocean.com": "DigitalOcean",
}


def provider(server: ServerSeen) -> str | None:
    """Who runs it, by its name or by what it says of itself; None: nobody that is known here.

    Google's Memorystore is reached by plain addresses and is not told from a server of one's own.
    """
    host = host_of(server.name)
    for ending, name in _BY_ENDING.items():
        if host.endswith(ending):
            return name
    if not isinstance(server.info, Unknown) and "ElastiCache" in server.info.get("os", ""):
        return "ElastiCache"
    return None


def host_of(name: str) -> str:
    """The host in a server's name, in small letters; empty for a unix socket."""
    place = name.rpartition("@")[2] if "@" in name else name.partition("://")[2]
    host = place.partition("/")[0].rpartition(":")[0]
    return host.strip("[]").lower().rstrip(".")

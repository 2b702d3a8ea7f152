"""Reads the hosts of REDIS_URL, one or several, each with or without a port. Pure."""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from cache.redis_options import number
from cache.redis_target import BadRedisUrl, Node

_PLACE: Final = re.compile(r"(\[[0-9A-Fa-f:.]*\]|[A-Za-z0-9._-]*)(?::([^:]*))?")
_LABEL: Final = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_LONGEST_NAME: Final = 253


def read_hosts(text: str, default_port: int) -> tuple[Node, ...]:
    """The hosts between the account and the path, in their order. Raises BadRedisUrl."""
    nodes = tuple(_node(place, default_port) for place in text.split(","))
    if len({str(node).lower() for node in nodes}) < len(nodes):
        raise BadRedisUrl("names the same host and port twice; say it once.")
    return nodes


def _node(place: str, default_port: int) -> Node:
    if not place or (place.startswith(":") and place.count(":") == 1):
        raise BadRedisUrl("names no host; write redis://host:6379/0.")
    found = _PLACE.fullmatch(place)
    if not found or not _is_host(found[1]):
        raise BadRedisUrl(
            "a host must be a name, an IPv4 address, or an IPv6 address in brackets, [::1]."
        )
    port = default_port if found[2] is None else number(found[2], 1, 65535)
    if port is None:
        raise BadRedisUrl("a port, after its host and a colon, must be a number from 1 to 65535.")
    return Node(host=found[1].strip("[]"), port=port)


def _is_host(text: str) -> bool:
    """A name that ends in a number is an address, or a port without its host."""
    if text.startswith("["):
        return _is_address(text.strip("[]"), IPv6Address)
    if text.rpartition(".")[2].isdigit():
        return _is_address(text, IPv4Address)
    return _NAME.fullmatch(text) is not None and len(text) <= _LONGEST_NAME


def _is_address(text: str, family: type[IPv4Address] | type[IPv6Address]) -> bool:
    try:
        family(text)
    except ValueError:
        return False
    return True

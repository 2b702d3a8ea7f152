"""The hosts of REDIS_URL: names, addresses, ports, and the default for those without one."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import BadRedisUrl
from cache.redis_target import Node
from cache.redis_url_hosts import read_hosts


def test_hosts_keep_their_order_and_only_those_without_a_port_get_the_default() -> None:
    assert read_hosts("b:1,a,[::1]:2,[::2]", 5) == (
        Node(host="b", port=1),
        Node(host="a", port=5),
        Node(host="::1", port=2),
        Node(host="::2", port=5),
    )


def test_the_same_host_at_two_ports_is_two_nodes() -> None:
    assert len(read_hosts("h:1,h:2,h", 3)) == 3


@given(st.ip_addresses(), st.integers(1, 65535))
def test_every_address_is_a_host(address: IPv4Address | IPv6Address, port: int) -> None:
    node = Node(host=str(address), port=port)

    assert read_hosts(str(node), 1) == (node,)


@given(st.ip_addresses(v=6).map(str))
def test_an_ipv6_address_without_brackets_is_never_guessed_at(address: str) -> None:
    with pytest.raises(BadRedisUrl, match="in brackets"):
        read_hosts(address, 6379)


@pytest.mark.parametrize("text", ["127.1", "1", "h.1", "0x7f.0.0.1.2", "1.2.3.4.5", "01.2.3.4"])
def test_what_ends_in_a_number_must_be_a_whole_ipv4_address(text: str) -> None:
    with pytest.raises(BadRedisUrl, match="an IPv4 address"):
        read_hosts(text, 6379)


@pytest.mark.parametrize(
    "text", ["1.h", "redis1", "10.0.0.1.nip.io", "_x", "xn--bcher-kva.example"]
)
def test_numbers_elsewhere_in_a_name_are_fine(text: str) -> None:
    assert read_hosts(text, 6379) == (Node(host=text, port=6379),)

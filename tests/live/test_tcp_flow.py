"""What becomes of the bytes: late, one by one, cut off, one way only, or other ones."""

import socket
import time

import pytest

from live.echo import Connect, echoed, exactly
from live.tcp_proxy import TcpProxy

WORDS = b"0123456789" * 20


def test_a_delay_counts_each_way_and_does_not_queue_what_comes_at_once(
    proxy: TcpProxy, connect: Connect
) -> None:
    link = connect()
    echoed(link)
    proxy.delay(0.1)
    began = time.monotonic()
    for _ in range(10):
        link.sendall(b"0123456789")
    got = exactly(link, 100)
    took = time.monotonic() - began

    assert got == b"0123456789" * 10
    assert 0.2 <= took < 1.5


def test_a_delay_ends_with_the_fault_also_for_what_waits(proxy: TcpProxy, connect: Connect) -> None:
    proxy.delay(60.0)
    link = connect()
    link.sendall(b"waits")
    proxy.heal()

    assert exactly(link, 5) == b"waits"


def test_dripping_each_byte_comes_alone(proxy: TcpProxy, connect: Connect) -> None:
    link = connect()
    echoed(link)
    proxy.drip(0.1, ways=("to_client",))
    began = time.monotonic()
    link.sendall(b"slow")
    pieces = [link.recv(100) for _ in range(4)]
    took = time.monotonic() - began

    assert pieces == [b"s", b"l", b"o", b"w"]
    assert took >= 0.3


@pytest.mark.parametrize("way", ["to_client", "to_server"])
def test_cut_the_connection_ends_after_so_many_bytes(
    proxy: TcpProxy, connect: Connect, way: str
) -> None:
    link = connect()
    echoed(link)
    proxy.cut_after(7, "to_client" if way == "to_client" else "to_server")
    link.sendall(WORDS)
    got = exactly(link, 200)
    new = connect()
    new.sendall(WORDS)

    assert got == (b"0123456" if way == "to_client" else b"")
    assert exactly(new, 200) == got


def test_half_closed_to_the_client_it_hears_an_end_and_is_still_heard(
    proxy: TcpProxy, connect: Connect
) -> None:
    link = connect()
    echoed(link)
    proxy.half_close("to_client")
    end = link.recv(1)
    link.sendall(b"still heard")
    new = echoed(connect())

    assert end == b""
    assert new == b"hello"
    assert proxy.passed["to_server"] == len(b"hello" + b"still heard" + b"hello")


def test_half_closed_to_the_server_it_hears_an_end_and_is_still_heard(
    proxy: TcpProxy, connect: Connect
) -> None:
    link = connect()
    echoed(link)
    proxy.half_close("to_server")

    assert exactly(link, 100) == b"bye"


def test_corrupt_bytes_differ_and_are_the_same_for_the_same_seed(
    proxy: TcpProxy, connect: Connect, echo: int
) -> None:
    proxy.corrupt(0.1, seed=7)
    one = echoed(connect(), WORDS)
    whole = echoed(connect(), WORDS)
    with TcpProxy("127.0.0.1", echo) as other:
        other.corrupt(0.1, seed=7)
        with socket.create_connection(("127.0.0.1", other.port), timeout=5.0) as link:
            again = b"".join(echoed(link, WORDS[at : at + 50]) for at in range(0, 200, 50))
    changed = sum(a != b for a, b in zip(one, WORDS, strict=True))

    assert 5 <= changed <= 50
    assert one == again
    assert whole != one

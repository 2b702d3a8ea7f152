"""How a server met a stranger tells who gets in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import Certificate, Silent, StrangerTold, TlsFacts
from ops.server_seen import TlsSeen, Unknown
from ops.stranger_reading import stranger_seen, tls_seen

SOME_DAY = datetime(2027, 1, 1, tzinfo=UTC)


def told(said: bytes | Silent, tls: TlsFacts | Silent | None = None) -> StrangerTold:
    return StrangerTold(said=said, tls=tls)


@pytest.mark.parametrize(
    ("said", "became"),
    [
        (b"+PONG\r\n", "let in"),
        (b"-NOAUTH Authentication required.\r\n", "password"),
        (b"-NOPERM User default has no permissions to run the 'ping' command\r\n", "limited"),
        (b"-DENIED Redis is running in protected mode\r\n", "protected mode"),
        (b"-LOADING Redis is loading the dataset in memory\r\n", "let in"),
        (b"-MASTERDOWN Link with MASTER is down\r\n", "let in"),
    ],
)
def test_what_becomes_of_a_stranger(said: bytes | Silent, became: str) -> None:
    assert stranger_seen(told(said)) == became


def test_who_tells_strangers_nothing_wants_a_certificate_or_is_unknown() -> None:
    silent = Silent("it closed the connection.")

    assert stranger_seen(told(silent)) == Unknown("it closed the connection.")
    assert (
        stranger_seen(StrangerTold(said=silent, tls=None, wants_certificate=True)) == "certificate"
    )


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 400 Bad Request\r\n", b"-ERR max number of clients reached\r\n"]
)
def test_what_says_neither_yes_nor_no_is_unknown(said: bytes) -> None:
    assert isinstance(stranger_seen(told(said)), Unknown)


@given(st.binary())
def test_no_answer_raises_and_none_but_the_known_ones_let_in(said: bytes) -> None:
    seen = stranger_seen(told(said))

    assert seen != "let in" or said.startswith((b"+PONG", b"-LOADING", b"-M", b"-BUSY"))


def test_tls_is_seen_with_and_without_a_certificate_that_can_be_read() -> None:
    shown = Certificate(not_after=SOME_DAY, names=("redis.internal",))
    readable = TlsFacts(version="TLSv1.3", certificate=shown)
    odd = tls_seen(told(b"", TlsFacts(version="TLSv1.3", certificate=None)))

    assert tls_seen(told(b"")) is None
    assert tls_seen(told(b"", Silent("gone"))) == Unknown("gone")
    assert tls_seen(told(b"", readable)) == TlsSeen(
        version="TLSv1.3", not_after=SOME_DAY, names=("redis.internal",)
    )
    assert isinstance(odd, TlsSeen)
    assert isinstance(odd.not_after, Unknown)

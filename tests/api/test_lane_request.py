"""Which polls the fast lane may answer."""

import pytest

from api.lane_request import NOTHING, Asked, _often, asked_by

HARMLESS = [
    (b"host", b"tally"),
    (b"connection", b"Keep-Alive"),
    (b"accept", b"*/*"),
    (b"range", b"bytes=0-9"),
    (b"cookie", b"a=b"),
]
UNUSUAL = [
    (b"connection", b"close"),
    (b"connection", b"Upgrade"),
    (b"content-length", b"0"),
    (b"expect", b"100-continue"),
    (b"http2-settings", b"AAMAAABk"),
    (b"prefer", b"wait=5"),
    (b"transfer-encoding", b"chunked"),
    (b"upgrade", b"websocket"),
]


def test_a_poll_with_nothing_of_interest_asks_for_nothing() -> None:
    assert asked_by(HARMLESS) == NOTHING
    assert asked_by([]) == NOTHING


def test_the_entity_tags_of_all_lines_count_and_the_highest_version_is_the_floor() -> None:
    lines = [(b"if-none-match", b'"3.1", W/"7.1"'), (b"if-none-match", b'"5.1"')]

    assert asked_by([*HARMLESS, *lines]) == Asked('"3.1", W/"7.1", "5.1"', 7)


def test_what_a_proxy_says_of_its_client_is_kept() -> None:
    assert asked_by([(b"x-forwarded-for", b"10.0.0.1")]) == Asked("", 0, "10.0.0.1")


@pytest.mark.parametrize("line", UNUSUAL, ids=lambda line: line[0].decode())
def test_what_is_unusual_goes_the_ordinary_way(line: tuple[bytes, bytes]) -> None:
    assert asked_by([*HARMLESS, line]) is None


def test_what_clients_make_up_is_not_kept_for_long() -> None:
    """Or a thousand of them could fill the memory for good."""
    asked = asked_by([(b"x-forwarded-for", b"1" * 100_000), (b"if-none-match", b'"1.1"')])

    assert asked is not None
    assert len(asked.forwarded_for) <= 100
    assert _often.cache_info().maxsize == 1024
    before = _often.cache_info().currsize
    asked_by([(b"if-none-match", b'"7.1", ' * 20)])
    assert _often.cache_info().currsize == before

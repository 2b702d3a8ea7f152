"""The lane inside uvicorn: which bytes it takes for itself, and how it treats a connection."""

import logging
from typing import Any

import pytest

from api.lane_request import NOTHING
from lane_connection import DOCUMENT, POLL, Connection, turns


async def test_a_poll_is_answered_in_one_write_and_counted_as_a_request() -> None:
    connection = Connection()
    connection.protocol.data_received(POLL)
    (answer,) = connection.link.written

    assert answer.startswith(b"HTTP/1.1 200 OK\r\nserver: uvicorn\r\netag: ")
    assert answer.endswith(b"\r\n\r\n" + DOCUMENT.body)
    assert connection.state.total_requests == 1
    assert connection.polled == ["10.0.0.9"]
    assert connection.passed == 0


async def test_the_headers_of_each_second_are_taken_anew() -> None:
    connection = Connection()
    connection.protocol.data_received(POLL)
    connection.state.default_headers = [(b"date", b"now")]
    connection.protocol.data_received(POLL)

    assert b"server: uvicorn" in connection.link.written[0]
    assert b"date: now\r\netag: " in connection.link.written[1]


@pytest.mark.parametrize(
    "harm",
    [
        lambda it: it.protocol.pause_writing(),
        lambda it: it.protocol.data_received(2 * b"GET /livez HTTP/1.1\r\n\r\n"),
        lambda it: it.protocol.data_received(b"GET /livez HT"),
        lambda it: it.protocol.data_received(b"GET /livez HTTP/1.1\r\n\r\n"),
    ],
    ids=["slow-reader", "pipelined", "inside-a-request", "answering"],
)
async def test_a_connection_that_is_not_free_goes_the_ordinary_way(harm: Any) -> None:
    connection = Connection()
    connection.protocol.data_received(POLL)  # then it is known to be free
    connection.link.written.clear()
    connection.polled.clear()
    harm(connection)
    connection.protocol.data_received(POLL)

    assert not any(b" 200 " in said for said in connection.link.written)
    assert connection.polled == []
    connection.protocol.flow.resume_writing()  # or what was begun would wait for the slow reader
    await turns()


async def test_two_polls_in_one_read_are_both_answered_whatever_came_before() -> None:
    """Their end is that of the poll before, whose header lines are remembered."""
    connection = Connection()
    connection.protocol.data_received(POLL)
    connection.protocol.data_received(POLL + POLL)
    await turns()

    assert connection.said.count(b"HTTP/1.1 200 OK\r\n") == 3


async def test_a_server_that_limits_its_connections_has_no_lane() -> None:
    connection = Connection(limit_concurrency=10)
    connection.protocol.data_received(POLL)

    assert connection.polled == []


async def test_the_access_log_has_the_polls_of_the_lane(caplog: pytest.LogCaptureFixture) -> None:
    connection = Connection(access_log=True)
    with caplog.at_level(logging.INFO, "uvicorn.access"):
        connection.protocol.data_received(POLL)

    assert [record.getMessage() for record in caplog.records] == [
        f'10.0.0.9:1234 - "GET /api/v2/jobs/{DOCUMENT.id} HTTP/1.1" 200'
    ]


async def test_a_connection_in_use_outlives_the_keep_alive_and_an_idle_one_does_not() -> None:
    connection = Connection(timeout_keep_alive=5)
    connection.protocol.data_received(POLL)
    connection.protocol.timeout_keep_alive_handler()
    in_use = connection.link.closed
    connection.protocol._answered_at -= 5.1
    connection.protocol.timeout_keep_alive_handler()
    connection.protocol.connection_lost(None)

    assert (in_use, connection.link.closed) == (False, True)


async def test_header_lines_are_read_once_for_polls_that_send_the_same() -> None:
    connection = Connection()
    for _ in range(3):
        connection.protocol.data_received(POLL)
    asked = connection.protocol._asked

    assert asked is NOTHING
    assert len(connection.link.written) == 3


async def test_an_application_within_another_one_has_no_lane() -> None:
    """Whoever stands around it, to ask for a password or to count, must not be passed by."""
    connection = Connection(within=True)
    connection.protocol.data_received(POLL)

    assert (connection.said, connection.polled) == (b"", [])


async def test_a_service_under_a_prefix_has_no_lane() -> None:
    connection = Connection(root_path="/tally")
    connection.protocol.data_received(POLL)

    assert (connection.said, connection.polled) == (b"", [])


async def test_a_server_that_ends_each_connection_after_an_answer_has_no_lane() -> None:
    """By `--header connection:close`: uvicorn's own way heeds what it says there."""
    connection = Connection(headers=[("Connection", "close")])
    connection.protocol.data_received(POLL)

    assert (connection.said, connection.polled) == (b"", [])


async def test_a_connection_that_only_polls_ends_once_it_is_idle() -> None:
    connection = Connection(timeout_keep_alive=5)
    connection.protocol.data_received(POLL)
    timer = connection.protocol.timeout_keep_alive_task

    assert timer is not None
    assert 4.0 < timer.when() - connection.protocol.loop.time() <= 5.0


@pytest.mark.parametrize("part", ["memory", "counting"])
async def test_what_breaks_in_the_lane_leaves_the_poll_to_the_ordinary_way(
    caplog: pytest.LogCaptureFixture, part: str
) -> None:
    connection = Connection(breaks=part)
    connection.protocol.data_received(POLL)
    await turns()

    assert connection.passed == 1
    assert "the fast lane failed" in caplog.text


async def test_clients_are_told_apart_by_what_their_proxy_says_of_them() -> None:
    connection = Connection()
    connection.protocol.data_received(POLL[:-2] + b"X-Forwarded-For: 1.2.3.4\r\n\r\n")

    assert connection.polled == ["1.2.3.4"]


async def test_long_header_lines_are_not_kept_with_the_connection() -> None:
    connection = Connection()
    connection.protocol.data_received(POLL[:-2] + b"X-Long: " + b"x" * 5000 + b"\r\n\r\n")

    assert (connection.said, connection.polled) == (b"", [])

"""A poll of the lane in uvicorn that waits for Redis: what its connection does meanwhile."""

import time

import pytest

from jobs import Answer
from lane_connection import DOCUMENT, NEAR, POLL, Connection, turns

REDIS = Answer(document=DOCUMENT, hit=True, detail="redis", ttl=29.0)
LIVEZ = b"GET /livez HTTP/1.1\r\nHost: tally\r\n\r\n"


@pytest.fixture
async def connection() -> Connection:
    return Connection(redis=True, timeout_keep_alive=5)


def told(connection: Connection, answer: Answer | None) -> None:
    tell, *connection.redis = connection.redis
    tell(answer)


async def test_it_is_answered_when_redis_has_told(connection: Connection) -> None:
    connection.protocol.data_received(POLL)
    before = connection.said
    told(connection, REDIS)

    assert before == b""
    assert connection.said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert connection.said.endswith(b"\r\n\r\n" + DOCUMENT.body)
    assert (connection.state.total_requests, connection.polled) == (1, ["10.0.0.9"])
    assert connection.passed == 0


async def test_where_redis_has_nothing_the_application_is_asked(connection: Connection) -> None:
    connection.protocol.data_received(POLL)
    told(connection, None)
    await turns()

    assert (connection.passed, connection.polled) == (1, [])


async def test_the_wait_counts_for_that_request_alone(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, passed = time.perf_counter, [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: real() + passed[-1])
    connection.protocol.data_received(POLL)
    passed.append(60.0)
    told(connection, None)
    connection.protocol.data_received(LIVEZ)
    await turns()
    waited, *others = connection.seconds

    assert waited >= 60.0
    assert sum(others) < 60.0


async def test_what_comes_behind_it_waits_unread_and_is_answered_behind_it(
    connection: Connection,
) -> None:
    for data in (POLL, POLL, LIVEZ[:9]):
        connection.protocol.data_received(data)
    reading = connection.link.reading
    told(connection, REDIS)
    first = connection.said.count(b"HTTP/1.1 200")
    told(connection, REDIS)
    connection.protocol.data_received(LIVEZ[9:])
    await turns()

    assert (reading, connection.link.reading) == (False, True)
    assert (first, connection.said.count(b"HTTP/1.1 200")) == (1, 2)
    assert connection.passed == 1


async def test_a_client_that_left_is_told_nothing(connection: Connection) -> None:
    connection.protocol.data_received(POLL)
    connection.protocol.connection_lost(None)
    told(connection, REDIS)

    assert connection.said == b""
    assert connection.polled == ["10.0.0.9"]  # it was counted: it had polled


@pytest.mark.parametrize("answer", [REDIS, None])
async def test_a_server_that_stops_answers_it_first(
    connection: Connection, answer: Answer | None
) -> None:
    connection.protocol.data_received(POLL)
    connection.protocol.shutdown()
    before = connection.link.closed
    told(connection, answer)
    await turns()

    assert before is False
    assert connection.link.closed is True
    assert b"HTTP/1.1 " in connection.said


@pytest.mark.parametrize("condition", [b"", b"If-None-Match: *\r\n"])
async def test_a_server_that_stops_says_so_with_the_answer_as_uvicorn_does(
    connection: Connection, condition: bytes
) -> None:
    ordinary = Connection(within=True)
    poll = POLL[:-2] + condition + b"\r\n"
    for each in (connection, ordinary):
        each.protocol.data_received(poll)
        each.protocol.shutdown()
    told(connection, NEAR)
    await turns()

    assert b"\r\nconnection: close\r\n" in connection.said
    assert connection.said == ordinary.said
    assert connection.link.closed is ordinary.link.closed is True


async def test_a_server_that_stops_answers_what_it_has_read_behind_it_too(
    connection: Connection,
) -> None:
    for _ in range(2):
        connection.protocol.data_received(POLL)
    connection.protocol.shutdown()
    told(connection, REDIS)
    first = connection.said
    await turns()

    assert b"connection: close" not in first
    assert (connection.passed, connection.redis) == (1, [])
    assert connection.said.count(b"connection: close") == 1
    assert connection.link.closed is True


async def test_a_connection_is_not_idle_while_it_waits(connection: Connection) -> None:
    connection.protocol.data_received(POLL)
    told(connection, REDIS)
    connection.protocol._answered_at -= 5.1
    connection.protocol.data_received(POLL)
    connection.protocol.timeout_keep_alive_handler()
    waiting = connection.link.closed
    timer = connection.protocol.timeout_keep_alive_task
    told(connection, REDIS)
    connection.protocol._answered_at -= 5.1
    connection.protocol.timeout_keep_alive_handler()

    assert (waiting, connection.link.closed) == (False, True)
    assert timer is not None
    assert timer.when() > connection.protocol.loop.time()  # looked for again, but not all the time


async def test_what_breaks_when_redis_has_told_leaves_nobody_waiting() -> None:
    connection = Connection(redis=True, breaks="counting")
    connection.protocol.data_received(POLL)
    told(connection, REDIS)
    await turns()

    assert connection.passed == 1


async def test_where_contexts_are_reset_redis_is_not_asked_by_the_lane() -> None:
    connection = Connection(redis=True, reset_contextvars=True)
    connection.protocol.data_received(POLL)
    await turns()

    assert (connection.passed, connection.redis) == (1, [])

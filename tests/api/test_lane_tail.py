"""Which bytes behind a job's id are one whole poll that the lane may answer."""

import gc

import pytest

from api.lane_request import NOTHING, Asked
from api.lane_tail import _Found, read_tail

TAIL = b" HTTP/1.1\r\nHost: tally\r\n\r\n"


@pytest.mark.parametrize(
    ("tail", "asked"),
    [
        (TAIL, NOTHING),
        (b' HTTP/1.1\r\nIf-None-Match: "4.1"\r\n\r\n', Asked('"4.1"', 4)),
        (b" HTTP/1.0\r\n\r\n", None),
        (b"?a=b HTTP/1.1\r\n\r\n", None),
        (b" HTTP/1.1\r\nConnection: close\r\n\r\n", None),
        (b" HTTP/1.1\r\nProxy-Connection: close\r\n\r\n", None),
        (b" HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n", None),
        (b" HTTP/1.1\r\nHost: tally\r\n", None),
        (TAIL + b"GET / HTTP/1.1\r\n\r\n", None),
        (b" HTTP/1.1\r\nBad Name: x\r\n\r\n", None),
        (b" HTTP/1.1\r\nX: a\x01b\r\n\r\n", None),
        (b" HTTP/1.1\r\nContent-Length: 3\r\n\r\n", None),
        (b"", None),
    ],
)
def test_only_one_whole_plain_request_is_the_lanes(tail: bytes, asked: Asked | None) -> None:
    assert read_tail(tail) == asked


def test_reading_leaves_nothing_for_the_garbage_collector() -> None:
    gc.disable()
    try:
        read_tail(TAIL)
        left = [it for it in gc.get_objects() if isinstance(it, _Found)]
    finally:
        gc.enable()

    assert left == []

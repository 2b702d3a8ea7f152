"""The statistics on one screen; what a service does not tell is a dash and no error."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from example_evidence import STATISTICS, page, service
from ops.stats_screen import screen

ODD = st.none() | st.integers() | st.floats() | st.text(max_size=3) | st.just({"1h": {"a": None}})


def test_the_screen_tells_state_windows_counts_and_servers() -> None:
    text = screen(service())

    assert "http://127.0.0.1:8000 at 2027-01-15T08:00:00.000Z" in text
    assert "server             redis://localhost:6379/0, breaker closed" in text
    assert "processes          2, 2 use Redis, 2 have a proven feed" in text
    assert "hit rate                     99.9 %          99.9 %          99.9 %" in text
    assert "poll p50/p99             0.3/1.5 ms      0.3/1.5 ms" in text
    assert "answered by        near 9,000, redis 990" in text
    assert "polling            every 2 s by each of 40 pollers, from 500 samples" in text
    assert "redis://localhost:6379/0: in use, valkey 9.0.1, master" in text
    assert "memory           2.9 MB of 256.0 MB, allkeys-lru, 0 evicted" in text


def test_it_fits_on_one_screen() -> None:
    lines = screen(service()).splitlines()

    assert len(lines) <= 40
    assert max(map(len, lines)) <= 110


def test_a_service_of_an_older_version_has_dashes() -> None:
    older = {"redis_enabled": True, "hits": 3, "misses": 1, "total_requests": 4, "hit_rate": 75.0}
    text = screen(service(stats=page({"cache_enabled": True, "statistics": older})))

    assert "since start        4 requests, - database reads" in text
    assert "requests                          -               -" in text


def test_what_a_stranger_sends_moves_no_cursor_and_can_be_encoded() -> None:
    changes = {"state": "\x1b[2J\ud800", "as_of": "\x9b" * 999, "rejected": {"a\r\n\u202eb": 1}}
    text = screen(service(changes))

    assert all(line.isprintable() for line in text.split("\n"))
    assert "\\x1b[2J\\ud800" in text
    assert max(map(len, text.splitlines())) <= 200
    assert text.encode()


@given(st.dictionaries(st.sampled_from(sorted(STATISTICS)), ODD, max_size=8))
def test_whatever_the_statistics_hold_there_is_a_screen(changes: dict[str, Any]) -> None:
    assert screen(service(changes)).startswith("http://127.0.0.1:8000")

"""Whatever a page holds, reading it never raises and never makes up a number."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from example_evidence import STATISTICS, down, page, service
from ops.service_seen import Page

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
PATHS = st.lists(st.sampled_from(["windows", "1h", "pool", "a"]) | st.text(max_size=3), max_size=4)


@given(st.binary(max_size=200), PATHS)
def test_any_bytes_can_be_read(body: bytes, path: list[str]) -> None:
    seen = service(stats=Page(status=200, body=body))

    assert isinstance(seen.statistics, dict)
    assert seen.number(*path, "x") is None or isinstance(seen.number(*path, "x"), int | float)


@given(JSON, PATHS)
def test_any_json_can_be_read(told: Any, path: list[str]) -> None:
    seen = service(stats=page({"cache_enabled": told, "statistics": told}))

    assert seen.cache_enabled in (True, False, None)
    assert all(count > 0 for count in seen.counts(*path).values())


def test_deeply_nested_json_is_no_document() -> None:
    assert Page(status=200, body=b"[" * 100_000).document == {}


def test_what_stands_there_is_found() -> None:
    seen = service()

    assert seen.number("windows", "1h", "hit_rate") == 99.9
    assert seen.number("no", "such", "place") is None
    assert seen.number("redis_enabled") is None
    assert seen.found("server_facts", STATISTICS["server"], "engine") == "valkey"
    assert seen.counts("puts") == {"stored": 500, "refused": 3}
    assert seen.counts("errors") == {}


def test_an_error_page_has_no_statistics() -> None:
    body = json.dumps({"statistics": STATISTICS}).encode()

    assert service(stats=Page(status=500, body=body)).statistics == {}


def test_a_service_that_does_not_answer_says_why() -> None:
    seen = down("cannot be asked: Connection refused")

    assert not seen.answers
    assert seen.trouble == "cannot be asked: Connection refused"
    assert service().trouble == ""
    assert service(livez=Page(trouble="slow")).answers

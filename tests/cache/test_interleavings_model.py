"""What the stepped scenes take for granted: the model of the put is the script, and what the
stepper leaves out could not end differently.
"""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import cache
from cache.entry import encode, key
from dev_servers import RedisServer
from interleavings import Scene, explore
from interleavings_redis import put_if_newer
from interleavings_scenes import Script, played
from interleavings_stage import Stage
from interleavings_world import GO_ON, ID, OTHER_ID, World, a_document

SCRIPT: Final = Path(cache.__file__).with_name("put_if_newer.lua").read_text()
KEY: Final = key(ID).encode()
WRONG_TYPE: Final = b"a list"

VERSIONS: Final = st.sampled_from([1, 2, 9, 10, 10**18])
VALUES: Final = st.builds(
    lambda version, job_id, said_at: encode(a_document(version, job_id), said_at),
    VERSIONS, st.sampled_from([ID, ID, OTHER_ID]), st.sampled_from([1.0, 2.0]),
)  # fmt: skip
FUTURE: Final = VALUES.map(lambda value: value.replace(b"tally/1", b"tally/2"))
TORN: Final = st.builds(lambda value, end: value[:end], VALUES, st.integers(0, 70))
PUTS: Final = st.tuples(st.just("put"), VALUES | FUTURE)
PLANTS: Final = st.tuples(
    st.just("plant"), VALUES | FUTURE | TORN | st.binary(max_size=80) | st.just(WRONG_TYPE)
)
Steps = list[tuple[str, bytes]]

Ask = Callable[..., object]


@pytest.fixture
def ask(redis_server: RedisServer) -> Iterator[Ask]:
    """`ask(b"GET", b"key")`: one command, as it is, over one plain connection."""
    with closing(socket.create_connection(("127.0.0.1", redis_server.port), timeout=5.0)) as link:
        replies = link.makefile("rb")

        def send(*words: bytes) -> object:
            parts = b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
            link.sendall(b"*%d\r\n%b" % (len(words), parts))
            first = replies.readline().rstrip()
            if first.startswith(b":"):
                return int(first[1:])
            if first.startswith(b"$"):
                return replies.read(int(first[1:]) + 2)[:-2] if first != b"$-1" else None
            assert first == b"+OK", first
            return None

        yield send


def differences(steps: Steps, ask: Ask, script: str) -> list[str]:
    """Where the model and a server with that script part."""
    ask(b"DEL", KEY)
    held: bytes | None = None
    found = []
    for what, value in steps:
        if what == "plant":
            _plant(ask, value)
            held = None if value == WRONG_TYPE else value
            continue
        held, result = put_if_newer(held, value)
        said = ask(b"EVAL", script.encode(), b"1", KEY, value, b"30000", b"")
        if said != result or ask(b"GET", KEY) != held:
            found.append(f"{value!r}: {said!r} is not {result!r}")
    return found


def _plant(ask: Ask, value: bytes) -> None:
    ask(b"DEL", KEY)
    if value == WRONG_TYPE:
        ask(b"RPUSH", KEY, b"x")
    else:
        ask(b"SET", KEY, value)


OLDER_AFTER_NEWER: Final = [("put", encode(a_document(number), 1.0)) for number in (2, 1)]


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=st.lists(PUTS | PLANTS, max_size=8))
@example(steps=OLDER_AFTER_NEWER)
def test_the_models_put_is_the_script(steps: Steps, ask: Ask) -> None:
    assert differences(steps, ask, SCRIPT) == []


@pytest.mark.parametrize(
    "comparison", ["held_version > version", "held_version == version", "held_subject == subject"]
)
def test_without_a_comparison_the_script_is_another_one(comparison: str, ask: Ask) -> None:
    careless = SCRIPT.replace(comparison, "false")
    same = [("put", encode(a_document(3), said_at)) for said_at in (1.0, 2.0)]

    assert careless != SCRIPT
    assert differences([*OLDER_AFTER_NEWER, *same], ask, careless)
    assert not differences([*OLDER_AFTER_NEWER, *same], ask, SCRIPT)


def endings(script: Script) -> tuple[set[object], int]:
    """How the schedules end, each with the past of every room; and how many schedules there are."""
    found: set[object] = set()

    def ending(stage: Stage) -> Callable[[], None]:
        scene: Scene = played(script)
        scene(stage)
        return lambda: found.add(re.sub(r"\d+\.\d\d ", "", repr(stage.key())))

    schedules = explore(ending).schedules
    return found, schedules


def test_what_the_stepper_leaves_out_could_not_end_differently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = Script(polls=("a", "b"), writes=(("w", (GO_ON,)),), puts={"w": "late"})
    some, fewer = endings(script)
    monkeypatch.setattr(Stage, "_urgent", lambda stage: [])
    monkeypatch.setattr(World, "final", lambda world: False)
    everything, all_of_them = endings(script)
    told = f"{fewer} schedules stand for {all_of_them}, with {len(everything)} endings"
    print(told)  # noqa: T201 - how much was shown

    assert some == everything
    assert fewer < all_of_them

"""The near tier's law, whatever is done to it in whatever order."""

from collections.abc import Mapping

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cache.near import Held, Near
from example_documents import Clock, a_document
from jobs import Answer, Document

ENTRIES = 3
KNOWN = 10 * ENTRIES
SIZE = 8000
IDS = st.sampled_from("abcdef")
VERSIONS = st.integers(1, 5)
LENGTHS = st.sampled_from([0, 100, 3000, SIZE])
LAGS = st.integers(0, 1)
NEGATIVE_SECONDS = 1.0


def small(clock: Clock, *, entries: int = ENTRIES, size: int = SIZE) -> Near:
    seconds = NEGATIVE_SECONDS
    return Near(entries=entries, size=size, negative_seconds=seconds, clock=clock, known=KNOWN)


def body_of(job_id: str, version: int, length: int) -> Document:
    """A version of a job has one body for ever."""
    return a_document(job_id, version, body=f"{job_id}{version}".encode() + bytes(length))


class NearMachine(RuleBasedStateMachine):
    """Beside the near tier: the highest version told of each job, and when each was denied."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.near = small(self.clock)
        self.highest: dict[str, int] = {}
        self.said: dict[tuple[str, int], float] = {}
        self.denied: dict[str, float] = {}

    @rule(job_id=IDS, version=VERSIONS, length=LENGTHS, ago=st.floats(0, 9), lag=LAGS)
    def keep(self, job_id: str, version: int, length: int, ago: float, lag: int) -> None:
        document = body_of(job_id, version, length)
        said_at = self.clock.now - ago
        self.near.keep(document, said_at, self.near.epoch - lag)
        if lag or version < self.highest.get(job_id, 0):
            return
        self.highest[job_id] = version
        self.said[job_id, version] = max(said_at, self.said.get((job_id, version), 0.0))
        self.denied.pop(job_id, None)

    @rule(versions=st.dictionaries(IDS, VERSIONS))
    def begin(self, versions: Mapping[str, int]) -> None:
        epoch = self.near.epoch
        self.near.begin(versions)
        self.highest, self.said, self.denied = dict(versions), {}, {}
        assert self.near.epoch > epoch
        assert self.near.entries == 0

    @rule(job_id=IDS, lag=LAGS)
    def deny(self, job_id: str, lag: int) -> None:
        self.near.deny(job_id, self.near.epoch - lag)
        if not lag and job_id not in self.highest:
            self.denied[job_id] = self.clock.now

    @rule(seconds=st.sampled_from([0.25, 0.5, NEGATIVE_SECONDS]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(job_id=IDS)
    def get(self, job_id: str) -> None:
        held = self.near.get(job_id)
        if held:
            version = held.document.version
            assert version == self.highest[job_id]
            assert held.document.body.startswith(f"{job_id}{version}".encode())
            assert held.said_at <= self.said[job_id, version]

    @invariant()
    def the_bounds_hold(self) -> None:
        assert self.near.entries <= ENTRIES
        assert self.near.size <= SIZE

    @invariant()
    def what_is_known_outlives_what_is_remembered(self) -> None:
        assert {job_id: self.near.known(job_id) for job_id in "abcdef"} == {
            job_id: self.highest.get(job_id, 0) for job_id in "abcdef"
        }

    @invariant()
    def what_is_denied_is_so_until_its_lifetime_ends_or_it_is_known(self) -> None:
        until = {job_id: at + NEGATIVE_SECONDS for job_id, at in self.denied.items()}
        for job_id in "abcdef":
            assert self.near.denied(job_id) == (self.clock.now < until.get(job_id, 0.0))


TestNear = NearMachine.TestCase
TestNear.settings = settings(max_examples=100, stateful_step_count=30)


@pytest.fixture
def near() -> Near:
    return small(Clock())


def test_what_was_just_kept_is_remembered_with_when_it_was_said(near: Near) -> None:
    document = a_document("a", 2)
    near.keep(document, 7.0, near.epoch)

    assert near.get("a") == Held(document, 7.0)
    assert near.entries == 1
    assert near.size > len(document.body)


def test_the_oldest_that_was_not_used_goes_first(near: Near) -> None:
    for job_id in "abc":
        near.keep(a_document(job_id), 0.0, 0)
    near.get("a")
    near.keep(a_document("d"), 0.0, 0)

    assert [job_id for job_id in "abcd" if near.get(job_id)] == ["a", "c", "d"]


def test_a_version_said_again_is_as_fresh_as_when_it_was_said_last(near: Near) -> None:
    for said_at in (7.0, 9.0, 8.0, float("-inf")):
        near.keep(a_document("a", 2), said_at, 0)

    assert near.get("a") == Held(a_document("a", 2), 9.0)


def test_a_new_version_is_no_fresher_than_when_it_was_said_itself(near: Near) -> None:
    near.keep(a_document("a", 1), 9.0, 0)
    near.keep(a_document("a", 2), 7.0, 0)

    assert near.get("a") == Held(a_document("a", 2), 7.0)


def test_what_was_made_of_an_equal_document_is_kept_and_of_another_one_is_not(near: Near) -> None:
    answer = Answer(document=a_document("a", 2))
    near.keep(a_document("a", 2), 0.0, 0)
    held = near.get("a")
    assert held
    held.answer, held.young = answer, True
    near.keep(a_document("a", 2), 1.0, 0)
    equal = (held.answer, held.young, held.said_at)
    near.keep(a_document("a", 2, body=b"mended"), 1.0, 0)
    other = (held.answer is None, held.young, held.document.body)

    assert equal == (answer, True, 1.0)
    assert other == (True, False, b"mended")

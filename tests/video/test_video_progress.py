"""Progress is read however it is chopped, never goes back, and is told seldom enough."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from video.progress import LONGEST_LINE, Position, ProgressReader, Throttle, overall_percent

BLOCK = (
    b"frame=%d\nfps=25.0\nstream_0_0_q=28.0\nbitrate= 612.0kbits/s\ntotal_size=%d\n"
    b"out_time_us=%d\nout_time_ms=%d\nout_time=00:00:01.0\nspeed=2.1x\nprogress=continue\n"
)
BLOCKS = st.lists(st.tuples(*[st.integers(0, 10**9)] * 3), min_size=1, max_size=10)
WEIGHTS = st.lists(st.floats(0.1, 1e6), min_size=1, max_size=8)
STEPS = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 3)), max_size=60)


def written(blocks: list[tuple[int, ...]]) -> bytes:
    return b"".join(BLOCK % (frame, size, time, time) for frame, size, time in blocks)


@given(BLOCKS, st.lists(st.integers(0, 2000), max_size=20))
def test_any_chopping_gives_the_same_position(
    blocks: list[tuple[int, ...]], cuts: list[int]
) -> None:
    stream = written(blocks)
    edges = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    reader = ProgressReader()
    for begin, end in pairwise(edges):
        reader.feed(stream[begin:end])

    assert reader.position == Position(
        frames=max(frame for frame, _, _ in blocks),
        bytes=max(size for _, size, _ in blocks),
        seconds=max(time for _, _, time in blocks) / 1_000_000,
    )


@given(st.lists(st.binary(max_size=200) | st.just(b"\nframe=7\n"), max_size=20))
def test_bytes_of_any_kind_are_read_without_complaint_and_never_go_back(
    chunks: list[bytes],
) -> None:
    reader, before = ProgressReader(), Position()
    for chunk in chunks:
        moved = reader.feed(chunk)
        now = reader.position
        assert moved == (now != before)
        assert (now.seconds, now.frames, now.bytes) >= (before.seconds, before.frames, before.bytes)
        before = now


def test_what_ffmpeg_does_not_know_yet_changes_nothing() -> None:
    reader = ProgressReader()

    assert not reader.feed(b"out_time_us=N/A\nframe=\nout_time_us=-21333\ntotal_size=N/A\n")


def test_a_line_without_end_takes_bounded_memory() -> None:
    reader = ProgressReader()
    for _ in range(100):
        reader.feed(b"x" * 10_000)

    assert len(reader._rest) <= LONGEST_LINE


@given(WEIGHTS, st.floats(-1, 2), st.floats(-1, 2))
def test_the_overall_percentage_grows_with_each_part(
    weights: list[float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    for done in range(len(weights)):
        here = overall_percent(weights, done, low)
        assert 0 <= here <= overall_percent(weights, done, high) + 1e-9
        assert overall_percent(weights, done, 1.0) <= overall_percent(weights, done + 1, 0.0) + 1e-9
    assert overall_percent(weights, len(weights), 0.0) == 100.0


def test_weights_share_the_percentage() -> None:
    assert overall_percent([1.0, 3.0], 1, 0.5) == 62.5


@given(STEPS)
def test_told_at_most_twice_a_second_by_one_percent_and_never_back(
    steps: list[tuple[float, float]],
) -> None:
    throttle, now, told = Throttle(), 0.0, [(-1.0, 0.0)]
    for percent, later in steps:
        now += later
        worth = throttle.tell(percent, now)
        if worth is not None:
            told.append((now, worth))

    assert all(after[1] - before[1] >= 0.99 for before, after in pairwise(told))
    assert all(after[0] - before[0] >= 0.5 for before, after in pairwise(told))
    assert all(0 < percent < 100 for _, percent in told[1:])


def test_a_change_that_is_due_is_told() -> None:
    throttle = Throttle()
    told = [
        throttle.tell(1.0, 0.0),
        throttle.tell(9.0, 0.4),
        throttle.tell(9.0, 0.5),
        throttle.tell(9.9, 2.0),
        throttle.tell(100.0, 3.0),
    ]

    assert told == [1.0, None, 9.0, None, 99.0]

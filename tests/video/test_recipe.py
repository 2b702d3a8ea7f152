"""A recipe is data: how far it is, and the arguments of its one run."""

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from video import Limits, Media, Recipe
from video.progress import Position
from video.recipe import planned, reading

SOURCE = PurePosixPath("/store/source")
COUNTS = st.builds(Position, seconds=st.floats(0, 1e6), frames=st.integers(0, 10**9))


def recipe(media: Media) -> Recipe:
    return Recipe(
        files=(planned("a.mp4"),),
        weight=1.0,
        seconds=10.0,
        reading=reading(media),
        outputs=(("-c:v", "libx264", "file:a.mp4"),),
    )


def test_a_hostile_file_has_no_choice_of_demuxer_protocol_or_memory(media: Media) -> None:
    arguments = recipe(media).arguments(SOURCE, Limits())
    before = " ".join(arguments[: arguments.index("-i")])

    assert "-protocol_whitelist file " in before
    assert "-format_whitelist mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts " in before
    assert before.endswith("-f mov")
    assert "-max_alloc " in before
    assert "-max_pixels 36000000 " in before


def test_nobody_is_asked_and_threads_are_bounded_on_both_sides(media: Media) -> None:
    arguments = recipe(media).arguments(SOURCE, Limits(threads=3))
    at = arguments.index("-i")

    assert arguments[0] == "-nostdin"
    assert "-threads 3" in " ".join(arguments[:at])
    assert "-threads 3" in " ".join(arguments[at:])


@given(COUNTS, st.floats(0, 1e5), st.integers(0, 10**6))
def test_a_fraction_is_one(position: Position, seconds: float, frames: int) -> None:
    made = Recipe(files=(planned("a.mp4"),), weight=1.0, seconds=seconds, frames=frames)

    assert 0.0 <= made.fraction(position) <= 1.0


def test_time_or_frames_tell_how_far_it_is() -> None:
    by_time = Recipe(files=(), weight=1.0, seconds=10.0)
    by_count = Recipe(files=(), weight=1.0, frames=200)

    assert by_time.fraction(Position(seconds=2.5)) == 0.25
    assert by_count.fraction(Position(frames=50, seconds=99.0)) == 0.25

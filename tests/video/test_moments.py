"""A moment is inside the video or refused; seeking finds it in every container."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video import Code, Container, InputError, Media
from video.moments import check_inside, last_moment, seek


def capture(gap: float) -> Media:
    return Media(
        container=Container.MPEGTS,
        duration_seconds=100.0,
        width=640,
        height=360,
        frame_rate=25.0,
        video_codec="h264",
        audio_codec=None,
        frames=2500,
        bytes=10**6,
        rotation=0,
        pixel_format="yuv420p",
        video_stream=0,
        audio_stream=None,
        last_frame_seconds=99.96,
        key_frame_gap_seconds=gap,
    )


@pytest.mark.parametrize("at", [10.0, 10.5, 1e9])
def test_a_moment_past_the_end_is_refused_with_both_numbers(media: Media, at: float) -> None:
    with pytest.raises(InputError, match="10 seconds long") as caught:
        check_inside(at, media)

    assert caught.value.code is Code.RANGE_OUTSIDE_INPUT
    assert f"{at:g} seconds is past its end" in caught.value.message


@pytest.mark.parametrize("at", [0.0, 5.0, 9.999])
def test_a_moment_inside_is_fine(media: Media, at: float) -> None:
    check_inside(at, media)


def test_the_beginning_is_inside_even_a_video_of_no_length(media: Media) -> None:
    check_inside(0.0, replace(media, duration_seconds=0.0))


def test_the_last_moment_still_has_a_picture_after_it(media: Media) -> None:
    assert last_moment(media) == pytest.approx(9.90)
    assert last_moment(replace(media, last_frame_seconds=0.0)) == 0.0
    assert last_moment(replace(media, frame_rate=0.0)) == 9.96


def test_an_index_is_trusted(media: Media) -> None:
    assert seek(media, 4.0, 2.0) == (("-ss", "4.000000", "-t", "2.000000"), ())
    assert seek(media, 0.0) == ((), ())


@given(st.floats(0, 100), st.floats(0, 20), st.floats(0.1, 60))
def test_a_capture_is_read_from_before_a_key_frame(
    start: float, gap: float, seconds: float
) -> None:
    before, after = seek(capture(gap), start, seconds)
    skipped = float(before[before.index("-ss") + 1]) if "-ss" in before else 0.0
    lead = float(after[1]) if after else 0.0
    read = float(before[before.index("-t") + 1])

    assert skipped + lead == pytest.approx(start, abs=1e-5)
    assert read - lead == pytest.approx(seconds, abs=1e-5)
    assert lead > gap or skipped == 0.0

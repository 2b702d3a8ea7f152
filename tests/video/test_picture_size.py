"""Pictures fit inside what was asked, keep their shape, never grow and have even sides."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video import Media
from video.picture_size import Size, fit_box, fit_height, fit_width

SIDES = st.integers(2, 16_000)


def shaped(media: Media, width: int, height: int) -> Media:
    return replace(media, width=width, height=height)


@pytest.mark.parametrize(
    ("source", "height", "size"),
    [
        ((1920, 1080), 360, Size(640, 360)),
        ((1080, 1920), 360, Size(202, 360)),
        ((640, 360), 1080, Size(640, 360)),
        ((101, 57), 144, Size(100, 56)),
        ((1, 1), 144, Size(2, 2)),
        ((4000, 2), 144, Size(4000, 2)),
    ],
)
def test_a_height_is_the_most_there_may_be(
    media: Media, source: tuple[int, int], height: int, size: Size
) -> None:
    assert fit_height(shaped(media, *source), height) == size


def test_a_box_holds_upright_and_flat_pictures(media: Media) -> None:
    assert fit_box(shaped(media, 1920, 1080), 240, 426) == Size(240, 136)
    assert fit_box(shaped(media, 1080, 1920), 240, 426) == Size(240, 426)
    assert fit_box(shaped(media, 100, 9000), 240, 426) == Size(4, 426)


@given(SIDES, SIDES, SIDES)
def test_any_shape_fits_and_is_even(width: int, height: int, wish: int) -> None:
    media = shaped(PLAIN, width, height)
    sizes = [fit_height(media, wish), fit_width(media, wish), fit_box(media, wish, wish)]

    for size in sizes:
        assert size.width % 2 == size.height % 2 == 0
        assert size.width <= width
        assert size.height <= height
    assert sizes[0].height <= wish
    assert sizes[1].width <= wish


PLAIN = Media(
    container="mp4",  # type: ignore[arg-type]
    duration_seconds=1,
    width=1,
    height=1,
    frame_rate=1,
    video_codec="h264",
    audio_codec=None,
    frames=1,
    bytes=1,
    rotation=0,
    pixel_format="yuv420p",
    video_stream=0,
    audio_stream=None,
    last_frame_seconds=0,
    key_frame_gap_seconds=0,
)

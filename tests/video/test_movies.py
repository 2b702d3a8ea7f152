"""Things to play: other formats, a piece, a stream."""

from dataclasses import replace

import pytest

from video import Code, InputError, Media, Recipe, parse_spec, recipes


def transcoded(media: Media, *outputs: tuple[str, int]) -> tuple[Recipe, ...]:
    data = {"outputs": [{"codec": codec, "height": height} for codec, height in outputs]}
    return recipes("transcode", parse_spec("transcode", data), media)


def trimmed(media: Media, start: float, seconds: float) -> Recipe:
    spec = parse_spec("trim", {"start_seconds": start, "duration_seconds": seconds})
    return recipes("trim", spec, media)[0]


def words(recipe: Recipe) -> str:
    return " ".join((*recipe.reading, *(word for output in recipe.outputs for word in output)))


def test_each_output_is_a_run_of_its_own(media: Media) -> None:
    todo = transcoded(media, ("h264", 360), ("vp9", 240), ("h264", 1080))

    assert [recipe.files[0].name for recipe in todo] == [
        "h264-360p.mp4",
        "vp9-240p.webm",
        "h264-1080p.mp4",
    ]
    assert "libvpx-vp9" in words(todo[1])
    assert "libopus" in words(todo[1])


def test_more_pixels_and_slower_codecs_weigh_more(media: Media) -> None:
    small, vp9, large = transcoded(media, ("h264", 360), ("vp9", 360), ("h264", 1080))

    assert small.weight < vp9.weight < large.weight


def test_a_smaller_source_keeps_its_size_under_the_name_asked_for(media: Media) -> None:
    (recipe,) = transcoded(replace(media, width=321, height=181), ("h264", 1080))

    assert "scale=320:180," in words(recipe)
    assert recipe.files[0].name == "h264-1080p.mp4"


def test_what_has_no_sound_is_given_none(media: Media) -> None:
    silent = replace(media, audio_stream=None)

    assert "-an" in words(transcoded(silent, ("h264", 360))[0])
    assert "-map 0:1 -c:a aac" in words(transcoded(media, ("h264", 360))[0])


def test_nothing_is_told_of_where_it_was_filmed(media: Media) -> None:
    assert "-map_metadata -1" in words(transcoded(media, ("h264", 360))[0])


@pytest.mark.parametrize(("start", "seconds"), [(10, 1), (0, 10.6), (9, 2), (100, 5)])
def test_a_piece_that_is_not_inside_is_refused(media: Media, start: float, seconds: float) -> None:
    with pytest.raises(InputError) as caught:
        trimmed(media, start, seconds)

    assert caught.value.code is Code.RANGE_OUTSIDE_INPUT


@pytest.mark.parametrize(("start", "seconds"), [(0, 10), (9.95, 0.1), (0, 10.4), (5, 5)])
def test_a_piece_may_reach_to_the_end_as_a_player_shows_it(
    media: Media, start: float, seconds: float
) -> None:
    assert trimmed(media, start, seconds).seconds == seconds


def test_a_stream_is_one_file_of_byte_ranges_with_key_frames_at_the_cuts(media: Media) -> None:
    (recipe,) = recipes("hls", parse_spec("hls", {"segment_seconds": 6}), media)

    assert [file.name for file in recipe.files] == ["stream.m3u8", "stream.mp4"]
    assert "-hls_flags single_file" in words(recipe)
    assert "expr:gte(t,n_forced*6)" in words(recipe)

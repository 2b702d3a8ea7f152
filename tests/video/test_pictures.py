"""Things to look at: one picture, a sheet of them, a short animation."""

from dataclasses import replace

import pytest

from video import Code, InputError, Media, Recipe, parse_spec, recipes


def only(kind: str, media: Media, **wishes: object) -> Recipe:
    (recipe,) = recipes(kind, parse_spec(kind, wishes), media)
    return recipe


def words(recipe: Recipe) -> str:
    return " ".join((*recipe.reading, *(word for output in recipe.outputs for word in output)))


def test_a_thumbnail_is_of_the_middle_unless_told(media: Media) -> None:
    assert "-ss 5.000000" in words(only("thumbnail", media))
    assert "-ss 1.500000" in words(only("thumbnail", media, at_seconds=1.5))


def test_a_thumbnail_of_the_very_end_shows_the_last_picture(media: Media) -> None:
    assert "-ss 9.900000" in words(only("thumbnail", media, at_seconds=9.99))


@pytest.mark.parametrize(
    ("kind", "wishes"), [("thumbnail", {"at_seconds": 10}), ("preview", {"start_seconds": 11})]
)
def test_a_moment_past_the_end_is_refused(
    media: Media, kind: str, wishes: dict[str, object]
) -> None:
    with pytest.raises(InputError) as caught:
        only(kind, media, **wishes)

    assert caught.value.code is Code.RANGE_OUTSIDE_INPUT


def test_a_sheet_spreads_its_tiles_over_the_whole_video(media: Media) -> None:
    sheet = words(only("contact_sheet", media, columns=5, rows=2))

    assert "fps=10/10.000" in sheet
    assert "tile=5x2" in sheet
    assert "scale=240:136," in sheet


def test_a_sheet_decodes_only_key_frames_where_they_are_close_enough(media: Media) -> None:
    long = replace(media, duration_seconds=3600.0)
    sparse = replace(long, key_frame_gap_seconds=151.0)

    assert "-skip_frame nokey" in words(only("contact_sheet", long))
    assert "-skip_frame" not in words(only("contact_sheet", sparse))
    assert "-skip_frame" not in words(only("contact_sheet", media))


def test_a_tile_of_an_upright_video_stays_handy(media: Media) -> None:
    tower = replace(media, width=100, height=9000)

    assert "scale=4:426," in words(only("contact_sheet", tower))


def test_a_preview_of_a_short_video_is_shorter(media: Media) -> None:
    assert only("preview", media).frames == 75
    assert only("preview", media, start_seconds=9).frames == 25


def test_a_gif_has_colours_chosen_for_it(media: Media) -> None:
    assert "palettegen" in words(only("preview", media, format="gif"))
    assert "palettegen" not in words(only("preview", media))


def test_what_comes_out_at_the_very_end_is_counted_on_the_way(media: Media) -> None:
    for kind in ("contact_sheet", "preview"):
        recipe = only(kind, media)
        assert recipe.outputs[0][-1] == "-"
        assert recipe.frames > 0

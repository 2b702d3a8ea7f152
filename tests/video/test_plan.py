"""What will be made is known before the source is seen, and the recipes make just that."""

from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video import (
    KINDS,
    Code,
    Container,
    InputError,
    Limits,
    Media,
    PlannedFile,
    parse_spec,
    planned_files,
    recipes,
)

TRIM = {"start_seconds": 0, "duration_seconds": 1}
WISHES: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "probe": st.just({}),
    "thumbnail": st.fixed_dictionaries(
        {"at_seconds": st.none() | st.floats(0, 30), "width": st.integers(16, 3840)}
    ),
    "contact_sheet": st.fixed_dictionaries(
        {"columns": st.integers(1, 10), "rows": st.integers(1, 10)}
    ),
    "transcode": st.sampled_from([["h264"], ["vp9"], ["h264", "vp9"]]).map(
        lambda codecs: {"outputs": [{"codec": codec, "height": 480} for codec in codecs]}
    ),
    "trim": st.fixed_dictionaries(
        {"start_seconds": st.floats(0, 30), "duration_seconds": st.floats(0.1, 30)}
    ),
    "preview": st.fixed_dictionaries(
        {"start_seconds": st.floats(0, 30), "format": st.sampled_from(["webp", "gif"])}
    ),
    "hls": st.fixed_dictionaries({"height": st.integers(72, 1080).map(lambda half: half * 2)}),
}
ASKED = st.one_of([st.tuples(st.just(kind), wish) for kind, wish in WISHES.items()])
VIDEOS = st.builds(
    Media,
    container=st.sampled_from(Container),
    duration_seconds=st.floats(0, 20_000),
    width=st.integers(1, 16_000),
    height=st.integers(1, 16_000),
    frame_rate=st.floats(0, 1000),
    video_codec=st.just("h264"),
    audio_codec=st.none(),
    frames=st.integers(1, 10**6),
    bytes=st.integers(1, 10**9),
    rotation=st.just(0),
    pixel_format=st.just("yuv420p"),
    video_stream=st.integers(0, 5),
    audio_stream=st.none() | st.integers(0, 5),
    last_frame_seconds=st.floats(0, 20_000),
    key_frame_gap_seconds=st.floats(0, 100),
)


def names(files: tuple[PlannedFile, ...]) -> list[tuple[str, str]]:
    return [(file.name, file.content_type) for file in files]


@pytest.mark.parametrize(
    ("kind", "data", "files"),
    [
        ("probe", {}, [("probe.json", "application/json")]),
        ("thumbnail", {}, [("thumbnail.jpg", "image/jpeg")]),
        ("thumbnail", {"format": "png"}, [("thumbnail.png", "image/png")]),
        ("contact_sheet", {"format": "webp"}, [("contact_sheet.webp", "image/webp")]),
        ("trim", TRIM, [("trim.mp4", "video/mp4")]),
        ("preview", {"format": "gif"}, [("preview.gif", "image/gif")]),
        (
            "transcode",
            {"outputs": [{"codec": "vp9", "height": 360}, {"codec": "h264", "height": 720}]},
            [("vp9-360p.webm", "video/webm"), ("h264-720p.mp4", "video/mp4")],
        ),
        (
            "hls",
            {},
            [("stream.m3u8", "application/vnd.apple.mpegurl"), ("stream.mp4", "video/mp4")],
        ),
    ],
)
def test_the_files_to_come_are_known(kind: str, data: object, files: list[tuple[str, str]]) -> None:
    assert names(planned_files(kind, parse_spec(kind, data))) == files


def test_a_spec_of_another_kind_is_a_mistake_of_ours(media: Media) -> None:
    with pytest.raises(TypeError, match="HlsSpec is not the spec of a probe"):
        recipes("probe", parse_spec("hls", {}), media)


@given(ASKED, VIDEOS)
def test_recipes_make_the_planned_files_in_order_or_the_range_is_wrong(
    asked: tuple[str, dict[str, object]], media: Media
) -> None:
    kind, data = asked
    spec = parse_spec(kind, data)
    try:
        todo, code = recipes(kind, spec, media), None
    except InputError as error:
        todo, code = (), error.code
    files = [file for recipe in todo for file in recipe.files]

    assert files == list(planned_files(kind, spec)) or code is Code.RANGE_OUTSIDE_INPUT
    assert not code or kind in ("thumbnail", "trim", "preview")
    assert all(recipe.weight > 0 for recipe in todo)


@given(ASKED, VIDEOS)
def test_one_run_reads_one_file_and_writes_only_what_was_planned(
    asked: tuple[str, dict[str, object]], media: Media
) -> None:
    kind, data = asked
    try:
        todo = recipes(kind, parse_spec(kind, data), media)
    except InputError:
        return
    for recipe in todo:
        if recipe.text is not None:
            continue
        arguments = recipe.arguments(PurePosixPath("/store/-source: it's"), Limits())
        files = {argument for argument in arguments if argument.startswith("file:")}
        planned = {f"file:{file.name}" for file in recipe.files}

        assert arguments.count("-i") == 1
        assert arguments[arguments.index("-i") + 1] == "file:/store/-source: it's"
        assert files - {"file:/store/-source: it's"} <= planned
        assert {output[-1] for output in recipe.outputs} <= files | {"-"}
        assert all("nan" not in word and "inf" not in word for word in arguments)


def test_every_kind_has_recipes(media: Media) -> None:
    kinds = {kind: parse_spec(kind, TRIM if kind == "trim" else {}) for kind in KINDS}

    assert all(recipes(kind, spec, media) for kind, spec in kinds.items())


def test_a_file_that_cannot_be_decoded_whole_fails_unless_it_is_a_capture(media: Media) -> None:
    spec = parse_spec("hls", {})
    capture = replace(media, container=Container.MPEGTS)

    assert "-xerror" in recipes("hls", spec, media)[0].reading
    assert "-xerror" not in recipes("hls", spec, capture)[0].reading

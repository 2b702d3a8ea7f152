"""What may be asked for, and how a wrong wish is answered."""

import json
import re
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from video import KINDS, SpecError, parse_spec, planned_files

NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,50}", fullmatch=True)
OUTPUTS = st.one_of(
    st.fixed_dictionaries(
        {"codec": st.just("h264"), "height": st.integers(72, 1080).map(lambda half: 2 * half)},
        optional={"name": NAMES.map(lambda name: name + ".mp4")},
    ),
    st.fixed_dictionaries(
        {"codec": st.just("vp9"), "height": st.integers(72, 1080).map(lambda half: 2 * half)},
        optional={"name": NAMES.map(lambda name: name + ".webm")},
    ),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FIELDS = sorted({name for model in KINDS.values() for name in model.model_fields})


def problems(kind: str, data: object) -> dict[str, str]:
    with pytest.raises(SpecError) as caught:
        parse_spec(kind, data)
    return dict(caught.value.problems)


def test_every_kind_but_trim_works_without_a_word() -> None:
    whole = {kind for kind in KINDS if kind != "trim"}

    assert {kind for kind in whole if parse_spec(kind, {})} == whole
    assert set(problems("trim", {})) == {"start_seconds", "duration_seconds"}


def test_defaults_are_filled_in_and_shown() -> None:
    spec = parse_spec("transcode", {}).model_dump(mode="json")

    assert spec == {"outputs": [{"codec": "h264", "height": 360, "name": "h264-360p.mp4"}]}


def test_an_unknown_kind_is_answered_with_those_there_are() -> None:
    found = problems("remix", {})

    assert "'remix'" in found["kind"]
    assert all(kind in found["kind"] for kind in KINDS)


def test_an_unknown_field_is_refused() -> None:
    assert problems("probe", {"deep": True}) == {"deep": "There is no such field"}


@pytest.mark.parametrize("data", [None, [], "text", 3, [("width", 100)]])
def test_a_spec_is_an_object(data: object) -> None:
    assert problems("thumbnail", data) == {"": "Must be an object"}


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("thumbnail", {"width": 0}, "width"),
        ("thumbnail", {"width": "640"}, "width"),
        ("thumbnail", {"width": True}, "width"),
        ("thumbnail", {"at_seconds": -1}, "at_seconds"),
        ("thumbnail", {"at_seconds": float("nan")}, "at_seconds"),
        ("thumbnail", {"at_seconds": float("inf")}, "at_seconds"),
        ("thumbnail", {"format": "bmp"}, "format"),
        ("contact_sheet", {"columns": 11}, "columns"),
        ("trim", {"start_seconds": 0, "duration_seconds": 0}, "duration_seconds"),
        ("preview", {"fps": 1000}, "fps"),
        ("hls", {"height": 361}, "height"),
        ("hls", {"segment_seconds": 0.5}, "segment_seconds"),
        ("transcode", {"outputs": []}, "outputs"),
        ("transcode", {"outputs": {}}, "outputs"),
        ("transcode", {"outputs": [{"codec": "h264", "height": 4320}]}, "outputs.0.height"),
        ("transcode", {"outputs": [{"codec": "h264", "height": "360"}]}, "outputs.0.height"),
        ("transcode", {"outputs": [{"codec": "copy", "height": 360}]}, "outputs.0.codec"),
    ],
)
def test_a_value_out_of_bounds_is_named_and_nothing_else(
    kind: str, data: object, field: str
) -> None:
    assert set(problems(kind, data)) == {field}


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".mp4",
        "-y.mp4",
        "../a.mp4",
        "a/b.mp4",
        "A.mp4",
        "a.mp4\n",
        "a%03d.mp4 ",
        "a" * 64 + ".mp4",
    ],
)
def test_a_name_that_is_no_safe_file_name_is_refused(name: str) -> None:
    outputs = [{"codec": "h264", "height": 360, "name": name}]

    assert set(problems("transcode", {"outputs": outputs})) == {"outputs.0.name"}


def test_a_name_ends_as_its_format_does() -> None:
    outputs = [{"codec": "vp9", "height": 360, "name": "small.mp4"}]

    assert problems("transcode", {"outputs": outputs}) == {
        "outputs.0.name": "The name of this file must end in .webm"
    }


def test_two_outputs_may_not_have_one_name() -> None:
    outputs = [{"codec": "h264", "height": 360}, {"codec": "h264", "height": 360}]

    assert "h264-360p.mp4" in problems("transcode", {"outputs": outputs})["outputs"]


def test_nine_outputs_are_one_too_many() -> None:
    outputs = [{"codec": "h264", "height": 200 + 2 * n} for n in range(9)]

    assert set(problems("transcode", {"outputs": outputs})) == {"outputs"}
    assert parse_spec("transcode", {"outputs": outputs[:8]})


@given(st.lists(OUTPUTS, min_size=1, max_size=8))
def test_what_is_accepted_has_safe_and_different_names(outputs: list[dict[str, object]]) -> None:
    wished = {output.get("name", f"{output['codec']}-{output['height']}p") for output in outputs}
    assume(len(wished) == len(outputs))
    spec = parse_spec("transcode", {"outputs": outputs})
    names = [file.name for file in planned_files("transcode", spec)]

    assert len(set(names)) == len(names) == len(outputs)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name) for name in names)


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.sampled_from(FIELDS), PLAIN) | PLAIN)
def test_nothing_but_a_spec_error_comes_of_nonsense(kind: str, data: object) -> None:
    with suppress(SpecError):
        spec = parse_spec(kind, data)
        stored = json.loads(json.dumps(spec.model_dump(mode="json")))
        assert parse_spec(kind, stored) == spec

"""From what the probe saw to a video that is taken, or to a reason why it is not."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video import Code, Container, InputError, Limits
from video.facts import FACTS, Facts, FrameFacts, StreamFacts, facts_of, judge

VIDEO = StreamFacts(
    index=0,
    codec="h264",
    width=1280,
    height=720,
    pixel_aspect=1.0,
    rate=25.0,
    packets=250,
    corrupt=0,
    last=9.96,
    end=10.0,
    key_gap=2.0,
)
SOUND = replace(VIDEO, index=1, codec="aac", width=0, height=0, rate=0.0, packets=430)
FRAME = FrameFacts(width=1280, height=720, rotation=0, format="yuv420p")
WHOLE = Facts(promised_seconds=10.0, end=10.0, video=VIDEO, audio=SOUND, frame=FRAME, fault=None)
LIMITS = Limits()
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def code(facts: Facts, said: str = "", container: Container = Container.MP4) -> Code:
    with pytest.raises(InputError) as caught:
        judge(facts, said, container, 1_000_000, LIMITS)
    return caught.value.code


def test_a_whole_video_is_taken_as_it_is() -> None:
    media = judge(WHOLE, "", Container.MP4, 1_000_000, LIMITS)

    assert media.document() == {
        "container": "mp4",
        "duration_seconds": 10.0,
        "width": 1280,
        "height": 720,
        "frame_rate": 25.0,
        "video_codec": "h264",
        "audio_codec": "aac",
        "frames": 250,
        "bytes": 1_000_000,
    }
    assert (media.video_stream, media.audio_stream) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"video": None}, Code.INPUT_NO_VIDEO_STREAM),
        ({"video": None, "fault": "InvalidDataError"}, Code.INPUT_UNREADABLE),
        ({"video": replace(VIDEO, codec=None)}, Code.INPUT_UNREADABLE),
        ({"video": replace(VIDEO, packets=0), "end": 0.0}, Code.INPUT_UNREADABLE),
        ({"video": replace(VIDEO, width=60_000, height=60_000)}, Code.INPUT_TOO_LARGE),
        ({"video": replace(VIDEO, width=20_000, height=16)}, Code.INPUT_TOO_LARGE),
        ({"frame": replace(FRAME, width=60_000)}, Code.INPUT_TOO_LARGE),
        ({"frame": None}, Code.INPUT_UNREADABLE),
        ({"promised_seconds": 1e12}, Code.INPUT_TOO_LONG),
        ({"end": 1e6}, Code.INPUT_TOO_LONG),
        ({"promised_seconds": 20.0}, Code.INPUT_TRUNCATED),
        ({"video": replace(VIDEO, corrupt=1)}, Code.INPUT_DAMAGED),
        ({"audio": replace(SOUND, corrupt=1)}, Code.INPUT_DAMAGED),
        ({"fault": "InvalidDataError in the middle"}, Code.INPUT_DAMAGED),
    ],
)
def test_what_is_wrong_decides_the_code(changes: dict[str, Any], expected: Code) -> None:
    assert code(replace(WHOLE, **changes)) is expected


def test_a_size_that_a_decoder_refused_is_told_by_what_it_said() -> None:
    said = "[png @ 0x5654f1145600] [IMGUTILS @ 0x7ffc] Picture size 60000x60000 is invalid\n"

    assert code(replace(WHOLE, frame=None), said) is Code.INPUT_TOO_LARGE
    assert code(replace(WHOLE, frame=None), "Picture size 0x0 is invalid") is Code.INPUT_UNREADABLE


def test_sound_a_little_longer_than_the_pictures_is_no_damage() -> None:
    video = replace(VIDEO, end=9.5)

    assert judge(replace(WHOLE, video=video), "", Container.MP4, 1, LIMITS).duration_seconds == 9.5


def test_a_capture_of_a_broadcast_may_begin_and_end_anywhere() -> None:
    facts = replace(WHOLE, promised_seconds=20.0, audio=replace(SOUND, corrupt=12))

    assert judge(facts, "", Container.MPEGTS, 1, LIMITS).frames == 250


def test_sound_that_nothing_can_decode_is_left_out() -> None:
    media = judge(replace(WHOLE, audio=replace(SOUND, codec=None)), "", Container.MP4, 1, LIMITS)

    assert (media.audio_stream, media.audio_codec) == (None, None)


@pytest.mark.parametrize(
    ("rotation", "aspect", "size"),
    [
        (0, 1.0, (1280, 720)),
        (90, 1.0, (720, 1280)),
        (-90, 1.0, (720, 1280)),
        (180, 1.0, (1280, 720)),
        (0, 4 / 3, (1707, 720)),
        (90, 4 / 3, (720, 1707)),
        (0, 1000.0, (1280, 720)),
        (0, 0.0, (1280, 720)),
    ],
)
def test_sizes_are_as_a_viewer_sees_them(
    rotation: int, aspect: float, size: tuple[int, int]
) -> None:
    facts = replace(
        WHOLE,
        video=replace(VIDEO, pixel_aspect=aspect),
        frame=replace(FRAME, rotation=rotation),
    )
    media = judge(facts, "", Container.MP4, 1, LIMITS)

    assert (media.width, media.height) == size


@pytest.mark.parametrize(
    ("said", "rate"), [(25.0, 25.0), (24.97, 24.97), (600.0, 25.0), (0.0, 25.0)]
)
def test_a_frame_rate_that_the_frames_deny_is_not_believed(said: float, rate: float) -> None:
    facts = replace(WHOLE, video=replace(VIDEO, rate=said))

    assert judge(facts, "", Container.MP4, 1, LIMITS).frame_rate == rate


def test_facts_survive_the_pipe() -> None:
    assert facts_of(FACTS.dump_json(WHOLE)) == WHOLE


@given(
    st.binary(max_size=100)
    | st.sampled_from([b"{}", b"[]", b"null", FACTS.dump_json(WHOLE).replace(b"1280", b'"wide"')])
    | st.just(FACTS.dump_json(WHOLE).replace(b"9.96", b"NaN"))
)
def test_a_probe_that_talks_nonsense_means_an_unreadable_file(line: bytes) -> None:
    with pytest.raises(InputError) as caught:
        facts_of(line)

    assert caught.value.code is Code.INPUT_UNREADABLE


STREAMS = st.builds(
    StreamFacts,
    index=st.integers(0, 9),
    codec=st.none() | st.just("h264"),
    width=st.integers(0, 10**5),
    height=st.integers(0, 10**5),
    pixel_aspect=NUMBERS,
    rate=st.floats(0, 1e12),
    packets=st.integers(0, 10**6),
    corrupt=st.integers(0, 1),
    last=NUMBERS,
    end=NUMBERS,
    key_gap=NUMBERS,
)
FRAMES = st.builds(
    FrameFacts,
    width=st.integers(1, 10**4),
    height=st.integers(1, 10**4),
    rotation=st.integers(-360, 360),
    format=st.just("yuv420p"),
)


ANY_FACTS = st.builds(
    Facts,
    promised_seconds=st.none() | NUMBERS,
    end=NUMBERS,
    video=st.none() | STREAMS,
    audio=st.none() | STREAMS,
    frame=st.none() | FRAMES,
    fault=st.none() | st.text(max_size=9),
)


@given(ANY_FACTS, st.sampled_from(Container))
def test_any_facts_are_taken_or_refused(facts: Facts, container: Container) -> None:
    try:
        media = judge(facts, "", container, 1, LIMITS)
    except InputError:
        return

    assert 0 <= media.duration_seconds <= LIMITS.max_duration_seconds
    assert 0 < media.width <= LIMITS.max_side
    assert 0 < media.height <= LIMITS.max_side
    assert media.frames > 0
    assert media.frame_rate >= 0

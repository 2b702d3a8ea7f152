"""The script that meets hostile files first: it tells facts, and opens nothing but the one file."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

SCRIPT = Path(__file__).parents[2] / "backend" / "video" / "probe_child.py"
INSTALLED = Path(av.__file__).parents[1]


def told(path: Path, demuxer: str, most_pixels: int = 10**6) -> dict[str, Any]:
    words = [sys.executable, "-I", "-S", "-B", str(SCRIPT), str(INSTALLED)]
    command = [*words, str(path), demuxer, str(most_pixels)]
    answer = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    return dict(json.loads(answer))


def test_all_packets_are_counted_and_one_picture_decoded(clip: Callable[..., Path]) -> None:
    facts = told(clip("plain.mp4"), "mov")

    assert facts["fault"] is None
    assert facts["frame"] == {"width": 320, "height": 180, "rotation": 0, "format": "yuv420p"}
    assert facts["video"]["packets"] == 75
    assert facts["video"]["key_gap"] == pytest.approx(1.0)
    assert facts["video"]["last"] == pytest.approx(2.96)
    assert facts["audio"]["codec"] == "aac"


def test_a_picture_of_too_many_pixels_is_not_decoded(clip: Callable[..., Path]) -> None:
    assert told(clip("plain.mp4"), "mov", most_pixels=1000)["frame"] is None


@pytest.mark.parametrize("demuxer", ["hls", "concat", "flv", "ogg"])
def test_no_demuxer_but_ours_opens_even_if_it_is_named(
    demuxer: str, clip: Callable[..., Path]
) -> None:
    facts = told(clip("plain.mp4"), demuxer)

    assert facts["video"] is None
    assert facts["fault"]


def test_a_script_is_not_followed_even_by_the_demuxer_for_scripts(
    clip: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip("plain.mp4").read_bytes())
    script = tmp_path / "script"
    script.write_text("ffconcat version 1.0\nfile 'clip.mp4'\n")

    assert told(tmp_path / "clip.mp4", "mov")["video"]
    assert told(script, "concat")["video"] is None


def test_a_playlist_given_to_a_video_demuxer_is_only_bytes(tmp_path: Path) -> None:
    playlist = tmp_path / "list.mp4"
    playlist.write_text("#EXTM3U\n#EXTINF:9,\nfile:///etc/hostname\n")
    facts = told(playlist, "mov")

    assert "InvalidDataError" in facts["fault"]

"""The numbers that the bench is told: whole ones, or one line that says what is wanted."""

import argparse

import pytest

from benchmarks.part import add_pace


def told(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_pace(parser)
    return parser.parse_args(words)


def test_rounds_and_seconds_are_whole_numbers() -> None:
    words = told("--rounds", "5", "--seconds", "3")

    assert (words.rounds, words.seconds, words.quick) == (5, 3, False)
    assert (told("--quick").rounds, told("--quick").seconds) == (None, None)


@pytest.mark.parametrize("word", ["0", "1.5", "-1", "61", "nan", "abc", "", "9" * 5000])
def test_other_seconds_are_refused_with_what_is_wanted(
    word: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit):
        told(f"--seconds={word}")
    said = capsys.readouterr().err
    if word:
        monkeypatch.setenv("BENCH_SECONDS", word)
        with pytest.raises(SystemExit):
            told()

    assert "BENCH_SECONDS" in said
    assert "whole number from 1 to 60" in said


def test_rounds_that_are_none_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        told("--rounds", "0")

    assert "whole number from 1 to 99" in capsys.readouterr().err

"""The picture is well-formed, shows every line, and can be read in light and dark."""

from xml.etree import ElementTree

import pytest

from benchmarks.plot import bars, picture

SVG = "{http://www.w3.org/2000/svg}"
LINES = {
    "raw ASGI hello world": {"per_second": {"median": 10.0, "least": 9.0, "greatest": 11.0}},
    "Tally, near hit": {"per_second": {"median": 25.0, "least": 20.0, "greatest": 30.0}},
    "a <peer> & co": {"per_second": {"median": 1.0, "least": 1.0, "greatest": 1.0}},
}


def test_the_fastest_is_on_top_and_bars_are_as_long_as_their_medians() -> None:
    drawn = ElementTree.fromstring(picture(bars(LINES), note="a machine"))
    found = drawn.findall(f"{SVG}rect")

    widths = [float(bar.attrib["width"]) for bar in found]

    assert [bar.attrib["class"] for bar in found] == ["tally", "floor", "peer"]
    assert widths[0] / widths[1] == pytest.approx(2.5, rel=0.01)


def test_names_are_escaped_and_kept() -> None:
    drawn = ElementTree.fromstring(picture(bars(LINES), note="<machine>"))

    texts = [text.text for text in drawn.findall(f"{SVG}text")]

    assert "a <peer> & co" in texts
    assert "<machine>" in texts


def test_a_dark_page_gets_colours_of_its_own() -> None:
    assert "@media (prefers-color-scheme: dark)" in picture(bars(LINES), note="")

"""The picture is well-formed, shows every line, and can be read in light and dark."""

from xml.etree import ElementTree

import pytest

from benchmarks.plot import bars, picture

SVG = "{http://www.w3.org/2000/svg}"


def line(median: float, spread: float, times: float) -> dict[str, dict[str, float]]:
    rates = {"median": median, "least": median - spread, "greatest": median + spread}
    return {"per_second": rates, "times_hello": {"median": times}}


LINES = {
    "raw ASGI hello world": line(10.0, 1.0, 1.0),
    "Tally, near hit": line(25.0, 5.0, 2.6),
    "a <peer> & co": line(1.0, 0.0, 0.1),
    "hello world, a poll's header lines, 304": line(9.0, 1.0, 0.9),  # in the table only
}


def test_the_fastest_is_on_top_and_bars_are_as_long_as_their_medians() -> None:
    drawn = ElementTree.fromstring(picture(bars(LINES), note="a machine"))
    found = drawn.findall(f"{SVG}rect")

    widths = [float(bar.attrib["width"]) for bar in found]

    assert [bar.attrib["class"] for bar in found] == ["tally", "hello", "peer"]
    assert widths[0] / widths[1] == pytest.approx(2.5, rel=0.01)


def test_names_are_escaped_and_kept() -> None:
    drawn = ElementTree.fromstring(picture(bars(LINES), note="<machine>"))

    texts = [text.text for text in drawn.findall(f"{SVG}text")]

    assert "a <peer> & co" in texts
    assert "<machine>" in texts


def test_numbers_stand_in_columns_of_their_own_where_no_bar_or_line_reaches() -> None:
    drawn = ElementTree.fromstring(picture(bars(LINES), note=""))
    numbers = [
        text for text in drawn.findall(f"{SVG}text") if text.text in ("25", "2.60 x", "1", "0.10 x")
    ]
    ends = [float(line.attrib["x2"]) for line in drawn.findall(f"{SVG}line")]

    columns = {float(text.attrib["x"]) for text in numbers}

    assert len(numbers) == 4
    assert len(columns) == 2
    assert max(ends) <= min(columns) - 50.0  # room for six figures


def test_a_dark_page_gets_colours_of_its_own() -> None:
    assert "@media (prefers-color-scheme: dark)" in picture(bars(LINES), note="")

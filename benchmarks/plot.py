"""The polls as a picture: bars with their spread, as SVG for light and dark pages. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from benchmarks import contenders as who

_WIDTH: Final = 860
_LEFT: Final = 250
_RIGHT: Final = 160
"""For two columns of numbers: beside their bars the line would run through them."""
_RATES: Final = _WIDTH - 60
_ROW: Final = 26
_TOP: Final = 64
_STYLE: Final = """
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a }
.title { font-size: 16px; font-weight: 600; fill: #24292f }
.tally { fill: #1a7f37 } .peer { fill: #8c959f } .hello { fill: #0969da }
.spread { stroke: #24292f; stroke-width: 1.5 } .line { stroke: #0969da; stroke-dasharray: 4 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 } .title { fill: #f0f6fc } .spread { stroke: #f0f6fc }
  .tally { fill: #3fb950 } .peer { fill: #656c76 } .hello { fill: #4493f8 }
  .line { stroke: #4493f8 }
}
"""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Rates are requests per second; `times` is the median in multiples of the hello world's."""

    name: str
    look: str
    median: float
    least: float
    greatest: float
    times: float


def bars(lines: Mapping[str, Any]) -> list[Bar]:
    """Of the lines of the polls' figures, the fastest first; one hello world is enough."""
    found = [
        Bar(name=name, look=_look(name), times=line["times_hello"]["median"], **line["per_second"])
        for name, line in lines.items()
        if not name.startswith(who.LINES.name)
    ]
    return sorted(found, key=lambda bar: -bar.median)


def _look(name: str) -> str:
    if name == who.HELLO.name:
        return "hello"
    return "tally" if name.startswith("Tally") else "peer"


def picture(shown: Sequence[Bar], *, note: str) -> str:
    """A whole SVG file; `note` stands under its title."""
    height = _TOP + _ROW * len(shown) + 16
    per_pixel = max(bar.greatest for bar in shown) / (_WIDTH - _LEFT - _RIGHT)
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            "<title>Polls per second on one core</title>",
            f"<style>{_STYLE}</style>",
            '<text class="title" x="0" y="18">Polls per second on one core</text>',
            f'<text x="0" y="40">{escape(note)}</text>',
            _right(_WIDTH, 40, "x hello world"),
            *(_line(bar, per_pixel, height) for bar in shown if bar.look == "hello"),
            *(part for row, bar in enumerate(shown) for part in _drawn(bar, row, per_pixel)),
            "</svg>",
            "",
        ]
    )


def _line(hello: Bar, per_pixel: float, height: int) -> str:
    x = _LEFT + hello.median / per_pixel
    return f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{height - 8}"/>'


def _drawn(bar: Bar, row: int, per_pixel: float) -> Iterator[str]:
    y = _TOP + row * _ROW
    middle = y + 9
    length, least, greatest = (rate / per_pixel for rate in (bar.median, bar.least, bar.greatest))
    yield _right(_LEFT - 10, y + 13, bar.name)
    yield f'<rect class="{bar.look}" x="{_LEFT}" y="{y}" width="{length:.1f}" height="18" rx="2"/>'
    yield (
        f'<line class="spread" x1="{_LEFT + least:.1f}" x2="{_LEFT + greatest:.1f}" '
        f'y1="{middle}" y2="{middle}"/>'
    )
    yield _right(_RATES, y + 13, f"{bar.median:,.0f}")
    yield _right(_WIDTH, y + 13, f"{bar.times:.2f} x")


def _right(x: int, y: int, text: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="end">{escape(text)}</text>'

"""docs/deployment.md as its parts: headings and fenced blocks. Reads one page and runs nothing.

A block is named by the heading it stands under and its first line that says what it is about, so
that it is found again wherever it moves to in its section, and missed once it says something else.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from textwrap import dedent
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
GUIDE: Final = ROOT / "docs" / "deployment.md"

_PART: Final = re.compile(
    r"^(?P<heading>#+ [^\n]+)$|^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_ASSIGNMENT: Final = re.compile(r"(export )?[A-Z_]+=\S.*")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block, without its indent."""

    heading: str
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """All but comments and empty lines."""
        lines = map(str.rstrip, self.text.splitlines())
        return [line for line in lines if line and not line.lstrip().startswith("#")]

    @property
    def name(self) -> tuple[str, str]:
        said = [line for line in self.lines if line != "cd backend"]
        return self.heading, (said or [""])[0]

    @property
    def only_sets(self) -> bool:
        """Whether it is lines for `.env` or a shell that set something, and nothing else."""
        return self.language == "bash" and all(map(_ASSIGNMENT.fullmatch, self.lines))

    @property
    def outputs(self) -> list[str]:
        """What its commands should print, as its comments say, in their order."""
        return re.findall(r"^# Should output: (.+)$", self.text, re.MULTILINE)

    def said(self, words: str) -> str:
        """What its comments say behind these words, to the end of those comments."""
        first, _, rest = self.text.partition(f"# {words}")[2].partition("\n")
        more = takewhile(lambda line: line.startswith("#"), rest.splitlines())
        return "\n".join([first, *(line.removeprefix("#") for line in more)]).strip()


def headings(text: str) -> list[str]:
    """Each with its number signs. What stands in a fenced block is none."""
    return [found["heading"] for found in _PART.finditer(text) if found["heading"]]


def blocks(text: str) -> Iterator[Block]:
    """All fenced blocks, in their order. A fence that is not closed is none."""
    heading = ""
    for found in _PART.finditer(text):
        if found["heading"]:
            heading = found["heading"].lstrip("# ")
        else:
            yield Block(heading=heading, language=found["language"], text=dedent(found["text"]))


def block(heading: str, first_line: str) -> Block:
    """The one block of the guide of that name. Fails if there is none, or more than one."""
    (found,) = [it for it in blocks(GUIDE.read_text()) if it.name == (heading, first_line)]
    return found


def taken_by_tests() -> list[tuple[str, str]]:
    """The names of the blocks that the files beside this one ask for, by `block(...)`."""
    return [
        (str(heading.value), str(line.value))
        for path in sorted(Path(__file__).parent.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "block"
        for heading, line in [node.args]
        if isinstance(heading, ast.Constant) and isinstance(line, ast.Constant)
    ]

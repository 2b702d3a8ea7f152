"""Reads the tree for the rules of the house, by `ast`: nothing of the project is imported.

A rule is a function from a root folder to its violations, each one sentence for a person.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("backend", "tests", "benchmarks", "dev_servers")


@dataclass(frozen=True, kw_only=True)
class Module:
    """A file of Python. `name` is dotted and starts at `backend/`; a room's front has its name."""

    path: Path
    place: str
    name: str
    syntax: ast.Module
    lines: int

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @property
    def is_front(self) -> bool:
        return self.path.name == "__init__.py"


@dataclass(frozen=True, kw_only=True)
class Import:
    """One imported module, and the name taken from it if any."""

    module: str
    name: str | None
    line: int


def python_files(root: Path) -> list[Path]:
    """Every Python file of the project, sorted."""
    found = [path for folder in SOURCES for path in (root / folder).rglob("*.py")]
    return sorted([*found, *root.glob("*.py")])


def read(root: Path, path: Path) -> Module:
    text = path.read_text()
    place = path.relative_to(root)
    parts = place.with_suffix("").parts[place.parts[0] == "backend" :]
    return Module(
        path=path,
        place=place.as_posix(),
        name=".".join(parts[:-1] if parts[-1] == "__init__" else parts),
        syntax=ast.parse(text),
        lines=len(text.splitlines()),
    )


def backend(root: Path) -> list[Module]:
    """The modules under backend/, sorted by path."""
    return [read(root, path) for path in sorted((root / "backend").rglob("*.py"))]


def imports(module: Module) -> Iterator[Import]:
    """All of its imports wherever they stand, relative ones made absolute."""
    package = module.name.split(".") if module.is_front else module.name.split(".")[:-1]
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module=alias.name, name=None, line=node.lineno)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                yield Import(module=source, name=alias.name, line=node.lineno)

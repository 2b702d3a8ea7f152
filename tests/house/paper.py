"""What is written twice says the same: dependencies, settings, metrics, and the pages on them."""

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

CONSTANTS = "backend/cache/redis_cache.py"  # where the guide has the cache's knobs
ROW = re.compile(r"^\|\s*`(\w+)`\s*\|\s*(.*?)\s*\|", re.MULTILINE)
METRIC = re.compile(r"[a-z]+(_[a-z0-9]+)+")


def requirements(root: Path) -> list[str]:
    """backend/requirements.txt and pyproject.toml name the same dependencies."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    text = (root / "backend" / "requirements.txt").read_text()
    lines = {line for line in text.splitlines() if line and not line.startswith("#")}
    odd = sorted(lines ^ {*project["dependencies"]})
    return [f"{line} is not in both requirements.txt and pyproject.toml" for line in odd]


def lock(root: Path) -> list[str]:
    """uv.lock was made for what pyproject.toml asks for now."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    locked = tomllib.loads((root / "uv.lock").read_text())["package"]
    (own,) = [package for package in locked if package["name"] == project["project"]["name"]]
    groups = own["metadata"]["requires-dev"]
    have = {_pinned(one) for one in [*own["metadata"]["requires-dist"], *groups["dev"]]}
    extras = project["project"].get("optional-dependencies", {}).values()
    asked = [*project["project"]["dependencies"], *chain.from_iterable(extras)]
    asked += project["dependency-groups"]["dev"]
    odd = sorted(have ^ {_asked(line) for line in asked})
    return [f"{name} {extra} {span}: uv.lock is older, run uv lock" for name, extra, span in odd]


def _pinned(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["name"], ",".join(one.get("extras", ())), one.get("specifier", "")


def _asked(line: str) -> tuple[str, str, str]:
    one = Requirement(line)
    return one.name, ",".join(sorted(one.extras)), str(one.specifier)


def settings(root: Path) -> list[str]:
    """The table in docs/settings.md names each setting with its default, and no other."""
    defaults, written = _defaults(root), dict(_rows(root / "docs" / "settings.md"))
    odd = sorted(defaults.keys() ^ written.keys())
    return [f"{name} is not in both settings.py and the table of settings" for name in odd] + [
        f"{name} is {defaults[name]!r} in the code and {written[name]} in the table of settings"
        for name in sorted(defaults.keys() & written.keys())
        if not _same(defaults[name], written[name])
    ]


def example(root: Path) -> list[str]:
    """.env.example names only settings, with their defaults, all commented out."""
    defaults, path = _defaults(root), root / ".env.example"
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = [line.partition("=") for line in lines if re.match("[#A-Z_]+=", line)]
    return [
        f".env.example: {name}={value} is not #, a setting, = and its default"
        for name, _, value in pairs
        if name[1:] not in defaults or name[0] != "#" or not _same(defaults[name[1:]], value)
    ]


def metrics(root: Path) -> list[str]:
    """The tables in docs/metrics.md name each metric of backend/metrics.py, and no other."""
    counted = {name.removesuffix("_total") for name in _metric_names(root)}
    written = {name.removesuffix("_total") for name, _ in _rows(root / "docs" / "metrics.md")}
    odd = sorted(counted ^ written)
    return [f"{name} is not in both metrics.py and docs/metrics.md" for name in odd]


def _rows(path: Path) -> list[tuple[str, str]]:
    """The rows of a page's tables that begin with one word of code: it, and the next cell."""
    return ROW.findall(path.read_text()) if path.exists() else []


def _syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text() if path.exists() else "")


def _defaults(root: Path) -> dict[str, object]:
    """Each setting's name in the environment, and its default; None is the cache's constant."""
    constants = {
        node.targets[0].id: _value(node.value)
        for node in ast.walk(_syntax(root / CONSTANTS))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    fields = {
        node.target.id.upper(): _value(node.value)
        for kind in _syntax(root / "backend" / "settings.py").body
        if isinstance(kind, ast.ClassDef) and "BaseSettings" in map(ast.unparse, kind.bases)
        for node in kind.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
    return {name: constants.get(name, value) for name, value in fields.items()}


def _value(node: ast.expr) -> object:
    """What an expression such as `2**31` or `Field(Path("data"), ge=1)` stands for."""
    names = {"__builtins__": {}, "Path": str, "Field": lambda default, **_: default}
    try:
        return eval(ast.unparse(node), names)  # our own source, and no builtins
    except Exception:
        return ast.unparse(node)


def _same(default: object, written: str) -> bool:
    """Whether a cell says the default: its first piece of code, or all of it. None says nothing."""
    code = re.search("`(.*?)`", written)
    said = code[1] if code else written.replace("empty", "")
    if isinstance(default, bool) or not isinstance(default, int | float):
        return default is None or said.lower() == str(default).lower()
    try:
        return float(said) == default
    except ValueError:
        return False


def _metric_names(root: Path) -> Iterator[str]:
    """The first words of calls that begin with a metric's name and a sentence on it."""
    for node in ast.walk(_syntax(root / "backend" / "metrics.py")):
        if isinstance(node, ast.Call) and len(node.args) > 1:
            name, sentence = _value(node.args[0]), node.args[1]
            if METRIC.fullmatch(str(name)) and isinstance(sentence, ast.Constant | ast.JoinedStr):
                yield str(name)

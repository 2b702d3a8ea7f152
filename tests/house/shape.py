"""Names, sizes and places of files: what a reader may expect before opening one."""

import ast
import re
import sys
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

from house.tree import Module, backend, python_files, read

BANNED = {"base", "common", "core", "helper", "helpers", "manager", "misc", "util", "utils"}
LONGEST = 200
TESTED_ELSEWHERE: dict[str, str] = {
    "jobs/migrations/*": "every test of the SQL store begins with them",
}


def hollow_names(root: Path) -> list[str]:
    """Files, folders and classes whose name says nothing."""
    words = {
        path.relative_to(root): _words(path.relative_to(root)) & BANNED
        for path in python_files(root)
    }
    classes = [
        f"{path.relative_to(root)}: class {node.name} has a name that says nothing"
        for path in python_files(root)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and re.search("(Manager|Helper|Utils?)$", node.name)
    ]
    return [f"{place}: {name} says nothing" for place in words for name in words[place]] + classes


def _words(place: Path) -> set[str]:
    return {word for part in place.with_suffix("").parts for word in part.lower().split("_")}


def shadows(root: Path) -> list[str]:
    """Rooms and doors that hide an installed or a standard package, or are hidden by it."""
    taken = {*packages_distributions(), *sys.stdlib_module_names}
    rooms = {module.room for module in backend(root)}
    return [f"backend/{room}: there is a package of that name" for room in sorted(rooms & taken)]


def packages_under_tests(root: Path) -> list[str]:
    """`tests/cache/__init__.py` would make tests/cache a package that hides backend/cache."""
    found = sorted((root / "tests").rglob("__init__.py"))
    return [f"{path.relative_to(root)}: remove it" for path in found]


def same_test_names(root: Path) -> list[str]:
    """Test files of one name, which a person cannot tell apart in a report."""
    paths = sorted((root / "tests").rglob("test_*.py"))
    names = [path.name for path in paths]
    twins = {name for name in names if names.count(name) > 1}
    return [f"{path.relative_to(root)}: not the only one" for path in paths if path.name in twins]


def too_long(root: Path) -> list[str]:
    """Files of more lines than one thing needs."""
    modules = [read(root, path) for path in python_files(root)]
    return [
        f"{module.place} has {module.lines} lines: which two things is it?"
        for module in modules
        if module.lines > LONGEST
    ]


def silent(root: Path) -> list[str]:
    """Files that do not begin by saying what they are."""
    modules = [read(root, path) for path in python_files(root)]
    return [
        f"{module.place} does not say what it is: give it a docstring"
        for module in modules
        if not ast.get_docstring(module.syntax)
    ]


def untested(root: Path) -> list[str]:
    """Modules that do something, without a test file of their name and without a reason."""
    missing = []
    for module in backend(root):
        inside = module.path.relative_to(root / "backend")
        folder = root / "tests" / (module.room if len(inside.parts) > 1 else "")
        names = (f"test_{inside.stem}.py", f"test_{module.room}_{inside.stem}.py")
        found = any([*folder.rglob(name)] for name in names)
        excused = any(fnmatch(inside.as_posix(), glob) for glob in TESTED_ELSEWHERE)
        if _does_something(module) and not module.is_front and not excused and not found:
            missing.append(f"{module.place} has no {folder.relative_to(root)}/**/{names[0]}")
    return missing


def _does_something(module: Module) -> bool:
    """Whether a function in it has a body: a face, a table or a list of errors has none."""
    bodies = [
        [line for line in node.body if not _is_constant(line)]
        for node in ast.walk(module.syntax)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return any(bodies)


def _is_constant(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)

"""Pages that can lag behind the code do not: codes and states are all written down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jobs import Status
from video import Code

ROOT = Path(__file__).parent.parent


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def problem_codes() -> Iterator[str]:
    """The code of every `Problem(status, code, ...)` in api/, and of the table of job errors."""
    for path in (ROOT / "backend" / "api").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Problem":
                codes = node.args[1:2]
            elif (
                isinstance(node, ast.Tuple) and node.elts and isinstance(node.elts[0], ast.Constant)
            ):
                codes = node.elts[1:2] if isinstance(node.elts[0].value, int) else []
            else:
                continue
            yield from (
                code.value
                for code in codes
                if isinstance(code, ast.Constant) and isinstance(code.value, str)
            )


def failure_codes() -> Iterator[str]:
    """The code of every `Failure(code=...)` in work/ and jobs/."""
    for room in ("work", "jobs"):
        for path in (ROOT / "backend" / room).rglob("*.py"):
            yield from re.findall(r'code="(\w+)"', path.read_text())


def test_every_problem_code_is_on_the_page_of_errors() -> None:
    codes = set(problem_codes())

    assert {"not_found", "upload_too_large", "store_unavailable"} <= codes
    assert [code for code in sorted(codes) if f"`{code}`" not in page("errors.md")] == []


def test_every_error_code_of_a_job_is_on_the_page_of_errors() -> None:
    codes = {*Code, *failure_codes()}

    assert {"input_truncated", "worker_lost", "internal_error"} <= codes
    assert [code for code in sorted(codes) if f"`{code}`" not in page("errors.md")] == []


def test_every_status_is_in_the_glossary_and_in_the_drawing() -> None:
    for status in Status:
        assert f"`{status}`" in page("glossary.md")
        assert re.search(rf"\b{status}\b", page("architecture.md"))


def test_every_file_that_a_page_names_is_there() -> None:
    named = {
        (page.name, path)
        for page in (ROOT / "docs").rglob("*.md")
        for path in re.findall(
            r"`((?:backend|tests|docs|benchmarks|deploy)/[\w./-]+\.\w+)`", page.read_text()
        )
    }

    assert ("architecture.md", "backend/jobs/document.py") in named
    assert [pair for pair in sorted(named) if not (ROOT / pair[1]).exists()] == []

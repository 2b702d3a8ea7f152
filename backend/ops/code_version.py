"""Which code this is: EDGE to its own files. For records, which say what they are true of."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_VERSION: Final = re.compile(r'^version = "([0-9][0-9A-Za-z.]*)"', re.MULTILINE)
_CODE: Final = (".py", ".lua")


def code_version(project: Path) -> str:
    """The project's version and eight digits that differ wherever a line of backend/ does.

    As in 0.1.0+3fa9c1d2; 0+3fa9c1d2 where backend/ was deployed alone. It is that of the files, not
    of a process started before they changed. Raises OSError if they cannot be read.
    """
    backend = project / "backend"
    digest = hashlib.sha256()
    for path in sorted(_code(backend)):
        digest.update(f"{path.relative_to(backend).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return f"{_told(project / 'pyproject.toml')}+{digest.hexdigest()[:8]}"


def _code(backend: Path) -> Iterator[Path]:
    """Nothing else: an .env or data may lie there, too."""
    return (path for path in backend.rglob("*") if path.suffix in _CODE and path.is_file())


def _told(path: Path) -> str:
    try:
        found = _VERSION.search(path.read_text())
    except OSError:
        return "0"
    return found[1] if found else "0"

"""Plants small trees in which a rule of the house is broken."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest


@pytest.fixture
def plant(tmp_path: Path) -> Callable[..., Path]:
    """`plant({"jobs/job.py": text}, under="backend")` writes the files and gives the root."""

    def write(files: Mapping[str, str], *, under: str = "backend") -> Path:
        for place, text in files.items():
            path = tmp_path / under / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write

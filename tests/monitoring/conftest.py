"""Prometheus's own tools, from the package that the whole server comes in."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def promtool(prometheus: Path) -> str:
    """The path of promtool, which judges rules and runs their unit tests."""
    return str(prometheus / "promtool")

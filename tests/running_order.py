"""In which order the tests run, and which of them in one process where several share the work.

At the end nobody shall wait for one long file; and nobody starts what others have running.
"""

from pathlib import Path
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

LONG: Final = ("web", "live", "work", "ops", "guide")
"""Rooms whose files take longest, that of the longest first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    places = {here / room: number for number, room in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.parent, len(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return FileByFile(config, log) if config.getvalue("dist") == "loadfile" else None


class FileByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist tells no types
    """But what opens pages stays together: a browser and the application are long in starting."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "the pages" if "web/test_page_" in file else file

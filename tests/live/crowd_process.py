"""A crowd in a process of its own: its work slows no loop that is measured, or that tests."""

from pathlib import Path
from typing import Any

from live.crowd import Plan, poll_all
from live.own_process import Note, OwnProcess, run_in_own_process


def a_crowd(folder: Path, *plans: Plan, name: str = "crowd") -> OwnProcess:
    """All the plans at once; its records are of the kind Observation."""
    return OwnProcess("live.crowd_process", plans, folder, name)


async def _poll(plan: dict[str, Any], note: Note) -> None:
    await poll_all(Plan(**plan), note)


if __name__ == "__main__":
    run_in_own_process(_poll)

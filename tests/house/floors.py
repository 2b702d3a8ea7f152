"""The floors: imports only go down, only through a room's front, and never in a circle."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from house.tree import Import, Module, backend, imports

FLOORS = (
    ("main", "worker", "ops"),
    ("wiring",),
    ("lifespan",),
    ("api", "web", "work", "cache"),
    ("jobs", "video", "settings", "metrics", "logs", "counts"),
)
FLOOR = {room: height for height, rooms in enumerate(reversed(FLOORS)) for room in rooms}


def uphill(root: Path) -> list[str]:
    """Imports of a room on the same floor or above, and rooms that have no floor."""
    modules = backend(root)
    rooms = {module.room for module in modules}
    homeless = [f"{room} has no floor: give it one in house/floors.py" for room in rooms - {*FLOOR}]
    return homeless + [
        f"{module.place}:{found.line} imports {target}, which is not on a lower floor"
        for module, found, target in _between_rooms(modules)
        if FLOOR.get(target, 0) >= FLOOR.get(module.room, 0)
    ]


def back_doors(root: Path) -> list[str]:
    """Imports of a room's inside from outside of it."""
    modules = backend(root)
    names = {module.name for module in modules}
    return [
        f"{module.place}:{found.line} goes past the front of {target}: from {target} import ..."
        for module, found, target in _between_rooms(modules)
        if "." in _target(found, names)
    ]


def circles(root: Path) -> list[str]:
    """Files that need each other, directly or around others: a smaller thing waits to be named."""
    modules = backend(root)
    names = {module.name for module in modules}
    graph = {
        module.name: {_target(found, names) for found in imports(module)} & names - {module.name}
        for module in modules
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return ["imports in a circle: " + " -> ".join(reversed(error.args[1]))]
    return []


def _between_rooms(modules: list[Module]) -> list[tuple[Module, Import, str]]:
    rooms = {module.room for module in modules}
    return [
        (module, found, target)
        for module in modules
        for found in imports(module)
        if (target := found.module.partition(".")[0]) in rooms and target != module.room
    ]


def _target(found: Import, names: set[str]) -> str:
    """The module an import reaches: `from jobs import job` reaches jobs.job if that is a file."""
    inner = f"{found.module}.{found.name}"
    return inner if inner in names else found.module

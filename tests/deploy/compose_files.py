"""Compose files laid over one another, and what the specification says of the result.

The merge is the specification's, as far as ours need it; the test of that holds it against Docker
Compose itself where there is one. The judge is compose-spec, which knows every key and reference.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from compose_spec import PyCompose

from deploy.deploy_files import COMPOSE, DEPLOY, read_yaml

REPLACED = ("command", "entrypoint", "test")
"""Lists that a later file replaces; all others it adds to."""


def _with(*names: str) -> tuple[Path, ...]:
    return (COMPOSE, *(DEPLOY / "compose" / f"{name}.yml" for name in names))


COMBINATIONS: Mapping[str, tuple[Path, ...]] = {
    "plain": _with(),
    "tls": _with("tls"),
    "rights": _with("rights"),
    "sentinel": _with("sentinel"),
    "cluster": _with("cluster"),
    "monitoring": _with("monitoring"),
    "sentinel and monitoring": _with("sentinel", "monitoring"),
}


def combined(*paths: Path) -> dict[str, Any]:
    """The files as one, the later over the earlier."""
    whole: dict[str, Any] = {}
    for path in paths:
        (one,) = read_yaml(path)
        whole = _laid_over(whole, {key: one[key] for key in one if not key.startswith("x-")})
    return whole


def complaints(compose: Mapping[str, Any]) -> list[str]:
    """What is wrong with it: a key or value that is unknown, or a name that leads nowhere."""
    try:
        PyCompose.from_yaml(yaml.safe_dump(compose)).validate()
    except ValueError as error:
        return [str(error)]
    return []


def _laid_over(under: Any, over: Any, key: str = "") -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        both = under.keys() & over.keys()
        return {
            **under,
            **over,
            **{name: _laid_over(under[name], over[name], name) for name in both},
        }
    if isinstance(under, list) and isinstance(over, list) and key not in REPLACED:
        return [*under, *(one for one in over if one not in under)]
    return over

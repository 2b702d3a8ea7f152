"""The files of a deployment as data: read here, judged elsewhere. Starts nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = ROOT / "docker-compose.yml"
VARIANTS = sorted((DEPLOY / "compose").glob("*.yml"))
DOCKERFILE = ROOT / "Dockerfile"
MANIFESTS = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
KUSTOMIZATION = DEPLOY / "kustomization.yaml"

SETTINGS = {name.upper() for name in Settings.model_fields}
VERSION = re.compile(r"v?\d+([.-].+)?")


def read_yaml(path: Path) -> list[Any]:
    """All documents of a file."""
    return list(yaml.safe_load_all(path.read_text()))


def manifests() -> list[Any]:
    """Every object for Kubernetes, but the kustomization."""
    return [one for path in MANIFESTS for one in read_yaml(path)]


def instructions(text: str) -> list[tuple[str, str]]:
    """A Dockerfile's instructions, each with its words on one line."""
    joined = re.sub(r"\\\n\s*", "", text)
    lines = [line for line in joined.splitlines() if line.strip() and line[0] != "#"]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def conf(text: str) -> Iterator[tuple[str, str]]:
    """The settings of a redis.conf: name and value, both as they stand there."""
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition(" ")
            yield name, value


def image_versions(images: list[str]) -> dict[str, str]:
    """Each image's tag; empty without one."""
    return {image: image.partition(":")[2] for image in images}

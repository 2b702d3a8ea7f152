"""Every YAML file of a deployment by yamllint: a key that stands twice would silently win."""

from pathlib import Path

import pytest
from yamllint import linter
from yamllint.config import YamlLintConfig

from deploy.deploy_files import COMPOSE, DEPLOY, ROOT

FILES = sorted([COMPOSE, *DEPLOY.rglob("*.yml"), *DEPLOY.rglob("*.yaml")])
RULES = YamlLintConfig(
    """
extends: default
rules:
  document-start: disable
  line-length: {max: 200}     # commands and URLs are not broken
  braces: {max-spaces-inside: 0}
  comments: {min-spaces-from-content: 1}
  comments-indentation: disable     # what is switched off stands where it would be on
  truthy: {check-keys: false}
"""
)


def complaints(text: str) -> list[str]:
    return [str(problem) for problem in linter.run(text, RULES)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_yamllint_finds_nothing(path: Path) -> None:
    assert complaints(path.read_text()) == []


def test_a_key_that_stands_twice_is_seen() -> None:
    twice = COMPOSE.read_text() + "\nvolumes: {}\n"

    assert "duplication of key" in complaints(twice)[0]

"""Every command that starts the API for production has the fast lane and no access log."""

import json
import re
import shlex
from itertools import pairwise
from typing import Any

import pytest
import yaml

from api import lane_protocol
from deploy.compose_files import COMBINATIONS, combined
from deploy.deploy_files import DOCKERFILE, ROOT, instructions
from deploy.kubernetes_objects import container
from dev_servers.tally import programs
from guide.page import GUIDE, blocks
from ops.rehearsal import IN_PRODUCTION
from ops.rule import START

LANE = ("--http", "api.lane_protocol:Protocol")


def image() -> list[str]:
    found: list[str] = json.loads(dict(instructions(DOCKERFILE.read_text()))["CMD"])
    return found


def of_a_page(place: str) -> list[str]:
    """The one line of a page that is a command with the fast lane; fails if there is none."""
    text = (ROOT / place).read_text()
    (line,) = re.findall(
        rf"^(?:cd backend && )?(python -m uvicorn .*{LANE[0]}.*)$", text, re.MULTILINE
    )
    return shlex.split(line)


def of_the_guides_deployment() -> list[str]:
    manifest = next(it.text for it in blocks(GUIDE.read_text()) if "kind: Deployment" in it.text)
    _, deployment = yaml.safe_load_all(manifest)
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    command: list[str] = only["command"]
    return command


def of_the_guides_procfile() -> list[str]:
    """Its process `web`; fails if there is none."""
    (line,) = re.findall(r"`web: ([^`]+)`", GUIDE.read_text())
    return shlex.split(line)


COMMANDS = {
    "the image": image(),
    "make run": programs({}, 8000)["API"],
    "a rehearsal": [*IN_PRODUCTION],
    "README": of_a_page("README.md"),
    "operations": of_a_page("docs/operations.md"),
    "the guide on Heroku": of_the_guides_procfile(),
    "the guide on Kubernetes": of_the_guides_deployment(),
    "doctor": shlex.split(START.partition(";")[0]),
}


@pytest.mark.parametrize("place", sorted(COMMANDS))
def test_it_has_the_fast_lane_and_no_access_log(place: str) -> None:
    words = COMMANDS[place]

    assert LANE in pairwise(words)
    assert "--no-access-log" in words


def test_what_they_name_is_a_protocol_of_ours() -> None:
    assert lane_protocol.Protocol.__module__ == "api.lane_uvicorn"


def test_kubernetes_and_compose_start_the_api_by_the_images_own_command() -> None:
    composed = [combined(*files)["services"]["api"] for files in COMBINATIONS.values()]
    started: list[dict[str, Any]] = [container("api"), *composed]

    assert [{"command", "args", "entrypoint"} & {*api} for api in started] == [set()] * len(started)

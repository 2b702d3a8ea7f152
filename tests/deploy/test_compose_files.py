"""docker-compose.yml and its variants: valid, and what they name is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cache import parse_redis_url
from deploy.compose_files import COMBINATIONS, combined, complaints
from deploy.deploy_files import COMPOSE, ROOT, SETTINGS, VARIANTS, VERSION

SECRET = re.compile(r"/run/secrets/([\w-]+)")
HOST = re.compile(r"([\w.-]+):\d+")


@pytest.fixture(params=sorted(COMBINATIONS))
def compose(request: pytest.FixtureRequest) -> Any:
    """What Docker Compose makes of a combination."""
    return combined(*COMBINATIONS[request.param])


def services(compose: Any) -> Iterator[tuple[str, Any]]:
    yield from compose["services"].items()


def test_every_variant_is_tried() -> None:
    tried = {path for paths in COMBINATIONS.values() for path in paths}

    assert tried == {COMPOSE, *VARIANTS}
    assert len(VARIANTS) == 5


@pytest.mark.parametrize("name", sorted(COMBINATIONS))
def test_the_specification_allows_it(name: str) -> None:
    assert complaints(combined(*COMBINATIONS[name])) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("restart: unless-stopped", "restarts: unless-stopped"),
        ("condition: service_started", "condition: service_begun"),
        ("read_only: true", "read_only: 7.5"),
    ],
)
def test_a_mistake_is_seen(tmp_path: Path, right: str, wrong: str) -> None:
    path = tmp_path / "docker-compose.yml"
    path.write_text(COMPOSE.read_text().replace(right, wrong))

    assert complaints(combined(path)) != []


def test_every_setting_is_one_of_tallys(compose: Any) -> None:
    for name in ("api", "worker"):
        assert {*compose["services"][name]["environment"]} <= SETTINGS


def test_api_and_worker_differ_in_their_command_only(compose: Any) -> None:
    api, worker = compose["services"]["api"], compose["services"]["worker"]
    own = {"command", "ports", "healthcheck"}

    assert {key: value for key, value in api.items() if key not in own} == {
        key: value for key, value in worker.items() if key not in own
    }
    assert worker["command"] == ["python", "-m", "worker"]


def test_redis_url_is_read_and_leads_to_services(compose: Any) -> None:
    url = compose["services"]["api"]["environment"]["REDIS_URL"]
    target = parse_redis_url(url)
    places = {*compose["services"]} | {
        network["ipv4_address"]
        for _, service in services(compose)
        for network in (service.get("networks") or {}).values()
        if network
    }

    assert target is not None
    assert target.first.host in places
    assert {*HOST.findall(url)} <= places


def test_every_secret_that_is_read_is_given_and_every_one_given_is_read(compose: Any) -> None:
    for name, service in services(compose):
        read = {*SECRET.findall(str({**service, "secrets": ()}))}
        given = {*service.get("secrets", [])}

        assert read == given, name
        assert given <= {*compose.get("secrets", {})}


def test_every_file_that_is_mounted_is_in_the_project(compose: Any) -> None:
    for _, service in services(compose):
        for source, _ in map(_mount, service.get("volumes", [])):
            if source.startswith("."):
                assert (ROOT / source).exists(), source
            else:
                assert source in compose["volumes"]


def test_no_volume_is_made_for_nobody_and_no_two_redis_share_one(compose: Any) -> None:
    mounted = [
        source for _, one in services(compose) for source, _ in map(_mount, one.get("volumes", []))
    ]
    named = [source for source in mounted if not source.startswith(".")]

    assert {*named} == {*compose["volumes"]}
    assert {name for name in named if named.count(name) > 1} == {"tally-data"}


def test_every_image_has_a_version_and_every_port_is_this_machines(compose: Any) -> None:
    for name, service in services(compose):
        if "build" not in service:
            assert VERSION.fullmatch(service["image"].partition(":")[2]), name
        for port in service.get("ports", []):
            assert str(port).startswith("127.0.0.1:"), name


def test_every_service_comes_back_has_no_rights_and_says_whether_it_is_well(compose: Any) -> None:
    for name, service in services(compose):
        assert service["restart"] == ("on-failure" if name == "cluster" else "unless-stopped")
        assert service.get("healthcheck") or name in ("api", "cluster"), name
        if name != "postgres":  # its image begins as root, to prepare an empty volume
            assert service["cap_drop"] == ["ALL"]
            assert service["security_opt"] == ["no-new-privileges:true"]


def test_everybody_waits_for_services_that_can_be_waited_for(compose: Any) -> None:
    for name, service in services(compose):
        for other, terms in service.get("depends_on", {}).items():
            healthy = terms["condition"] == "service_healthy"

            assert "healthcheck" in compose["services"][other] or not healthy, name


def _mount(volume: Any) -> tuple[str, str]:
    source, target, *_ = volume.split(":")
    return source, target

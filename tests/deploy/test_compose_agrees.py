"""The Compose files agree with Docker Compose itself, the guide, and what Prometheus asks."""

import json
import re
import subprocess
from contextlib import suppress

import pytest
import yaml

from deploy.compose_files import COMBINATIONS, combined
from deploy.deploy_files import COMPOSE, DEPLOY, ROOT, read_yaml

HOST = re.compile(r"([\w.-]+):\d+")


def docker_compose() -> list[str]:
    """The words that start it; none where there is none, or an old one."""
    for words in (["docker", "compose"], ["docker-compose"]):
        with suppress(OSError, subprocess.CalledProcessError):
            told = subprocess.check_output(
                [*words, "version", "--short"], stderr=subprocess.DEVNULL
            )
            if int(told.decode().lstrip("v").split(".")[0]) >= 2:
                return words
    return []


@pytest.mark.skipif(not docker_compose(), reason="Docker Compose itself, where there is one")
@pytest.mark.parametrize("name", sorted(COMBINATIONS))
def test_docker_compose_makes_the_same_of_it(name: str) -> None:
    files = [word for path in COMBINATIONS[name] for word in ("-f", str(path))]
    words = [*docker_compose(), *files, "config", "--format", "json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    theirs, ours = json.loads(done.stdout)["services"], combined(*COMBINATIONS[name])["services"]

    assert {*theirs} == {*ours}
    for service, one in theirs.items():
        for key in ("image", "command", "environment", "hostname", "user", "restart"):
            assert one.get(key) == ours[service].get(key), (service, key)
        for key in ("secrets", "volumes", "ports", "tmpfs", "cap_drop"):
            assert len(one.get(key, [])) == len(ours[service].get(key, [])), (service, key)


def test_prometheus_and_grafana_ask_services_that_are_there() -> None:
    services = combined(*COMBINATIONS["monitoring"])["services"]
    (prometheus,) = read_yaml(DEPLOY / "prometheus" / "prometheus.yml")
    (grafana,) = read_yaml(DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml")
    (dashboards,) = read_yaml(DEPLOY / "grafana" / "provisioning" / "dashboards" / "tally.yml")
    places = [
        rule.get("replacement")
        for job in prometheus["scrape_configs"]
        for rule in job.get("relabel_configs", [])
    ]
    places += [
        target
        for job in prometheus["scrape_configs"]
        for one in job["static_configs"]
        for target in one["targets"]
    ]
    places += [one["url"] for one in grafana["datasources"]]
    targets = {volume.split(":")[1] for volume in services["grafana"]["volumes"]}

    assert {*HOST.findall(" ".join(filter(None, places)))} == {
        "api",
        "redis",
        "redis-exporter",
        "prometheus",
    }
    assert {"api", "redis", "redis-exporter", "prometheus"} <= {*services}
    assert {one["options"]["path"] for one in dashboards["providers"]} <= targets


def test_the_guides_redis_service_is_there_but_for_address_password_and_persistence() -> None:
    guide = (ROOT / "docs" / "deployment.md").read_text()
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (block,) = [block for block in blocks if "container_name: redis-cache" in block]
    wanted = yaml.safe_load(block)["services"]["redis"]
    ours = read_yaml(COMPOSE)[0]["services"]["redis"]

    program, option = wanted.pop("command").split(" --")
    volumes = wanted.pop("volumes")

    assert {key: ours[key] for key in wanted} == wanted
    assert {*volumes} <= {*ours["volumes"]}
    assert program in ours["command"][2]
    assert option.replace("yes", "no") in (ROOT / "deploy/redis.conf").read_text().splitlines()

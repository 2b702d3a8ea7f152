"""The guide's YAML is YAML of the kind it should be, and says what the ready-made files say."""

from typing import Any, Final

import pytest
import yaml

from guide.page import GUIDE, ROOT, Block, blocks
from settings import Settings

YAML: Final = [it for it in blocks(GUIDE.read_text()) if it.language == "yaml"]


def documents(block: Block) -> list[Any]:
    return list(yaml.safe_load_all(block.text))


def of(heading: str) -> list[Any]:
    (found,) = [it for it in YAML if it.heading == heading]
    return documents(found)


@pytest.mark.parametrize("block", YAML, ids=lambda it: it.heading)
def test_it_is_read(block: Block) -> None:
    assert all(documents(block))


def test_the_redis_service_is_the_one_of_the_compose_file_but_for_its_additions() -> None:
    (page,) = of("2. Start a Redis server")
    ours = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    redis = page["services"]["redis"]

    assert ours["services"]["redis"]["container_name"] == redis["container_name"]
    assert ours["services"]["redis"]["restart"] == redis["restart"]
    assert set(redis) <= set(ours["services"]["redis"])


def test_a_port_of_redis_is_never_open_to_the_network() -> None:
    (page,) = of("2. Start a Redis server")

    assert page["services"]["redis"]["ports"] == ["127.0.0.1:6379:6379"]


def test_secrets_that_are_used_are_secrets_that_are_there() -> None:
    (page,) = of("Docker Compose, with a password")
    used = {name for service in page["services"].values() for name in service["secrets"]}
    file = page["services"]["api"]["environment"]["REDIS_PASSWORD_FILE"]

    assert used == {*page["secrets"]}
    assert file == f"/run/secrets/{used.pop()}"


def test_every_variable_that_containers_are_given_is_a_setting() -> None:
    (compose,) = of("Docker Compose, with a password")
    _, deployment = of("Kubernetes")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    given = {*compose["services"]["api"]["environment"]} | {it["name"] for it in container["env"]}

    assert {name.lower() for name in given} <= {*Settings.model_fields}


def test_in_kubernetes_the_password_is_mounted_where_it_is_looked_for() -> None:
    secret, deployment = of("Kubernetes")
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (mount,), (volume,) = container["volumeMounts"], pod["volumes"]
    (key,) = secret["stringData"]
    given = {it["name"]: it["value"] for it in container["env"]}

    assert volume == {"name": mount["name"], "secret": {"secretName": secret["metadata"]["name"]}}
    assert given["REDIS_PASSWORD_FILE"] == f"{mount['mountPath']}/{key}"
    assert "subPath" not in mount


def test_the_scrape_goes_where_the_service_is_at() -> None:
    (page,) = of("Prometheus metrics")
    ((job,),) = page.values()

    assert job == {"job_name": "tally", "static_configs": [{"targets": ["localhost:8000"]}]}

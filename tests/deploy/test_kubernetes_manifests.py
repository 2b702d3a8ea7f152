"""deploy/kubernetes: valid by its own schemas, and what is named is there."""

import re
import shutil
import subprocess
from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy.deploy_files import (
    DEPLOY,
    KUSTOMIZATION,
    MANIFESTS,
    SETTINGS,
    VERSION,
    read_yaml,
)
from deploy.kubernetes_objects import KINDS, PODS, TALLY, container, mounts, named, selectors

SECRETS = {"redis": {"password"}, "database": {"url"}}
"""What deploy/README.md makes by hand: nothing secret is in the manifests."""


@pytest.mark.parametrize("one", KINDS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_kubernetes_knows_every_field(one: Any) -> None:
    kubernetes_validate.validate(one, "1.30", strict=True)


def test_a_field_that_is_misspelt_is_seen() -> None:
    deployment = named("Deployment")["api"]
    wrong = yaml.safe_load(yaml.safe_dump(deployment).replace("readinessProbe", "readynessProbe"))

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.30", strict=True)


def test_all_manifests_are_applied_but_those_of_monitoring() -> None:
    (kustomization,) = read_yaml(KUSTOMIZATION)
    files = {path.relative_to(DEPLOY).as_posix() for path in MANIFESTS}

    assert files - {*kustomization["resources"]} == {
        "kubernetes/monitoring/service-monitor.yaml",
        "kubernetes/monitoring/redis-exporter.yaml",
    }
    assert {*kustomization["resources"]} <= files
    for generated in kustomization["configMapGenerator"]:
        assert all((DEPLOY / name).is_file() for name in generated["files"])


def test_every_setting_is_one_of_tallys_and_is_given_to_api_and_workers() -> None:
    (settings,) = named("ConfigMap").values()

    assert {*settings["data"]} <= SETTINGS
    for pod in TALLY:
        assert container(pod)["envFrom"] == [{"configMapRef": {"name": "tally"}}]
        assert "env" not in container(pod)


def test_the_files_that_settings_name_are_mounted() -> None:
    (settings,) = named("ConfigMap").values()
    files = {name: path for name, path in settings["data"].items() if name.endswith("_FILE")}

    assert {*files} == {"REDIS_PASSWORD_FILE", "DATABASE_URL_FILE"}
    for pod in TALLY:
        for path in files.values():
            folder, _, key = path.rpartition("/")
            secret = mounts(pod)[folder]["secret"]["secretName"]

            assert key in SECRETS[secret]


def test_api_and_workers_share_the_folder_that_many_nodes_can_write() -> None:
    claims = {mounts(pod)["/data"]["persistentVolumeClaim"]["claimName"] for pod in TALLY}
    (claim,) = claims

    assert named("PersistentVolumeClaim")[claim]["spec"]["accessModes"] == ["ReadWriteMany"]


def test_redis_finds_its_files_where_its_words_look() -> None:
    script = container("redis")["command"][2]
    folders = mounts("redis")

    assert "redis-server /usr/local/etc/redis/redis.conf" in script
    assert folders["/usr/local/etc/redis"]["configMap"]["name"] == "redis-conf"
    assert "cat /etc/redis-secret/password" in script
    assert folders["/etc/redis-secret"]["secret"]["secretName"] == "redis"


def test_the_readme_makes_every_secret_that_is_mounted() -> None:
    page = (DEPLOY / "README.md").read_text()
    made = re.findall(r"create secret generic (\w+)((?: --from-file=\w+=\S+)+)", page)
    keys = {name: {*re.findall(r"--from-file=(\w+)=", files)} for name, files in made}
    mounted = {
        one["secret"]["secretName"]
        for pod in PODS
        for one in mounts(pod).values()
        if "secret" in one
    }

    assert keys == SECRETS
    assert mounted == {*SECRETS}


def test_every_selector_finds_a_pod() -> None:
    labels = [pod["metadata"]["labels"] for pod in PODS.values()]
    wanted = [one for manifest in KINDS for one in selectors(manifest)]
    wanted += [one["spec"]["selector"] for one in named("Service").values()]

    assert len(wanted) >= 10
    for selector in wanted:
        assert any(selector.items() <= pod.items() for pod in labels), selector


def test_services_lead_to_ports_that_are_there_and_redis_url_to_its_service() -> None:
    (settings,) = named("ConfigMap").values()
    services = named("Service")

    assert {*services} == {"api", "redis", "redis-exporter"}
    for name, service in services.items():
        (port,) = service["spec"]["ports"]
        assert port["targetPort"] in {one["name"] for one in container(name)["ports"]}
    assert settings["data"]["REDIS_URL"] == "redis://redis:6379/0"
    assert container("redis-exporter")["env"] == [
        {"name": "REDIS_ADDR", "value": "redis://redis:6379"}
    ]
    assert services["redis"]["spec"]["ports"][0]["port"] == 6379


def test_every_image_has_a_version() -> None:
    (kustomization,) = read_yaml(KUSTOMIZATION)
    tags = {one["name"]: one["newTag"] for one in kustomization["images"]}
    for pod in PODS:
        name, _, tag = container(pod)["image"].partition(":")

        assert VERSION.fullmatch(tag or tags[name]), pod


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kustomize itself, where kubectl is")
def test_kustomize_builds_it() -> None:
    words = ["kubectl", "kustomize", str(DEPLOY)]
    built = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    objects = list(yaml.safe_load_all(built))
    deployments = {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in objects
        if one["kind"] == "Deployment"
    }
    (conf,) = [one for one in objects if one["metadata"]["name"].startswith("redis-conf-")]
    used = [volume.get("configMap") for volume in deployments["redis"]["volumes"]]

    assert conf["data"]["redis.conf"] == (DEPLOY / "redis.conf").read_text()
    assert {"name": conf["metadata"]["name"]} in used
    assert deployments["api"]["containers"][0]["image"] == "registry.example.com/tally:0.1.0"
    assert {one["metadata"].get("namespace") for one in objects[1:]} >= {"tally"}

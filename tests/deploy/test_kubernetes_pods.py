"""The pods of deploy/kubernetes: without rights, asked what they are asked for, reached by few."""

import pytest

from deploy.compose_files import COMBINATIONS, combined
from deploy.deploy_files import DEPLOY, DOCKERFILE, instructions, manifests, read_yaml
from deploy.kubernetes_objects import PODS, TALLY, container, named


def test_only_api_workers_and_exporter_reach_redis_and_nobody_reaches_the_workers() -> None:
    policies = named("NetworkPolicy")
    (rule,) = policies["redis"]["spec"]["ingress"]
    (source,) = rule["from"]
    wanted = {one["key"]: one["values"] for one in source["podSelector"]["matchExpressions"]}

    assert policies["nobody-in"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    assert {*source} == {"podSelector"}
    assert wanted["app.kubernetes.io/component"] == [*TALLY]
    assert policies["redis"]["spec"]["egress"] == []
    assert {*policies} == {"nobody-in", "redis", "api", "redis-from-exporter", "redis-exporter"}
    (exporter,) = policies["redis-from-exporter"]["spec"]["ingress"]
    (pod,) = exporter["from"]
    assert pod == {"podSelector": {"matchLabels": PODS["redis-exporter"]["metadata"]["labels"]}}


@pytest.mark.parametrize("pod", sorted(PODS))
def test_no_pod_is_root_writes_to_its_image_or_lacks_a_limit_of_memory(pod: str) -> None:
    whole, only = PODS[pod]["spec"]["securityContext"], container(pod)

    assert whole["runAsNonRoot"] is True
    assert whole["runAsUser"] > 0
    assert whole["seccompProfile"] == {"type": "RuntimeDefault"}
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "memory" in only["resources"]["limits"]
    assert PODS[pod]["spec"]["automountServiceAccountToken"] is False


def test_probes_ask_what_they_are_for() -> None:
    api = container("api")

    assert api["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert api["startupProbe"]["httpGet"]["path"] == "/livez"
    assert api["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_the_autoscaler_begins_where_the_deployment_does() -> None:
    scaler = named("HorizontalPodAutoscaler")["api"]["spec"]
    api = named("Deployment")["api"]["spec"]

    (metric,) = scaler["metrics"]
    target = metric["resource"]["target"]

    assert target["type"] == "AverageValue"
    assert 500 <= int(target["averageValue"].removesuffix("m")) < 1000  # of the one core it can use
    assert scaler["minReplicas"] == api["replicas"] == 2
    assert named("PodDisruptionBudget")["api"]["spec"]["minAvailable"] < api["replicas"]


def test_user_port_and_redis_are_those_of_the_image_and_of_compose() -> None:
    steps = dict(instructions(DOCKERFILE.read_text()))
    (port,) = container("api")["ports"]
    compose = combined(*COMBINATIONS["cluster"])["services"]
    redis = {one["image"] for name, one in compose.items() if name.startswith("redis")}

    assert port["containerPort"] == int(steps["EXPOSE"])
    assert redis == {container("redis")["image"]}
    for pod in TALLY:
        own = PODS[pod]["spec"]["securityContext"]
        assert f"{own['runAsUser']}:{own['runAsGroup']}" == steps["USER"]


def test_the_operators_prometheus_finds_the_api_under_the_job_that_the_rules_know() -> None:
    monitor, redis = [one for one in manifests() if one["kind"] == "ServiceMonitor"]
    service, exporter = named("Service")["api"], named("Service")["redis-exporter"]
    labels = service["metadata"]["labels"]
    (prometheus,) = read_yaml(DEPLOY / "prometheus" / "prometheus.yml")
    jobs = {job["job_name"] for job in prometheus["scrape_configs"]}

    assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert {one["port"] for one in monitor["spec"]["endpoints"]} == {
        one["name"] for one in service["spec"]["ports"]
    }
    assert labels[monitor["spec"]["jobLabel"]] in jobs
    (endpoint,) = redis["spec"]["endpoints"]
    set_to = {one["targetLabel"]: one["replacement"] for one in endpoint["relabelings"]}
    assert (
        redis["spec"]["selector"]["matchLabels"].items() <= exporter["metadata"]["labels"].items()
    )
    assert endpoint["port"] == exporter["spec"]["ports"][0]["name"]
    assert set_to["job"] in jobs


def test_the_exporter_is_the_one_of_the_compose_files() -> None:
    compose = combined(*COMBINATIONS["monitoring"])["services"]["redis-exporter"]
    ours = container("redis-exporter")

    assert ours["image"] == compose["image"]
    assert ours["command"][2] == compose["entrypoint"][2].replace("$$", "$").replace(
        "/run/secrets/redis-password", "/etc/redis-secret/password"
    )

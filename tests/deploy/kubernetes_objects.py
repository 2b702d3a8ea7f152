"""The objects of deploy/kubernetes by kind and name, and what their pods hold. Judges nothing."""

from collections.abc import Iterator
from typing import Any

from deploy.deploy_files import manifests

KINDS = [one for one in manifests() if "coreos" not in one["apiVersion"]]
PODS = {
    one["metadata"]["name"]: one["spec"]["template"] for one in KINDS if one["kind"] == "Deployment"
}
TALLY = ("api", "worker")


def named(kind: str) -> dict[str, Any]:
    return {one["metadata"]["name"]: one for one in KINDS if one["kind"] == kind}


def container(pod: str) -> Any:
    (only,) = PODS[pod]["spec"]["containers"]
    return only


def mounts(pod: str) -> dict[str, Any]:
    """Each folder of a pod's container, and the volume that is there."""
    volumes = {volume["name"]: volume for volume in PODS[pod]["spec"]["volumes"]}
    return {one["mountPath"]: volumes[one["name"]] for one in container(pod)["volumeMounts"]}


def selectors(value: Any) -> Iterator[dict[str, str]]:
    """All label selectors in an object, as the labels they want."""
    if isinstance(value, dict):
        if "matchLabels" in value:
            yield value["matchLabels"]
        for one in value.values():
            yield from selectors(one)
    elif isinstance(value, list):
        for one in value:
            yield from selectors(one)

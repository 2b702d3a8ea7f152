"""Terraform modules against their providers' schemas: every block, argument and reference is known.

Knows HCL by python-hcl2, and the schemas by provider_schemas.json: what `terraform providers schema
-json` says of the resources used here, without types and prose. Plans nothing and calls no cloud.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hcl2

_TOLD: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "provider_schemas.json").read_text()
)["provider_schemas"]
RESOURCES: Mapping[str, Any] = {
    kind: schema["block"]
    for provider in _TOLD.values()
    for kind, schema in provider["resource_schemas"].items()
}
VERSIONS = {name.rpartition("/")[2]: one["provider_version"] for name, one in _TOLD.items()}
"""Of which version of each provider the schemas are."""
META = {"for_each", "count", "depends_on", "lifecycle", "provider", "timeouts"}
REFERENCE = re.compile(r"\b(var|[a-z]+_[a-z_]+)\.([a-z_]+)(?:\.([a-z_]+))?")


@dataclass(frozen=True, kw_only=True)
class Module:
    """One folder of .tf files. A resource is known by its type and name."""

    folder: Path
    text: str
    resources: Mapping[tuple[str, str], Mapping[str, Any]]
    variables: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Mapping[str, Any]]
    providers: Mapping[str, Mapping[str, str]]


def read_module(folder: Path) -> Module:
    """Raises what python-hcl2 raises for what is no HCL."""
    texts = [path.read_text() for path in sorted(folder.glob("*.tf"))]
    files = [_plain(hcl2.loads(text)) for text in texts]
    (terraform,) = [one for file in files for one in file.get("terraform", [])]
    return Module(
        folder=folder,
        text="\n".join(texts),
        resources={
            (kind, name): body
            for file in files
            for resource in file.get("resource", [])
            for kind, named in resource.items()
            for name, body in named.items()
        },
        variables=_named(files, "variable"),
        outputs=_named(files, "output"),
        providers=terraform["required_providers"][0],
    )


def violations(module: Module) -> Iterator[str]:
    """What the providers would refuse, and references to what is not there."""
    for (kind, name), body in module.resources.items():
        if kind not in RESOURCES:
            yield f"{kind} is in no schema"
        else:
            arguments = {key: value for key, value in body.items() if key not in META}
            yield from _against(RESOURCES[kind], arguments, f"{kind}.{name}")
    yield from _references(module)


def _against(schema: Mapping[str, Any], body: Mapping[str, Any], place: str) -> Iterator[str]:
    attributes, blocks = schema["attributes"], schema.get("block_types", {})
    for key, value in body.items():
        if key in blocks:
            for one in value:
                yield from _against(blocks[key]["block"], one, f"{place}.{key}")
        elif key not in attributes:
            yield f"{place} has no argument {key}"
        elif not {"required", "optional"} & {*attributes[key]}:
            yield f"{place}: {key} cannot be set"
    needed = [key for key, one in attributes.items() if one.get("required")]
    needed += [key for key, one in blocks.items() if one.get("min_items")]
    yield from (f"{place} needs {key}" for key in needed if key not in body)


def _references(module: Module) -> Iterator[str]:
    used = set()
    for root, name, attribute in REFERENCE.findall(_code(module.text)):
        if root == "var":
            used.add(name)
            if name not in module.variables:
                yield f"var.{name} is not declared"
        elif root in RESOURCES:
            if (root, name) not in module.resources:
                yield f"{root}.{name} is not there"
            elif attribute not in _names(root):
                yield f"{root} tells no {attribute}"
    yield from (f"var.{name} is not used" for name in module.variables.keys() - used)


def _names(kind: str) -> set[str]:
    """What can be asked of a resource."""
    schema = RESOURCES[kind]
    return {"id", *schema["attributes"], *schema.get("block_types", {})}


def _code(text: str) -> str:
    """Without comments and descriptions."""
    return re.sub(r"^\s*(#|description\s*=|error_message\s*=).*$", "", text, flags=re.MULTILINE)


def _named(files: list[Any], kind: str) -> dict[str, Any]:
    return {
        name: body for file in files for one in file.get(kind, []) for name, body in one.items()
    }


def _plain(value: Any) -> Any:
    """What python-hcl2 gives, without its quotes and its marks of blocks."""
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items() if key[:2] != "__"}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value

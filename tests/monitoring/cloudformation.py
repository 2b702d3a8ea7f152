"""A CloudFormation template as what CloudFormation makes of it: parameters put in, by AWS's rules.

Knows Ref, Sub and Join, which is what our template uses.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

_NAME: Final = re.compile(r"\$\{([\w:.]+)\}")


class _Loader(yaml.SafeLoader):
    """YAML with the short forms: `!Ref X` is `{"Ref": X}`."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix == "Ref" else f"Fn::{suffix}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.ScalarNode), f"!{suffix} of this form is not known here"
    return {name: loader.construct_scalar(node)}


_Loader.add_multi_constructor("!", _long_form)


def read_template(text: str) -> Any:
    return yaml.load(text, _Loader)  # a SafeLoader


def references(part: Any) -> Iterator[str]:
    """Every parameter or resource that a part of a template names."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key == "Ref":
                yield value
            elif key == "Fn::Sub":
                yield from _NAME.findall(value)
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolved(part: Any, values: Mapping[str, Any]) -> Any:
    """The part with all parameters put in. Raises KeyError for one that has no value."""
    if isinstance(part, list):
        return [resolved(value, values) for value in part]
    if not isinstance(part, Mapping):
        return part
    if "Ref" in part:
        return values[part["Ref"]]
    if "Fn::Sub" in part:
        return _NAME.sub(lambda found: str(values[found[1]]), part["Fn::Sub"])
    return {key: resolved(value, values) for key, value in part.items()}

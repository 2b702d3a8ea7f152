"""The guide's `aws elasticache` commands by AWS's own description of them, as botocore has it.

The AWS CLI makes its options of the same description. What AWS would answer is not tried.
"""

import re
import shlex
from typing import Any, Final

import pytest
from botocore import xform_name
from botocore.exceptions import ParamValidationError
from botocore.session import get_session
from botocore.validate import validate_parameters

from guide.page import GUIDE, blocks

AWS: Final = get_session().get_service_model("elasticache")
PAGE: Final = GUIDE.read_text()
COMMANDS: Final = [
    line.split(maxsplit=2)[2]
    for block in blocks(PAGE)
    if block.language == "bash"
    for line in "\n".join(block.lines).replace("\\\n", " ").splitlines()
    if line.startswith("aws elasticache ")
]
CLUSTER_MODE: Final = re.findall(r"With `(--num-node-groups .+?)` in place of `(.+?)`", PAGE)


def parameters(command: str) -> tuple[str, dict[str, Any]]:
    """The operation and its parameters. KeyError: one of them is not AWS's."""
    name, *words = shlex.split(command)
    names = {xform_name(one, "-"): one for one in AWS.operation_names}
    members = AWS.operation_model(names[name]).input_shape.members
    options = {f"--{xform_name(one, '-')}": one for one in members}
    given: dict[str, Any] = {}
    while words:
        member = options[words.pop(0)]
        kind = members[member].type_name
        given[member] = True if kind == "boolean" else words.pop(0)
        if kind == "integer":
            given[member] = int(given[member])
    return names[name], given


def complaints(command: str) -> str:
    """What AWS's description has against it: a parameter that is missing, or of another type."""
    operation, given = parameters(command)
    try:
        validate_parameters(given, AWS.operation_model(operation).input_shape)
    except ParamValidationError as error:
        return str(error)
    return ""


def test_the_guides_commands_are_found() -> None:
    assert [command.split()[0] for command in COMMANDS] == [
        *("create-cache-cluster", "create-replication-group", "create-serverless-cache"),
        *("describe-cache-clusters", "describe-replication-groups", "describe-serverless-caches"),
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: it.split()[0])
def test_aws_knows_its_arguments_and_misses_none(command: str) -> None:
    assert complaints(command) == ""


def test_aws_knows_the_arguments_for_cluster_mode_too() -> None:
    ((new, old),) = CLUSTER_MODE
    (command,) = [it for it in COMMANDS if it.startswith("create-replication-group")]
    changed = command.replace(old, new)

    assert changed != command
    assert complaints(changed) == ""
    assert parameters(changed)[1]["NumNodeGroups"] == 3


def test_a_password_goes_with_encryption_and_a_failover_with_a_replica() -> None:
    (command,) = [it for it in COMMANDS if it.startswith("create-replication-group")]
    given = parameters(command)[1]

    assert given["TransitEncryptionEnabled"]
    assert 16 <= len(given["AuthToken"]) <= 128
    assert given["AutomaticFailoverEnabled"]
    assert given["NumCacheClusters"] >= 2


def test_a_mistake_would_be_seen() -> None:
    with pytest.raises(KeyError):
        complaints("create-cache-cluster --cache-cluster-name video-cache")
    with pytest.raises(KeyError):
        complaints("create-cache --cache-cluster-id video-cache")
    with pytest.raises(ValueError, match="two"):
        complaints("create-cache-cluster --cache-cluster-id video-cache --num-cache-nodes two")
    assert "Missing required parameter" in complaints("create-serverless-cache --engine valkey")

"""CloudWatch would take the alarms: by its API's own description of an alarm, which botocore has.

Not checked here: what CloudFormation itself says of the template. docs/decisions/0011 says why.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from monitoring.cloudformation import read_template, references, resolved
from monitoring.monitoring_files import ROOT, RUNBOOK

TEMPLATE = read_template((ROOT / "deploy/cloudwatch/elasticache-alarms.yml").read_text())
PARAMETERS = TEMPLATE["Parameters"]
GIVEN = {
    "CacheClusterId": "video-cache-001",
    "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:tally",
}
ALARMS = [name for name, it in TEMPLATE["Resources"].items()]
OF_THE_GUIDE = {
    "EngineCPUUtilization",
    "DatabaseMemoryUsagePercentage",
    "CacheHits",
    "CacheMisses",
    "NetworkBytesIn",
    "NetworkBytesOut",
    "Evictions",
}


@cache
def put_alarm() -> StructureShape:
    """What CloudWatch's PutMetricAlarm takes; CloudFormation's properties have the same names."""
    model = ServiceModel(Loader().load_service_model("cloudwatch", "service-2"))
    return model.operation_model("PutMetricAlarm").input_shape


def alarm(name: str, **changed: object) -> dict[str, Any]:
    """As CloudFormation would ask for it."""
    values = {name: it["Default"] for name, it in PARAMETERS.items() if "Default" in it} | GIVEN
    resource = TEMPLATE["Resources"][name]
    assert resource["Type"] == "AWS::CloudWatch::Alarm"
    return {"AlarmName": name, **resolved(resource["Properties"], values), **changed}


def faults(value: Any, shape: Shape) -> list[str]:
    """What CloudWatch would refuse: names, types, ranges, and words outside of a closed list."""
    report = ParamValidator().validate(value, shape).generate_report()
    return [*report.splitlines(), *_odd_words(value, shape)]


def _odd_words(value: Any, shape: Shape) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, inner in value.items():
            if name in shape.members:
                yield from _odd_words(inner, shape.members[name])
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for inner in value:
            yield from _odd_words(inner, shape.member)
    elif isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"{value} is none of {shape.enum}"


@pytest.mark.parametrize("name", ALARMS)
def test_cloudwatch_takes_the_alarm(name: str) -> None:
    assert faults(alarm(name), put_alarm()) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"Treshold": 1.0},
        {"EvaluationPeriods": 0},
        {"ComparisonOperator": "Above"},
        {"Dimensions": [{"Name": "CacheClusterId"}]},
    ],
    ids=str,
)
def test_an_alarm_that_it_would_refuse_is_seen(changed: dict[str, object]) -> None:
    assert faults(alarm("EvictionsAlarm", **changed), put_alarm()) != []


def test_everything_named_in_the_template_is_there_and_every_parameter_is_used() -> None:
    named = set(references([TEMPLATE["Resources"], TEMPLATE["Outputs"]]))

    assert named - {*PARAMETERS, *TEMPLATE["Resources"]} == set()
    assert {*PARAMETERS} - named == set()


def test_all_metrics_of_the_guide_are_watched() -> None:
    watched = set(re.findall(r"'MetricName': '(\w+)'", str([alarm(name) for name in ALARMS])))

    assert watched == OF_THE_GUIDE
    assert {name for name in watched if f"`{name}`" not in RUNBOOK.read_text()} == set()


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_is_of_one_node_and_tells_the_topic_of_its_begin_and_end(name: str) -> None:
    asked = alarm(name)
    metrics = asked.get("Metrics", [])
    stats = [one["MetricStat"] for one in metrics if "MetricStat" in one]

    assert asked["AlarmActions"] == asked["OKActions"] == [GIVEN["AlarmTopicArn"]]
    for one in [stat["Metric"] for stat in stats] or [asked]:
        assert one["Namespace"] == "AWS/ElastiCache"
        assert one["Dimensions"] == [
            {"Name": "CacheClusterId", "Value": "video-cache-001"},
            {"Name": "CacheNodeId", "Value": "0001"},
        ]


@pytest.mark.parametrize("name", ["HitRateAlarm", "NetworkAlarm"])
def test_an_expression_uses_each_of_its_metrics_and_alone_decides(name: str) -> None:
    metrics = {one["Id"]: one for one in alarm(name)["Metrics"]}
    (decides,) = [one for one in metrics.values() if one["ReturnData"]]
    used = set(re.findall(r"\b[a-z]\w*", decides["Expression"]))

    assert used == metrics.keys() - {decides["Id"]}
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9_]*", one) for one in metrics)


@pytest.mark.parametrize(
    ("parameter", "value", "fits"),
    [
        ("CacheClusterId", "video-cache-0001-001", True),
        ("CacheClusterId", "Video_Cache", False),
        ("AlarmTopicArn", "arn:aws-cn:sns:cn-north-1:123456789012:tally", True),
        ("AlarmTopicArn", "tally", False),
    ],
)
def test_a_mistaken_parameter_is_refused_before_anything_is_made(
    parameter: str, value: str, *, fits: bool
) -> None:
    assert bool(re.fullmatch(PARAMETERS[parameter]["AllowedPattern"], value)) is fits

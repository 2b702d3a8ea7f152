"""What deploy/prometheus, deploy/grafana and docs/ say of metrics, as data. Reads files only."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
PROMETHEUS: Final = ROOT / "deploy" / "prometheus"
GRAFANA: Final = ROOT / "deploy" / "grafana"
UNIT_TESTS: Final = PROMETHEUS / "tests"
RUNBOOK: Final = ROOT / "docs" / "monitoring.md"

OF_THE_EXPORTER: Final = frozenset(
    {
        "redis_cluster_state",
        "redis_commands_processed_total",
        "redis_config_maxclients",
        "redis_connected_clients",
        "redis_connected_slave_lag_seconds",
        "redis_evicted_keys_total",
        "redis_expired_keys_total",
        "redis_keyspace_hits_total",
        "redis_keyspace_misses_total",
        "redis_master_link_up",
        "redis_max_clients",
        "redis_memory_max_bytes",
        "redis_memory_used_bytes",
        "redis_net_input_bytes_total",
        "redis_net_output_bytes_total",
        "redis_rejected_connections_total",
        "redis_up",
    }
)
"""What redis_exporter tells of a server: its exporter.go and info.go; tried with version 1.45."""
OF_PROMETHEUS: Final = frozenset({"up", "ALERTS"})

_METRIC_ROW: Final = re.compile(r"^\| `(\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)
_NO_METRICS: Final = (
    re.compile(r'"(?:[^"\\]|\\.)*"'),
    re.compile(r"\{[^}]*\}"),
    re.compile(r"\[[^\]]*\]"),
    re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"),
    re.compile(r"\boffset\s+\w+"),
    re.compile(r"\b\d[\w.]*"),
    re.compile(r"\b[a-z_0-9]+\s*(?=\()"),
    re.compile(r"\b(?:and|or|unless|bool|Inf|NaN)\b"),
)
"""All of an expression that is not a metric's name, in the order in which it is taken away."""
_NAME: Final = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")


@cache
def read_yaml(path: Path) -> Any:
    """Read once: not to be changed."""
    return yaml.safe_load(path.read_text())


def rules(kind: str) -> dict[str, Mapping[str, Any]]:
    """All rules of that kind, `record` or `alert`, by name."""
    found: dict[str, Mapping[str, Any]] = {}
    for name in ("rules.yml", "alerts.yml"):
        for group in read_yaml(PROMETHEUS / name)["groups"]:
            for rule in group["rules"]:
                if kind in rule:
                    assert rule[kind] not in found, f"{rule[kind]} is there twice"
                    found[rule[kind]] = rule
    return found


def unit_tests() -> Iterator[Mapping[str, Any]]:
    """Each test of each file of unit tests."""
    for path in sorted(UNIT_TESTS.glob("*.yml")):
        yield from read_yaml(path)["tests"]


def dashboard() -> Any:
    return json.loads((GRAFANA / "dashboards" / "tally.json").read_text())


def expressions() -> dict[str, str]:
    """Each expression of a panel or an annotation, by a name for people; variables are put in."""
    board = dashboard()
    found = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in board["panels"]
        for target in panel.get("targets", ())
    }
    found |= {it["name"]: it["expr"] for it in board["annotations"]["list"] if "expr" in it}
    return {name: with_values(expression) for name, expression in found.items()}


def with_values(expression: str) -> str:
    """As Grafana would ask, with all services and servers chosen."""
    for variable, value in (("$__rate_interval", "1m"), ("$job", ".*"), ("$redis", ".*")):
        expression = expression.replace(variable, value)
    return expression


def names_in(expression: str) -> set[str]:
    """The metrics that an expression asks for."""
    for other in _NO_METRICS:
        expression = other.sub(" ", expression)
    return set(_NAME.findall(expression))


def documented() -> dict[str, frozenset[str]]:
    """Each series that docs/metrics.md names, with its labels: of a histogram, all that it has."""
    series: dict[str, frozenset[str]] = {}
    page = (ROOT / "docs" / "metrics.md").read_text()
    for name, kind, cell in _METRIC_ROW.findall(page):
        labels = frozenset(re.findall(r"`(\w+)`", cell)) | {"job", "instance"}
        if kind in ("histogram", "summary"):
            series |= {f"{name}_count": labels, f"{name}_sum": labels}
            series |= {f"{name}_bucket": labels | {"le"}} if kind == "histogram" else {}
        else:
            series[name] = labels
    return series

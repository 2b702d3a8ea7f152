"""What a Prometheus says that it watches: values alone, nothing is asked. Pure.

Source: the Prometheus documentation of its HTTP API. Its URLs of targets may hold an account, so
targets are known by their `instance` here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from ops.answer_reading import read
from ops.server_seen import Fact, Unknown
from ops.service_seen import Page

T = TypeVar("T")

JOB: Final = "tally"
"""The job by which our rules know the service."""


@dataclass(frozen=True, kw_only=True)
class PrometheusSeen:
    """One look. Whatever its pages hold, reading them never raises."""

    url: str
    rules: Page
    targets: Page
    alertmanagers: Page

    @property
    def alerts(self) -> Fact[Mapping[str, bool]]:
        """The alerts that are loaded, and whether the last evaluation of each went well."""
        return _told(self.rules, _alerts)

    @property
    def scraped(self) -> Fact[Mapping[str, bool]]:
        """The targets of the job `tally`, and whether the last scrape of each went well."""
        return _told(self.targets, _scraped)

    @property
    def told(self) -> Fact[int]:
        """How many Alertmanagers it sends alerts to."""
        return _told(self.alertmanagers, lambda data: len(data["activeAlertmanagers"]))


def _told(page: Page, meaning: Callable[[Any], T]) -> Fact[T]:
    if not page.fine:
        return Unknown(str(page))
    return read(page.document, lambda document: meaning(document["data"]))


def _alerts(data: Any) -> dict[str, bool]:
    """One of several rules by the same name that does not go well spoils it."""
    rules = [rule for group in data["groups"] for rule in group["rules"] if "alerts" in rule]
    return _all_well((str(rule["name"]), rule["health"] == "ok") for rule in rules)


def _scraped(data: Any) -> dict[str, bool]:
    ours = [one for one in data["activeTargets"] if one["labels"]["job"] == JOB]
    return _all_well((str(one["labels"]["instance"]), one["health"] == "up") for one in ours)


def _all_well(found: Any) -> dict[str, bool]:
    well: dict[str, bool] = {}
    for name, is_well in found:
        well[name] = is_well and well.get(name, True)
    return well

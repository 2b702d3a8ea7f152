"""Grafana can show the dashboard: its fields, its places, its variables; and finds it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product, zip_longest
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from monitoring.monitoring_files import GRAFANA, dashboard, read_yaml

SHOWN_AS = {"timeseries", "stat", "row"}
"""Panels that each Grafana since version 8 has in itself: nothing to install."""
VARIABLE = re.compile(r"\$\{?(\w+)\}?")
WIDTH = 24
LOST = object()
NEWER = {
    "/annotations/list/builtIn",
    "/annotations/list/step",
    "/annotations/list/titleFormat",
    "/annotations/list/textFormat",
    "/templating/list/definition",
}
"""Fields that Grafana writes itself, and its description of version 10.1 lacks."""


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dashboard()["panels"]
    return found


def squares(panel: dict[str, Any]) -> set[tuple[int, int]]:
    """What a panel takes of the grid."""
    place = panel["gridPos"]
    columns = range(place["x"], place["x"] + place["w"])
    rows = range(place["y"], place["y"] + place["h"])
    return set(product(columns, rows))


def test_every_panel_has_an_id_of_its_own() -> None:
    twice = [one for one, times in Counter(panel["id"] for panel in panels()).items() if times > 1]

    assert twice == []


def test_no_panel_lies_over_another_or_beyond_the_edge() -> None:
    over = [
        (one["title"], other["title"])
        for one, other in combinations(panels(), 2)
        if squares(one) & squares(other)
    ]

    assert over == []
    assert all(x < WIDTH for panel in panels() for x, _ in squares(panel))


def test_every_panel_says_what_it_shows_and_in_which_unit() -> None:
    for panel in panels():
        assert panel["type"] in SHOWN_AS
        if panel["type"] != "row":
            assert panel["description"].endswith("."), panel["title"]
            assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_every_question_goes_to_the_chosen_prometheus() -> None:
    asked = [target for panel in panels() for target in panel.get("targets", ())]

    assert len(asked) > 40
    for target in asked:
        assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert target["expr"]
    for panel in panels():
        letters = [target["refId"] for target in panel.get("targets", ())]
        assert len(letters) == len(set(letters)), panel["title"]


def test_every_variable_that_is_used_is_one_of_the_dashboards_or_of_grafana() -> None:
    board = dashboard()
    own = {variable["name"] for variable in board["templating"]["list"]}
    used = {
        name
        for panel in panels()
        for target in panel.get("targets", ())
        for name in VARIABLE.findall(target["expr"] + target["datasource"]["uid"])
    }

    assert used == own | {"__rate_interval"}


def test_grafanas_own_description_knows_every_field() -> None:
    """Read into its types and written again, down to the options of each kind of panel."""
    board = dashboard()
    register_default_plugins()
    again = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))

    assert {re.sub(r"/\d+", "", place) for place in lost(board, again)} == NEWER


def lost(part: Any, again: Any, place: str = "") -> Iterator[str]:
    """Where something was not taken over."""
    if isinstance(part, dict) and isinstance(again, dict):
        for name, value in part.items():
            yield from lost(value, again.get(name, LOST), f"{place}/{name}")
    elif isinstance(part, list) and isinstance(again, list):
        for number, (value, same) in enumerate(zip_longest(part, again, fillvalue=LOST)):
            yield from lost(value, same, f"{place}/{number}")
    elif part != again:
        yield place


def test_a_field_that_grafana_does_not_have_is_lost() -> None:
    """Else the test above could not fail."""
    board = dashboard()
    board["panels"][1]["options"]["colourMode"] = "value"
    again = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))

    assert "/panels/1/options/colourMode" in set(lost(board, again))


def test_it_is_made_for_a_grafana_of_today_and_brings_no_id_of_another() -> None:
    board = dashboard()

    assert board["schemaVersion"] >= 41  # Grafana 12
    assert 8 <= len(board["uid"]) <= 40
    assert "id" not in board


def test_grafana_finds_prometheus_and_the_dashboard_at_its_start() -> None:
    given = GRAFANA / "provisioning"
    (source,) = read_yaml(given / "datasources" / "prometheus.yml")["datasources"]
    (folder,) = read_yaml(given / "dashboards" / "tally.yml")["providers"]

    assert source["type"] == "prometheus"
    assert source["isDefault"]
    assert folder["type"] == "file"
    assert folder["options"]["path"] == "/var/lib/grafana/dashboards"

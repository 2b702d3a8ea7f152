"""docs/monitoring.md has a heading for each alert, and no alert's link leads nowhere."""

import re

from monitoring.monitoring_files import RUNBOOK, rules

HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def headings() -> dict[str, str]:
    """The text under each heading of the third rank."""
    parts = re.split(r"^### (\w+)$", RUNBOOK.read_text(), flags=re.MULTILINE)
    return {
        name: re.split(r"^#", text, flags=re.MULTILINE)[0]
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_every_alert_has_its_heading_and_no_heading_is_of_a_lost_alert() -> None:
    assert headings().keys() == rules("alert").keys()


def test_every_alert_links_to_its_heading() -> None:
    for name, rule in rules("alert").items():
        assert rule["annotations"]["runbook_url"] == f"docs/monitoring.md#{name.lower()}"


def test_the_runbook_says_of_every_alert_what_it_means_and_what_to_do() -> None:
    for name, text in headings().items():
        assert "**Means**" in text, name
        assert "**Do**" in text, name


def test_the_runbook_and_the_rule_agree_on_how_urgent_it_is() -> None:
    for name, rule in rules("alert").items():
        severity = rule["labels"]["severity"]

        assert headings()[name].lstrip().startswith(f"*{severity.capitalize()}"), name


def test_every_link_within_the_page_leads_to_a_heading() -> None:
    text = RUNBOOK.read_text()
    places = {
        re.sub(r"[^\w-]", "", it.lower().replace(" ", "-")) for it in re.findall(HEADING, text)
    }
    linked = set(re.findall(r"\]\(#([\w-]+)\)", text))

    assert "tallyredisslow" in linked
    assert linked - places == set()

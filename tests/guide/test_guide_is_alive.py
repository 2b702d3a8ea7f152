"""No block of the deployment guide is forgotten: a test runs it, or a table says why none does."""

import re
from pathlib import Path
from typing import Final

import pytest

from guide.not_run import NOT_RUN
from guide.page import GUIDE, ROOT, Block, blocks, headings, taken_by_tests

PAGE: Final = GUIDE.read_text()
BLOCKS: Final = list(blocks(PAGE))

SECTIONS: Final = {
    "Quick Start": "Quick start",
    "1. Install Redis Client Library": "1. Install the Redis client library",
    "2. Start Redis Server": "2. Start a Redis server",
    "3. Configure Environment": "3. Configure the environment",
    "4. Restart API Server": "4. Restart the API server",
    "5. Verify Installation": "5. Verify the installation",
    "Production Deployment": "Production deployment",
    "AWS ElastiCache": "AWS ElastiCache",
    "Redis Cloud": "Redis Cloud",
    "Google Cloud Memorystore": "Google Cloud Memorystore",
    "Azure Cache for Redis": "Azure Cache for Redis, while it lasts",
    "Configuration Options": "Configuration options",
    "Environment Variables": "Environment variables",
    "Redis Server Configuration": "Redis server configuration",
    "Monitoring": "Monitoring",
    "Health Checks": "Health checks",
    "CloudWatch Metrics (AWS)": "CloudWatch metrics (AWS)",
    "Prometheus Metrics": "Prometheus metrics",
    "Performance Tuning": "Performance tuning",
    "Optimal TTL Selection": "Optimal TTL selection",
    "Connection Pool Sizing": "Connection pool sizing",
    "Memory Usage": "Memory usage",
    "Security": "Security",
    "Network Security": "Network security",
    "Authentication": "Authentication",
    "TLS/SSL": "TLS/SSL",
    "Troubleshooting": "Troubleshooting",
    "Issue: Cache Not Working": "Issue: cache not working",
    "Issue: High Memory Usage": "Issue: high memory usage",
    "Issue: Connection Timeouts": "Issue: connection timeouts",
    "Rollback Plan": "Rollback plan",
    "Option 1: Stop Redis": "Option 1: stop Redis",
    "Option 2: Invalid REDIS_URL": "Option 2: invalid REDIS_URL",
    "Option 3: Remove Package": "Option 3: remove the package",
    "Upgrade Path": "Upgrade path",
    "From No Cache → Redis Cache": "From no cache to a Redis cache",
    "Future: Redis → Redis Cluster": "Redis to Sentinel, to a cluster",
    "Future: Add Read Replicas": "Read replicas",
    "Checklist": "Checklist",
    "Support": "Support",
}
"""Each section of the guide that this page grew out of, and its counterpart here."""

TABLES: Final = """
| 1 second | 10-15 seconds | Medium |
| 2-3 seconds | 30 seconds | High |
| 5 seconds | 30-60 seconds | Very high |
| 10+ seconds | 60+ seconds | Very high |
| 1-50 | 5-10 | Low |
| 50-200 | 10-20 | Medium |
| 200-1000 | 20-50 | High |
| 1000+ | 50-100 | Very high |
"""
CHECKLIST: Final = (
    *("Redis server running and accessible", "REDIS_URL environment variable set"),
    *("Password authentication enabled", "Network security configured (firewall, VPC)"),
    *("TLS/SSL enabled for production", "Monitoring and alerts configured"),
    *("Backup strategy in place", "Rollback plan tested", "Performance baseline established"),
    "Cache stats endpoint monitored",
)


def is_run_as_its_kind_is(block: Block) -> bool:
    """Lines that set something: test_guide_settings.py; `redis.conf` and YAML: the files for it."""
    return block.only_sets or block.language in ("conf", "yaml")


def test_the_page_is_read_whole() -> None:
    assert len(BLOCKS) > 50
    assert PAGE.count("```") == 2 * len(BLOCKS)


def test_every_block_is_run_by_a_test_or_listed_with_the_reason_why_not() -> None:
    run = {*taken_by_tests()}

    assert [
        block.name
        for block in BLOCKS
        if not (block.name in run or block.name in NOT_RUN or is_run_as_its_kind_is(block))
    ] == []


def test_no_reason_is_given_for_what_is_run_or_is_not_there() -> None:
    names = [block.name for block in BLOCKS]
    run = {*taken_by_tests(), *(it.name for it in BLOCKS if is_run_as_its_kind_is(it))}

    assert [name for name in NOT_RUN if name in run or names.count(name) != 1] == []


def test_every_block_that_a_test_asks_for_is_there_once() -> None:
    names = [block.name for block in BLOCKS]
    asked = taken_by_tests()

    assert len(asked) > 10
    assert [name for name in asked if names.count(name) != 1] == []


@pytest.mark.parametrize("reason", sorted({*NOT_RUN.values()}))
def test_a_reason_that_names_a_test_names_one_that_is_there(reason: str) -> None:
    places = re.findall(r"tests/[\w./-]*\w", reason)

    assert [place for place in places if not (ROOT / place).exists()] == []


def test_a_new_block_would_be_noticed() -> None:
    (new,) = blocks("## Security\n\n  ```bash\n  # first\n  rm -rf data\n  ```\n")

    assert new.name == ("Security", "rm -rf data")
    assert new.name not in {*taken_by_tests(), *NOT_RUN}
    assert not is_run_as_its_kind_is(new)


def test_every_section_of_the_guide_has_its_counterpart_in_the_same_order() -> None:
    titles = [heading.lstrip("# ") for heading in headings(PAGE)]

    assert [title for title in titles if title in SECTIONS.values()] == [*SECTIONS.values()]


def test_the_guides_tuning_tables_are_on_the_page_row_by_row() -> None:
    assert [row for row in TABLES.split("\n") if row not in PAGE.splitlines()] == []


def test_the_guides_checklist_is_on_the_page_line_by_line() -> None:
    lines = re.findall(r"^- \[ \] (.+)$", PAGE, re.MULTILINE)

    assert len(lines) == len(CHECKLIST)
    assert [it for it, line in zip(CHECKLIST, lines, strict=True) if not line.startswith(it)] == []


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[\w-]*)?\)", PAGE)

    assert "../check-redis.sh" in links
    assert [link for link in links if not (GUIDE.parent / link).resolve().exists()] == []


def test_every_link_into_a_page_leads_to_a_heading_of_it() -> None:
    links = re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", PAGE)
    slugs = {page: anchors(GUIDE.parent / (page or GUIDE.name)) for page, _ in links}

    assert len(links) > 5
    assert [link for link in links if link[1] not in slugs[link[0]]] == []


def anchors(page: Path) -> set[str]:
    """As hosts of such pages make them of headings."""
    titles = (heading.lstrip("#").strip().lower() for heading in headings(page.read_text()))
    return {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}

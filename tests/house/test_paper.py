"""Dependencies, settings and metrics are written alike everywhere; the rules see where not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from house.paper import example, lock, metrics, requirements, settings
from house.tree import ROOT

Rule = Callable[[Path], list[str]]
Plant = Callable[..., Path]

PROJECT = """
project = { name = "tally", dependencies = ["redis>=5", "av"] }
dependency-groups = { dev = ["ruff"] }
"""
LOCK = """
[[package]]
name = "tally"
metadata.requires-dist = [{ name = "redis", specifier = ">=5" }, { name = "av" }]
metadata.requires-dev = { dev = [{ name = "ruff" }] }
"""
SETTINGS = """
class Settings(BaseSettings):
    model_config = SettingsConfigDict()
    port: int = Field(8000, ge=1)
    upload_max_bytes: int = 2**31
    data_dir: Path = Field(Path("data"), description="Files.")
    log_file: str = Field("", description="A file.")
    cache_ttl_seconds: float | None = None
"""
PAGE = """
| setting | default | meaning |
|---|---|---|
| `PORT` | `8000` | a port |
| `UPLOAD_MAX_BYTES` | `2147483648` (2 GiB) | a size |
| `DATA_DIR` | `data` | a folder |
| `LOG_FILE` | empty | a file |
| `CACHE_TTL_SECONDS` | `30` | a time |
"""
METRICS = """
hits = Counter("cache_requests", "Total cache requests", ["tier"])
rate = prometheus_client.Gauge("cache_hit_rate", "Percent.")
log = getLogger("not_a_metric")
"""
COUNTED = "| `cache_requests_total` | counter |\n| `cache_hit_rate` | gauge |\n"


@pytest.fixture
def paper(plant: Plant) -> Plant:
    """A tree in which everything is written alike, but for the files given."""

    def write(**changed: str) -> Path:
        files = {
            "pyproject.toml": PROJECT,
            "uv.lock": LOCK,
            "backend/requirements.txt": "# both\nav\nredis>=5\n",
            "backend/settings.py": SETTINGS,
            "backend/cache/redis_cache.py": "CACHE_TTL_SECONDS = 30",
            "backend/metrics.py": METRICS,
            "docs/settings.md": PAGE,
            "docs/metrics.md": COUNTED,
            ".env.example": "# Words.\n#PORT=8000\n#CACHE_TTL_SECONDS=30\n",
        }
        return plant({**files, **changed}, under=".")

    return write


@pytest.mark.parametrize("rule", [requirements, lock, settings, example, metrics])
def test_the_house_obeys(rule: Rule) -> None:
    found = rule(ROOT)

    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", [requirements, lock, settings, example, metrics])
def test_what_is_written_alike_is_fine(paper: Plant, rule: Rule) -> None:
    assert rule(paper()) == []


@pytest.mark.parametrize(
    ("rule", "place", "text"),
    [
        (requirements, "backend/requirements.txt", "av\nredis>=6\n"),
        (requirements, "backend/requirements.txt", "redis>=5\n"),
        (lock, "pyproject.toml", PROJECT.replace("redis>=5", "redis>=6")),
        (lock, "uv.lock", LOCK.replace("ruff", "mypy")),
        (settings, "docs/settings.md", PAGE.replace("8000", "8080")),
        (settings, "docs/settings.md", PAGE.replace("`30`", "`31`")),
        (settings, "docs/settings.md", PAGE.replace("| `PORT` | `8000` | a port |\n", "")),
        (settings, "docs/settings.md", PAGE + "| `COLOUR` | `red` | a colour |"),
        (settings, "docs/settings.md", ""),
        (settings, "backend/settings.py", SETTINGS.replace("2**31", "2**30")),
        (settings, "backend/cache/redis_cache.py", "CACHE_TTL_SECONDS = 15"),
        (example, ".env.example", "#PORT=8080"),
        (example, ".env.example", "PORT=8000"),
        (metrics, "docs/metrics.md", COUNTED.replace("cache_hit_rate", "hit_rate")),
        (metrics, "backend/metrics.py", METRICS + 'more = Counter("jobs_created", "Jobs.")'),
    ],
)
def test_a_difference_is_seen(paper: Plant, rule: Rule, place: str, text: str) -> None:
    assert rule(paper(**{place: text})) != []


def test_an_example_of_no_setting_is_seen(paper: Plant) -> None:
    assert "COLOUR" in example(paper(**{".env.example": "#COLOUR=red"}))[0]

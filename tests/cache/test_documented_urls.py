"""The pages on REDIS_URL do not lag: each URL they print is read, each refusal quoted as it is."""

import re
import shlex
from pathlib import Path
from typing import Any, Final

import pytest

from cache import BadRedisUrl, parse_redis_url
from cache.redis_account import AccountKnobs, open_credentials
from cache.redis_options import KINDS
from redis_url_table_refused import REFUSED

ROOT: Final = Path(__file__).parent.parent.parent
PAGES: Final = ("docs/redis-urls.md", "docs/deployment.md", "docs/settings.md", "README.md")
REFERENCE: Final = (ROOT / "docs" / "redis-urls.md").read_text()

URL: Final = re.compile(
    r"(?:\b(?:redis|valkey)s?(?:[+-](?:sentinel|cluster))?|\bunix)://[^\s`'\"|]*", re.IGNORECASE
)
ROW: Final = re.compile(r"^\| `(.+)` \| (.+) \|$", re.MULTILINE)
QUOTED: Final = dict(ROW.findall(REFERENCE.partition("\n## What it says when it refuses\n")[2]))
REFUSALS: Final = {said: line for said, line in QUOTED.items() if "REDIS_URL=" not in said}
ACCOUNTS: Final = {said: line for said, line in QUOTED.items() if "REDIS_URL=" in said}


def urls(text: str) -> list[str]:
    """Whole ones: no bare beginnings, and none with three dots for the rest."""
    return [url for url in URL.findall(text) if not url.endswith("://") and "..." not in url]


def shown(page: str) -> list[str]:
    """The URLs that a page prints, but for its table of refusals."""
    return urls((ROOT / page).read_text().partition("\n## What it says when it refuses\n")[0])


def assignments() -> list[tuple[str, str]]:
    """What a shell makes of each line of shell that sets REDIS_URL, and the URL in it."""
    text = "".join((ROOT / page).read_text() for page in PAGES)
    blocks = re.findall(r"^ *```bash\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if "REDIS_URL=" in line]
    return [(_in_a_shell(line), url) for line in lines for url in urls(line)]


def _in_a_shell(line: str) -> str:
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    return next(word for word in words if word.startswith("REDIS_URL="))


@pytest.mark.parametrize("page", PAGES)
def test_every_url_that_a_page_prints_is_one_that_is_read(page: str) -> None:
    assert [url for url in shown(page) if not _is_read(url)] == []


def _is_read(url: str) -> bool:
    try:
        return parse_redis_url(url) is not None
    except BadRedisUrl:
        return False


def test_the_pages_print_every_kind_of_url() -> None:
    targets = [parse_redis_url(url) for page in PAGES for url in shown(page)]

    assert len({str(target) for target in targets}) > 40
    assert {target.topology for target in targets if target} == {
        "standalone",
        "sentinel",
        "cluster",
    }


def test_a_shell_gets_every_url_whole() -> None:
    got = assignments()

    assert len(got) > 20
    assert [(word, url) for word, url in got if word != f"REDIS_URL={url}"] == []


@pytest.mark.parametrize("url", REFUSALS)
def test_a_refusal_is_quoted_as_it_is(url: str) -> None:
    with pytest.raises(BadRedisUrl) as refusal:
        parse_redis_url(url)

    assert str(refusal.value) == f"REDIS_URL: {REFUSALS[url]}"


@pytest.mark.parametrize("settings", ACCOUNTS)
def test_so_is_one_of_other_settings(settings: str) -> None:
    given = dict(pair.split("=", 1) for pair in settings.split("` `"))
    target = parse_redis_url(given.pop("REDIS_URL"))
    assert target
    knobs = {name.removeprefix("REDIS_").lower(): text for name, text in given.items()}
    paths: dict[str, Any] = {name: Path(text) for name, text in knobs.items() if "file" in name}
    with pytest.raises(BadRedisUrl) as refusal:
        open_credentials(target, AccountKnobs(**{**knobs, **paths}))

    assert str(refusal.value) == ACCOUNTS[settings]


def test_most_refusals_are_on_the_page() -> None:
    assert len({*REFUSALS.values()} & {*REFUSED.values()}) > 15


def test_every_option_is_in_the_table_of_options() -> None:
    table = REFERENCE.partition("\n## Options\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)

    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == {*KINDS}

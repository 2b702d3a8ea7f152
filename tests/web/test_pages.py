"""The page and its assets as files and headers; what they do in a browser is tested beside this."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

import web
from web import routes

STATIC = Path(web.__file__).with_name("static")
ASSETS = sorted(path.name for path in STATIC.iterdir())
SCRIPTS = [name for name in ASSETS if name.endswith(".js")]


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://tally") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/static/app.css", "/favicon.ico"])
async def test_everything_is_strict_and_asked_about_each_time(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)

    policy = answer.headers["content-security-policy"].split("; ")
    assert answer.status_code == 200
    assert policy[0] == "default-src 'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/static/app.js", "text/javascript; charset=utf-8"),
        ("/static/app.css", "text/css; charset=utf-8"),
        ("/favicon.ico", "image/svg+xml"),
    ],
)
async def test_each_file_says_what_it_is(
    client: httpx.AsyncClient, path: str, media_type: str
) -> None:
    answer = await client.get(path)

    assert answer.headers["content-type"] == media_type


@pytest.mark.parametrize("path", ["/", "/static/app.js"])
async def test_an_unchanged_file_is_not_sent_twice(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    second = await client.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert second.status_code == 304
    assert second.content == b""
    assert second.headers["content-security-policy"] == first.headers["content-security-policy"]


async def test_head_is_answered_like_get(client: httpx.AsyncClient) -> None:
    answer = await client.head("/")

    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize("path", ["/static/none.js", "/static/..%2Fpages.py", "/static/"])
async def test_nothing_but_the_assets_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404


def referred(name: str) -> set[str]:
    """The assets that the asset `name` refers to, as paths under /static/."""
    text = (STATIC / name).read_text()
    imports = re.findall(r"""(?:from|import)\s*\(?\s*["']\./([^"']+)["']""", text)
    return {*imports, *re.findall(r"/static/([\w./-]+\.\w+)", text)}


@pytest.mark.parametrize("name", ASSETS)
def test_every_asset_that_is_referred_to_exists(name: str) -> None:
    assert referred(name) <= set(ASSETS)


def test_no_asset_is_left_over() -> None:
    """Reached from the page, step by step: a file that nothing uses has to go."""
    reached, waiting = set[str](), {"index.html", "favicon.svg"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= referred(name) - reached

    assert reached == set(ASSETS)


def test_every_icon_that_is_referred_to_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))
    kinds = set(re.findall(r'kind: "(\w+)"', (STATIC / "kinds.js").read_text()))
    named = set(re.findall(r"icons\.svg#(\w+)", (STATIC / "index.html").read_text()))

    assert kinds | named == drawn


@pytest.mark.parametrize("name", ASSETS)
def test_nothing_comes_from_elsewhere(name: str) -> None:
    """No CDN, no fonts, no tracking: the page works on a machine without the internet."""
    text = (STATIC / name).read_text().replace("http://www.w3.org/2000/svg", "")

    assert re.findall(r"https?://|[\"'(]//\w", text) == []


def test_the_page_holds_no_script_and_no_style_of_its_own() -> None:
    text = (STATIC / "index.html").read_text()

    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_data_never_becomes_markup(name: str) -> None:
    """File names are hostile; every way that parses a string as HTML or code is off limits."""
    text = (STATIC / name).read_text()
    risky = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|Function\("

    assert re.findall(risky, text) == []

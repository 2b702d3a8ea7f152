"""What the browser tests run against: the real application, a real Redis and a real Chromium."""

import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Response,
    async_playwright,
    expect,
)

from dev_servers import RedisServer, redis_flavours
from live.films import make_reel, repeat
from live.installation import Installation

SERVING = pytest.StashKey[Installation]()
PATIENCE_MS = 40_000  # for whatever a worker has to do first; two cores may be shared by many
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Counted in the page itself: a violation need not reach the console.
COUNT_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="session")
def tally_redis(browser: str) -> Iterator[RedisServer]:
    """The application's Redis. It asks for `browser` first: without one, nothing is started."""
    flavours = redis_flavours()
    if not flavours:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("no redis-server on this machine: apt-get install redis-server")
    with RedisServer(flavours[0].binary) as server:
        yield server


@pytest.fixture(scope="session")
async def tally(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """The one application for all these tests; nothing runs yet."""
    installation = Installation(tmp_path_factory.mktemp("tally"))
    yield installation
    await installation.close()


@pytest.fixture(scope="module")
async def tally_url(
    request: pytest.FixtureRequest, tally: Installation, tally_redis: RedisServer
) -> str:
    """Where the application listens. It goes on until a test of another room is next."""
    if not tally.running():
        await tally.serve(REDIS_URL=tally_redis.url, EMBEDDED_WORKER="auto").up()
    request.config.stash[SERVING] = tally
    return str(tally.apis[-1].http.base_url)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Beside all the tests of other rooms it would only be in the way: idle, it is never still."""
    leaving = nextitem is None or nextitem.path.parent != item.path.parent
    if leaving and (tally := item.config.stash.get(SERVING, None)):
        tally.end()


@pytest.fixture(scope="session")
async def chromium(browser: str) -> AsyncIterator[Browser]:
    """One browser with a profile of its own, which goes with it."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=browser, args=CHROMIUM_FLAGS, headless=True
        )
        yield running
        await running.close()


@pytest.fixture
def redis(tally_redis: RedisServer) -> RedisServer:
    """The application's Redis, running; a test may stop it, the next finds it whole again."""
    return tally_redis.start()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console says of the page. A test that provokes an error clears it."""
    return []


@pytest.fixture(scope="session")
async def window(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Where all pages are opened: a window of its own for each costs a second of CPU.

    The page keeps nothing in the browser that a test could find.
    """
    window = await chromium.new_context(
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",  # the lamp's glow keeps a processor busy with painting
    )
    window.set_default_timeout(PATIENCE_MS)
    await window.add_init_script(COUNT_VIOLATIONS)
    yield window
    await window.close()


@pytest.fixture
async def page(
    tally_url: str, window: BrowserContext, redis: RedisServer, complaints: list[str]
) -> AsyncIterator[Page]:
    """A fresh page, with its list. Fails when the page complains or breaks its own policy."""
    await window.set_offline(False)
    page = await window.new_page()
    page.on("console", lambda message: complaints.extend(complaint(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    async with page.expect_response(lambda answer: "/api/v2/jobs?" in answer.url):
        await page.goto(tally_url)
    yield page
    violations, kept = await page.evaluate("[violations, document.cookie + localStorage.length]")
    await page.close()
    assert violations == []
    assert complaints == []
    assert kept == "0"


def complaint(message: ConsoleMessage) -> list[str]:
    return [message.text] if message.type in ("error", "warning") else []


@pytest.fixture
def start(page: Page) -> Callable[..., Awaitable[Locator]]:
    """`start(kind)` fills in the form as a person would and gives the new job's card."""

    async def start(
        kind: str, *, file: Path | FilePayload | None = None, sizes: Sequence[str] = ()
    ) -> Locator:
        if file is not None:
            await page.get_by_role("radio", name="Your file").check()
            await page.get_by_label("Video file").set_input_files(file)
        await page.get_by_role("radio", name=kind).check()
        for size in sizes:
            await page.locator(f"input[value={size}]").check()
        async with page.expect_response(is_creation) as answer:
            await page.get_by_role("button", name="Start").click()
        return page.locator(f"#{(await (await answer.value).json())['id']}")

    return start


def is_creation(response: Response) -> bool:
    return response.request.method == "POST" and response.url.endswith("/api/v2/jobs")


@pytest.fixture
def start_long(
    start: Callable[..., Awaitable[Locator]], long_clip: Path
) -> Callable[[], Awaitable[Locator]]:
    """Starts a job that is still live when its test cancels it."""

    async def start_long() -> Locator:
        return await start("Transcode", file=long_clip, sizes=("vp9-720",))

    return start_long


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video: two seconds, 320 by 180, with sound."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    words = "-v error -f lavfi -i testsrc2=size=320x180:rate=25:duration=2 "
    words += "-f lavfi -i sine=frequency=440:duration=2 "
    words += "-c:v libx264 -preset ultrafast -crf 36 -pix_fmt yuv420p -c:a aac"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *words.split(), path]
    subprocess.run(command, check=True, timeout=60)
    return path


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video that takes much longer to encode than a test waits."""
    folder = tmp_path_factory.mktemp("clips")
    return repeat(make_reel(folder / "reel.mp4"), 60, folder / "long.mp4")

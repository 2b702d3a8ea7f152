"""How the page asks: one question at a time per job, only while seen, and patient in trouble."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, Request, Route, expect

from patience import seen

Start = Callable[..., Awaitable[Locator]]
StartLong = Callable[[], Awaitable[Locator]]

pytestmark = [pytest.mark.live, pytest.mark.timeout(150)]

POLL = re.compile(r"/api/v2/jobs/job_[0-9A-Z]{26}$")
QUIET_MS = 3_500  # longer than the beat and than what Retry-After asks of a queued job
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def polls(page: Page) -> list[Request]:
    """Every poll the page makes from now on."""
    made: list[Request] = []
    page.on("request", lambda request: made.append(request) if POLL.search(request.url) else None)
    return made


async def cancel(card: Locator) -> None:
    await card.get_by_role("button", name="Cancel").click()
    await expect(card.locator(".badge")).to_contain_text("cancel")


async def test_every_poll_names_the_version_it_has_seen(start: Start, polls: list[Request]) -> None:
    card = await start("Contact sheet")
    await expect(card.locator(".badge")).to_contain_text("succeeded")
    mine = [poll for poll in polls if poll.url.endswith(f"/{await card.get_attribute('id')}")]
    named = [poll.headers.get("if-none-match", "") for poll in mine]

    assert named[0] == '"1.1"'
    assert all(re.fullmatch(r'"\d+\.1"', tag) for tag in named)


async def test_a_job_that_is_done_is_not_asked_about(
    page: Page, start: Start, polls: list[Request]
) -> None:
    card = await start("Probe")
    await expect(card.locator(".badge")).to_contain_text("succeeded")
    polls.clear()
    await page.wait_for_timeout(QUIET_MS)

    assert polls == []


async def test_a_hidden_page_asks_nothing_until_it_is_seen_again(
    page: Page, start_long: StartLong, polls: list[Request]
) -> None:
    card = await start_long()
    await expect(card.locator(".badge")).to_contain_text("running")
    await page.evaluate(HIDE, True)
    await page.wait_for_timeout(500)  # a question that is under way may still be answered
    polls.clear()
    await page.wait_for_timeout(QUIET_MS)
    while_hidden = list(polls)
    async with page.expect_request(POLL):
        await page.evaluate(HIDE, False)
    await cancel(card)

    assert while_hidden == []


async def test_a_slow_answer_is_waited_for_not_asked_again(
    page: Page, start_long: StartLong
) -> None:
    under_way, most, answered = 0, 0, 0

    async def slow(route: Route) -> None:
        nonlocal under_way, most, answered
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(1.6)
        answer = await route.fetch()
        under_way -= 1
        answered += 1
        await route.fulfill(response=answer, headers={**answer.headers, "retry-after": "1"})

    card = await start_long()
    await page.route(POLL, slow)
    await seen(lambda: answered >= 2)
    await page.unroute_all(behavior="wait")
    await cancel(card)

    assert most == 1


async def test_a_server_out_of_reach_is_a_quiet_line_and_nothing_is_lost(
    page: Page, start_long: StartLong, complaints: list[str]
) -> None:
    card = await start_long()
    await page.context.set_offline(True)
    notice = page.locator("#notice")
    await expect(notice).to_have_text("The server does not answer. Still trying.")
    await expect(page.locator("#cache-ticks .nobody").first).to_be_attached()
    await expect(card.get_by_role("progressbar")).to_be_visible()

    await page.context.set_offline(False)
    await expect(notice).to_be_empty()
    await cancel(card)
    assert [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []
    complaints.clear()


async def test_a_job_deleted_elsewhere_leaves_the_list(
    page: Page, start_long: StartLong, complaints: list[str]
) -> None:
    card = await start_long()
    await expect(card.locator(".badge")).to_contain_text("running")
    await page.route(POLL, lambda route: route.abort())
    path = f"/api/v2/jobs/{await card.get_attribute('id')}"
    await page.request.post(f"{page.url}{path[1:]}/cancel")
    await wait_until_done(page, path)
    await page.request.delete(f"{page.url}{path[1:]}")
    await page.unroute_all(behavior="wait")

    await expect(card).to_have_count(0)
    complaints.clear()


async def wait_until_done(page: Page, path: str) -> None:
    for _ in range(100):
        answer = await page.request.get(f"{page.url}{path[1:]}")
        if (await answer.json())["done"]:
            return
        await asyncio.sleep(0.1)
    pytest.fail("the canceled job did not end within 10 seconds")

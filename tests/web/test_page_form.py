"""The form: choosing, dropping, sending and being refused, by mouse, by keyboard and on a phone."""

import base64
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

Start = Callable[..., Awaitable[Locator]]

pytestmark = [pytest.mark.live, pytest.mark.timeout(150)]

HOSTILE = '<img src=x onerror="document.title=1">&amp;<b>bold.mp4'


SLOW_LINE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1e6}
CARRY = """text => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], "dropped.mp4", { type: "video/mp4" }));
    return carried;
}"""


def contents(clip: Path) -> bytes:
    return clip.read_bytes()


async def expect_state(card: Locator, word: str) -> None:
    await expect(card.locator(".badge")).to_contain_text(word)


async def test_a_dropped_file_is_chosen_and_shown_before_it_is_sent(page: Page, clip: Path) -> None:
    carried = await page.evaluate_handle(CARRY, base64.b64encode(contents(clip)).decode())
    await page.dispatch_event("body", "dragover", {"dataTransfer": carried})
    await expect(page.get_by_text("Drop the video")).to_be_visible()
    await page.dispatch_event("body", "drop", {"dataTransfer": carried})

    await expect(page.get_by_text("Drop the video")).to_be_hidden()
    await expect(page.get_by_role("radio", name="Your file")).to_be_checked()
    await expect(page.get_by_label("Video file")).to_be_focused()
    await expect(page.get_by_label("Video file")).to_have_value(re.compile(r"dropped\.mp4$"))
    await expect(page.get_by_label("First picture of the chosen file")).to_be_visible()


async def test_a_slow_upload_tells_how_far_it_is_and_can_be_stopped(
    page: Page, long_clip: Path
) -> None:
    network = await page.context.new_cdp_session(page)
    await network.send("Network.emulateNetworkConditions", SLOW_LINE)
    await page.get_by_role("radio", name="Your file").check()
    await page.get_by_label("Video file").set_input_files(long_clip)
    await page.get_by_role("button", name="Start").click()
    card = page.locator("#jobs > [data-state=uploading]")
    await expect(card.locator(".phase")).to_have_text(re.compile(r"^[1-9]\d? % of \d+ MB sent$"))
    await card.get_by_role("button", name="Stop").click()

    await expect(card).to_have_count(0)
    await expect(page.get_by_role("alert")).to_be_hidden()


async def test_markup_in_a_file_name_stays_text(page: Page, start: Start, clip: Path) -> None:
    file = FilePayload(name=HOSTILE, mimeType="video/mp4", buffer=contents(clip))
    card = await start("Thumbnail", file=file)
    await expect_state(card, "succeeded")

    await expect(card.locator(".from")).to_have_text(HOSTILE)
    await expect(page.locator("img[src=x], .from b")).to_have_count(0)
    assert await page.title() != "1"


async def test_a_file_that_is_no_video_is_refused_in_plain_words(page: Page, start: Start) -> None:
    file = FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"Dear diary,\n" * 50)
    card = await start("Thumbnail", file=file)
    await expect_state(card, "failed")

    await expect(card.locator(".problem")).to_contain_text(re.compile(r"[a-z]+ .*\."))
    await expect(card.get_by_role("button", name="Try again")).to_be_visible()


async def test_a_refused_request_says_which_field_is_wrong(
    page: Page, complaints: list[str]
) -> None:
    await page.get_by_role("radio", name="Trim").check()
    length = page.get_by_label("Length").locator("visible=true")
    await length.evaluate("field => field.removeAttribute('min')")
    await length.fill("-3")
    await page.get_by_role("button", name="Start").click()

    await expect(page.get_by_role("alert")).to_contain_text("duration_seconds")
    await expect(page.locator("#jobs > [data-state=uploading]")).to_have_count(0)
    assert [text for text in complaints if "422" not in text] == []
    complaints.clear()


async def test_no_size_chosen_is_told_without_asking_the_server(page: Page) -> None:
    await page.get_by_role("radio", name="Transcode").check()
    await page.get_by_role("group", name="MP4").get_by_label("360p").uncheck()
    await page.get_by_role("button", name="Start").click()

    await expect(page.get_by_role("alert")).to_have_text("Choose at least one size.")


async def test_the_whole_way_can_be_gone_by_keyboard(page: Page) -> None:
    await page.get_by_role("radio", name="Sample").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name="Contact sheet")).to_be_checked()
    for _ in range(5):
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Start")).to_be_focused()
    await page.keyboard.press("Enter")

    card = page.locator("#jobs > [id]").first
    await expect(card.get_by_role("heading", name="Contact sheet")).to_be_visible()
    await expect_state(card, "succeeded")


async def test_a_narrow_phone_needs_no_sideways_scrolling(page: Page) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await expect(page.get_by_role("button", name="Start")).to_be_visible()

    assert await page.evaluate("document.documentElement.scrollWidth") <= 320

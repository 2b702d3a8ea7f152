"""The page as a person uses it: a real browser, the real application, a real Redis, real videos."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from dev_servers import RedisServer

Start = Callable[..., Awaitable[Locator]]
StartLong = Callable[[], Awaitable[Locator]]

pytestmark = [pytest.mark.live, pytest.mark.timeout(150)]

MEMORY = re.compile("Tally's own memory answered")


async def expect_state(card: Locator, word: str) -> None:
    await expect(card.locator(".badge")).to_contain_text(word)


async def test_a_newcomer_gets_a_picture_with_one_press(page: Page) -> None:
    await page.get_by_role("button", name="Start").click()

    picture = page.get_by_role("img", name="Thumbnail of sample clip").first
    await expect(page.locator("#lamp")).to_have_class(re.compile("lit"))
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", True)
    await expect(picture).to_have_js_property("naturalWidth", 640)
    await expect(page.locator("#lamp")).not_to_have_class(re.compile("lit"))
    await expect(page.locator("#live")).to_have_text("Nothing is live")


async def test_an_uploaded_film_is_transcoded_and_plays(
    page: Page, start: Start, clip: Path
) -> None:
    card = await start("Transcode", file=clip)
    film = card.locator("video")
    await expect_state(card, "succeeded")
    await film.evaluate("film => { film.muted = true; return film.play(); }")
    await page.wait_for_function("film => film.currentTime > 0.3", arg=await film.element_handle())

    assert await film.evaluate("film => film.readyState") >= 2
    assert await film.evaluate("film => film.videoHeight") == 180  # never enlarged
    await expect(card.locator(".from")).to_have_text("clip.mp4")
    await expect(card.locator(".fine")).to_contain_text("320 × 180")


async def test_a_stream_plays_and_its_playlist_is_a_link(page: Page, start: Start) -> None:
    card = await start("Stream")
    await expect_state(card, "succeeded")

    film = card.locator("video")
    await expect(card.get_by_role("link", name="stream.m3u8")).to_be_visible()
    await expect(film).to_have_js_property("readyState", 4)
    assert await film.evaluate("film => film.src.endsWith('/stream.mp4')")


async def test_what_is_in_the_file_is_shown_as_text(page: Page, start: Start, clip: Path) -> None:
    card = await start("Probe", file=clip)

    await expect(card.get_by_role("region", name="probe.json")).to_contain_text('"height": 180')


async def test_a_long_job_is_canceled_tried_again_and_deleted(
    page: Page, start_long: StartLong
) -> None:
    card = await start_long()
    await expect_state(card, "running")
    await card.get_by_role("button", name="Cancel").click()
    await expect_state(card, "canceled")

    await card.get_by_role("button", name="Try again").click()
    again = page.locator("#jobs > [id]").first
    await expect(again.locator(".fine")).to_contain_text("tried again")
    await again.get_by_role("button", name="Cancel").click()
    await expect_state(again, "canceled")

    name = await card.get_attribute("id")
    await card.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Delete for good?").click()
    await expect(page.locator(f"#{name}")).to_have_count(0)


async def test_the_strip_shows_that_memory_answers(page: Page, start_long: StartLong) -> None:
    card = await start_long()
    await expect(page.locator("#cache-ticks .near").nth(2)).to_be_attached()

    await expect(page.get_by_text("Redis is here")).to_be_visible()
    await expect(page.locator("#cache-sentence")).to_contain_text(MEMORY)
    await expect(page.locator("#hits")).to_have_text(re.compile(r"^[1-9]"))
    await expect(page.locator("#hit-rate")).to_have_text(re.compile(r"^[1-9][\d.]* %$"))
    await card.get_by_role("button", name="Cancel").click()
    await expect_state(card, "cancel")


async def test_redis_goes_and_comes_and_the_job_does_not_care(
    page: Page, start: Start, redis: RedisServer
) -> None:
    redis.stop()
    card = await start("Contact sheet")
    await expect(page.get_by_text("Redis is away", exact=True)).to_be_visible()
    await expect(page.locator("#cache-sentence")).to_contain_text("nothing is lost")
    await expect(page.locator("#cache-sentence")).to_contain_text(MEMORY)
    await expect_state(card, "succeeded")
    await expect(card.get_by_role("img")).to_be_visible()
    await expect(page.locator("#notice")).to_be_empty()

    redis.start()
    await expect(page.get_by_text("Redis is here")).to_be_visible()


async def test_jobs_are_still_there_after_a_reload(page: Page, start: Start) -> None:
    card = await start("Preview")
    await expect_state(card, "succeeded")
    await page.reload()

    await expect_state(card, "succeeded")
    await expect(card.get_by_role("img", name="Preview of sample clip")).to_be_visible()


async def test_a_live_job_is_followed_after_a_reload(page: Page, start_long: StartLong) -> None:
    card = await start_long()
    await expect_state(card, "running")
    await page.reload()

    await expect(card.get_by_role("progressbar")).to_be_visible()
    await expect(page.locator("#live")).to_contain_text("live")
    await card.get_by_role("button", name="Cancel").click()
    await expect_state(card, "cancel")

"""A phone whose storage is full: the browser's own refusal, said in words, and nothing lost."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.serving import Server

from .county import PASSWORD
from .phone import Phone


def points_to_use(phone: Phone) -> tuple[str, str]:
    """Return the keys of a point marked as failed, which asks for evidence, and of one that nobody
    has answered."""
    photo = phone.page.locator("[data-file]").first
    for fail in phone.page.locator("[data-mark=fail]").all():
        if photo.count():
            break
        fail.click()
    first = photo.get_attribute("data-file") or ""
    open_one = phone.page.locator(".q:not(:has([aria-pressed=true])):has([data-mark=pass])")
    return first, open_one.first.get_attribute("id") or ""


def noisy_picture(folder: Path) -> Path:
    """Return a photo of about a megabyte and a half."""
    picture = folder / "photo.jpg"
    Image.effect_noise((2000, 1500), 90).convert("RGB").save(picture, quality=95)
    return picture


def test_on_a_full_phone_nothing_is_called_saved_and_nothing_is_lost(
    chromium: Browser, county: Server, tmp_path: Path
) -> None:
    phone = Phone(chromium, county, "wang", PASSWORD, room=4_000_000)
    phone.open_checklist()
    first, second = points_to_use(phone)
    picture = noisy_picture(tmp_path)
    county.stop()
    alert, photos = phone.point(first).locator("[role=alert]"), phone.point(first).locator("img")

    kept = 0
    while not alert.count():
        assert kept < 12, "the browser's limit was never reached"
        phone.page.locator(f'[data-file="{first}"]').set_input_files(picture)
        expect(alert.or_(photos.nth(kept))).to_be_visible(timeout=20_000)
        kept = photos.count()
    expect(alert).to_contain_text("没有存住")

    phone.give_room(1_000_000_000)
    phone.answer(second, "pass")
    expect(phone.page.locator("[data-saved]")).to_contain_text("已存本机")
    phone.add_photo(first, picture)
    phone.reload()
    for point, mark in ((first, "fail"), (second, "pass")):
        pressed = phone.point(point).locator(f"[data-mark={mark}]")
        expect(pressed).to_have_attribute("aria-pressed", "true", timeout=20_000)
    expect(photos).to_have_count(kept + 1)
    county.start()
    assert phone.errors == []
    phone.context.close()


def test_on_a_full_phone_what_the_server_has_verified_makes_room_for_new_photos(
    chromium: Browser, county: Server, tmp_path: Path
) -> None:
    phone = Phone(chromium, county, "zhao", PASSWORD, room=9_000_000)
    phone.open_checklist()
    first, _second = points_to_use(phone)
    picture = noisy_picture(tmp_path)
    for _ in range(6):
        phone.add_photo(first, picture)
        shot = phone.point(first).locator(".shot", has_text="已校验")
        expect(shot).to_have_count(phone.point(first).locator("img").count(), timeout=30_000)
    assert phone.point(first).locator("[role=alert]").count() == 0
    phone.context.close()

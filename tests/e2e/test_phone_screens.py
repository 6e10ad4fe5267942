"""The phone app's screens with the demo county's visits: they fit, and axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving import Server

from .county import PASSWORD
from .test_every_page import AXE, RUN_AXE, SIZES


def wrong_here(page: Page) -> list[str]:
    """Return the faults of the screen as it stands."""
    page.wait_for_load_state("networkidle")
    found: list[str] = page.evaluate(RUN_AXE)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the screen")
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_screen_of_the_phone_fits_and_axe_finds_nothing(
    chromium: Browser, county: Server, language: str
) -> None:
    context = chromium.new_context(
        viewport=SIZES["phone"], has_touch=True, is_mobile=True, locale=language, bypass_csp=True
    )
    page = context.new_page()
    page.goto(county.origin + "/app/")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    problems = {"signing in": wrong_here(page)}
    page.fill("[name=login]", "wang")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".slip").first).to_be_visible(timeout=30_000)
    problems["tasks"] = wrong_here(page)
    page.locator(".slip").first.click()
    expect(page.locator("[data-start]")).to_be_visible()
    problems["visit"] = wrong_here(page)
    page.locator("[data-start]").click()
    page.locator("[data-mark=fail]").first.click()
    problems["checklist"] = wrong_here(page)
    page.evaluate("location.hash = location.hash.replace('/check', '/handin')")
    expect(page.locator("[data-hand-in]")).to_be_visible()
    problems["hand in"] = wrong_here(page)
    for name in ("sync", "card", "me"):
        page.evaluate("name => { location.hash = '#/' + name }", name)
        expect(page.locator("h1").first).to_be_visible()
        problems[name] = wrong_here(page)
    assert {name: found for name, found in problems.items() if found} == {}
    context.close()

"""Make the README's pictures: ``python -m scripts.screenshots`` (needs Chromium).

Makes the demo county in a temporary folder, serves it, and takes each picture by doing what a
person would do.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.conftest import FLAGS
from tests.e2e.county import PASSWORD, served
from tests.serving import Server

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    with (
        tempfile.TemporaryDirectory(prefix="evenhand-pictures-") as folder,
        served(Path(folder)) as county,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        take_portal(browser, county)
        take_office(browser, county)
        take_phone(browser, county)
        browser.close()


def keep(page: Page, name: str) -> None:
    """Write one picture."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"  {name}.png")


def take_portal(browser: Browser, county: Server) -> None:
    """Take the portal's home, and a draw that the browser has re-computed."""
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.goto(county.origin + "/")
    keep(page, "portal")
    page.locator("a[href^='/verify/?draw=']").first.click()
    page.wait_for_selector("#verdict >> text=相同", timeout=30_000)
    keep(page, "verify")
    context.close()


def signed_in(browser: Browser, county: Server, who: str) -> BrowserContext:
    """Return an office browser that is signed in as ``who``."""
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.goto(county.origin + "/sign-in")
    page.fill("[name=login]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url("**/office/**")
    page.close()
    return context


def take_office(browser: Browser, county: Server) -> None:
    """Take a record under review, and a finished draw as the wall of the room shows it."""
    context = signed_in(browser, county, "chen")
    page = context.new_page()
    page.goto(county.origin + "/office/review")
    keep(page, "review")
    context.close()
    context = signed_in(browser, county, "admin")
    page = context.new_page()
    page.goto(county.origin + "/office/draws?state=dispatched")
    page.locator("main table a[href^='/office/draws/']").first.click()
    page.goto(page.url + "/projector")
    keep(page, "draw")
    context.close()


def take_phone(browser: Browser, county: Server) -> None:
    """Take the inspector's tasks, and a checklist with a failed point."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")
    page = context.new_page()
    page.goto(county.origin + "/app/")
    page.fill("[name=login]", "wang")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".slip", timeout=30_000)
    keep(page, "phone-tasks")
    page.locator(".slip").first.click()
    page.locator("[data-start]").click()
    points = page.locator(".q")
    points.nth(0).locator("[data-mark=pass]").click()
    points.nth(1).locator("[data-mark=fail]").click()
    page.wait_for_timeout(800)
    page.evaluate("scrollTo(0, 0)")
    keep(page, "phone-checklist")
    context.close()


if __name__ == "__main__":
    main()

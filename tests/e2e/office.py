"""What people do in the office, through its pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from backend.app.platform import clock
from tests.factories.accounts import PASSWORD
from tests.serving import Server

DESKTOP = {"width": 1280, "height": 900}


def desk(chromium: Browser, server: Server, login: str) -> Page:
    """Return a desktop browser in English, signed in as ``login``, that accepts dialogs."""
    context = chromium.new_context(viewport=DESKTOP)
    context.add_cookies([{"name": "lang", "value": "en", "url": server.origin}])
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(server.origin + "/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url("**/office/**")
    return page


def public(chromium: Browser) -> BrowserContext:
    """Return the browser of a reader."""
    return chromium.new_context(viewport=DESKTOP)


def import_file(page: Page, server: Server, kind: str, path: Path) -> str:
    """Take one file through upload, columns, check and import; return the text of the last page."""
    page.goto(f"{server.origin}/office/registry/imports/new")
    page.check(f"[name=kind][value={kind}]")
    page.set_input_files("#f-file", path)
    page.click("main form button.primary")
    page.click("text=Check the file")
    everything = page.locator("button", has_text="Import everything")
    expect(everything).to_be_visible(timeout=30_000)
    everything.click()
    expect(page.locator("text=To the register")).to_be_visible(timeout=30_000)
    return page.inner_text("main")


def publish_items(page: Page, server: Server) -> None:
    """Put every item on the published list."""
    page.goto(f"{server.origin}/office/registry/items")
    for box in page.locator("main [name=item]").all():
        box.check()
    page.locator("button", has_text="Publish").first.click()


def prepare_draw(page: Page, server: Server, name: str, count: int) -> str:
    """Prepare a plan over all enterprises with a fixed number and the usual team; return its
    address."""
    page.goto(f"{server.origin}/office/draws/new")
    page.fill("[name=name]", name)
    for box in page.locator("[name=item_ids]").all():
        box.check()
    stratum = page.locator("[name$='-mode'][value=number]").first
    stratum.check(force=True)
    page.locator("[name$='-count']").first.fill(str(count))
    page.locator("button", has_text="Save and choose the team").click()
    page.fill("[name=last_day]", str(clock.today() + timedelta(days=20)))
    page.locator("button", has_text="Save and look at everything").click()
    expect(page.locator("button", has_text="Freeze the registers")).to_be_enabled()
    return page.url


def step_up(page: Page) -> None:
    """Give the password again when the program asks."""
    if "/office/step-up" in page.url:
        page.fill("[name=password]", PASSWORD)
        page.click("form button.primary")
        page.wait_for_load_state()


def run_draw(operator: Page, witness: Page, address: str) -> None:
    """Run a draw through freeze, commitment, both reveals, dice and dispatch."""
    operator.locator("button", has_text="Freeze the registers").click()
    step_up(operator)
    witness.goto(address + "/witness")
    witness.fill("[data-text]", "骰子 4163")
    witness.locator("button", has_text="Commit").click()
    expect(witness.get_by_role("heading", name="Your slip")).to_be_visible()
    operator.goto(address)
    operator.locator("button", has_text="Reveal the operator's number").click()
    step_up(operator)
    # The witness's page comes anew by itself when the draw has moved.
    witness.locator("button", has_text="Reveal").click()
    expect(witness.locator("text=You have revealed")).to_be_visible()
    throw_dice(operator, witness, address)
    operator.locator("button", has_text="Draw the lots").click()
    step_up(operator)
    expect(operator.locator("button", has_text="visits to the officers")).to_be_visible()
    operator.locator("button", has_text="visits to the officers").dblclick()
    expect(operator.locator("button", has_text="visits to the officers")).to_have_count(0)


def throw_dice(operator: Page, witness: Page, address: str) -> None:
    """Throw five dice four times, each typed by the operator and confirmed by the witness."""
    witness.goto(address)
    operator.goto(address)
    for digits in ("6345 4", "6603 9", "0103 1", "6946 2"):
        operator.fill("[name=digits]", digits)
        operator.locator("button", has_text="Show it to the second person").click()
        expect(witness.locator(".cer-big")).to_have_text(" ".join(digits.replace(" ", "")))
        witness.locator("button", has_text="exactly this").click()
        expect(operator.locator(".cer-throw.waits")).to_have_count(0)
        expect(operator.locator(".cer-big")).to_have_count(0)

"""What an inspector does on the phone, through the app's screens."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Locator, expect

from tests.factories.accounts import PASSWORD
from tests.serving import Server

PHONE = {"width": 390, "height": 844}


class Phone:
    """One inspector's phone: its own browser context, so its own storage and service worker."""

    def __init__(
        self,
        chromium: Browser,
        server: Server,
        login: str,
        password: str = PASSWORD,
        room: int | None = None,
    ) -> None:
        self.server = server
        self.errors: list[str] = []
        self.wires: list[CDPSession] = []
        self.context = chromium.new_context(
            viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN"
        )
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        if room is not None:
            self.give_room(room)
        self.page.goto(server.origin + "/app/")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".slip").first).to_be_visible(timeout=30_000)
        self._wait_for_shell()

    def give_room(self, room: int) -> None:
        """Let the site keep this many bytes in all, by the browser's own limit.

        Chromium asks for the limit again only when the room it knew is used up, so a tighter limit
        must be set before the first page.
        """
        wire = self.context.new_cdp_session(self.page)
        asked = {"origin": self.server.origin, "quotaSize": room}
        wire.send("Storage.overrideQuotaForOrigin", asked)
        self.wires.append(wire)

    def _wait_for_shell(self) -> None:
        """Wait until the service worker holds the shell; from then on a reload needs no server."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def open_checklist(self, number: int = 0) -> None:
        """Open the checklist of a visit that was not begun, from the list of tasks."""
        self.page.locator(".slip").nth(number).click()
        start = self.page.locator("[data-start]")
        expect(start).to_be_visible()
        start.click()
        expect(self.page.locator(".q").first).to_be_visible()

    def reload(self) -> None:
        """Load the app again; it must be there with or without a server."""
        self.page.reload()
        self.page.wait_for_load_state("domcontentloaded")

    def point(self, key: str) -> Locator:
        """Return the card of one point."""
        return self.page.locator(f'[id="{key}"]')

    def answer(self, key: str, mark: str) -> None:
        """Press pass, fail or not applicable, and see it kept."""
        button = self.point(key).locator(f"[data-mark={mark}]")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    def write_number(self, key: str, value: str) -> None:
        """Type a measured number."""
        field = self.point(key).locator("input:not([type=file])").first
        field.fill(value)
        field.blur()

    def add_photo(self, key: str, path: Path) -> None:
        """Attach a photo from a file, and see it saved."""
        before = self.point(key).locator("img").count()
        self.page.locator(f'[data-file="{key}"]').set_input_files(path)
        expect(self.point(key).locator("img")).to_have_count(before + 1, timeout=20_000)

    def saved(self) -> str:
        """Return the words of the chip that says when this phone last saved."""
        return self.page.locator("[data-saved]").inner_text()

    def send_now(self) -> None:
        """Send what waits, from the page of what waits."""
        self.page.goto(self.server.origin + "/app/#/sync")
        self.page.locator("[data-send-now]").click()

    def go(self, path: str) -> None:
        """Open a screen of the app."""
        self.page.evaluate("path => { location.hash = path }", path)

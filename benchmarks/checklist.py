"""How quickly the phone's checklist of 200 points is usable and answers a tap, on a throttled CPU.

A real server, and a real Chromium at 390×844 with the processor throttled four times. Printed: the
time until the checklist can be used once the app was loaded before, with the server there and with
the server gone, and the median and worst time from a tap to the next painted frame.

    python -m benchmarks.checklist [--points 200] [--throttle 4] [--runs 7]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from backend.app import create_app
from backend.app.platform.database import db
from tests.conftest import make_settings, migrate
from tests.e2e.conftest import FLAGS
from tests.factories.accounts import PASSWORD
from tests.factories.visits import make_team, make_visit, passing_points
from tests.serving import Server

CHROMIUM = "/usr/bin/chromium"
USABLE = """() => new Promise(done => {
  const look = () => document.querySelectorAll('.q').length > 0
    && document.querySelector('[data-mark]') && !document.querySelector('[data-mark]').disabled
    ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
  look();
})"""
TAP = """(number) => new Promise(done => {
  const button = document.querySelectorAll('[data-mark=pass]')[number];
  button.scrollIntoView({block: 'center'});
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const start = performance.now();
    button.click();
    const seen = () => button.getAttribute('aria-pressed') === 'true'
      ? done(performance.now() - start) : setTimeout(seen, 0);
    seen();
  }));
})"""


def prepare(folder: Path, points: int) -> tuple[Server, str]:
    """Make a server with one visit of ``points`` points; return it with the login of the visit's
    leading officer."""
    server = Server(folder, f"sqlite:///{folder / 'evenhand.db'}")
    settings = make_settings(folder, server.database_url, origin=server.origin)
    migrate(settings)
    app = create_app(settings)
    with app.app_context():
        team = make_team(points=passing_points(points))
        make_visit(team)
        login = team.accounts[0].login
        db.engine.dispose()
    return server, login


def signed_in(context: BrowserContext, server: Server, login: str) -> Page:
    """Return a page with the checklist open and the app's shell kept by the service worker."""
    page = context.new_page()
    page.goto(server.origin + "/app/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".slip").first.click()
    page.locator("[data-start]").click()
    page.wait_for_selector(".q")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(1500)
    return page


def reloads(page: Page, runs: int) -> list[float]:
    """Return the milliseconds from navigation to a usable checklist, for each of ``runs``
    reloads."""
    found = []
    for _ in range(runs):
        page.reload(wait_until="commit")
        found.append(float(page.evaluate(USABLE)))
    return found


def main() -> None:
    """Read the arguments, measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--throttle", type=int, default=4)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server, login = prepare(Path(folder), options.points)
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
        )
        page = signed_in(context, server, login)
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": options.throttle})
        online = reloads(page, options.runs)
        server.stop()
        offline = reloads(page, options.runs)
        taps = [float(page.evaluate(TAP, number)) for number in range(5, 45)]
        browser.close()
    print(f"{options.points} points, CPU throttled {options.throttle}x, {options.runs} reloads")
    print(f"  usable, server there   median {statistics.median(online):7.0f} ms   (≤ 600)")
    print(f"  usable, server gone    median {statistics.median(offline):7.0f} ms   (≤ 300)")
    print(f"  tap to answer          median {statistics.median(taps):7.1f} ms   (≤ 30)")
    print(f"                         worst  {max(taps):7.1f} ms")


if __name__ == "__main__":
    main()

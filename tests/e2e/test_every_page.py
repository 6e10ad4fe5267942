"""A walk through all pages of the demo county, in both languages, on phone and desktop.

Nothing is cut off, nothing overflows, no script fails, nothing answers with an error, and axe
finds nothing on the pages that it looks at.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import ROOT
from tests.serving import Server

from .county import PASSWORD, served

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
PUBLIC = (
    "/",
    "/draws",
    "/fairness",
    "/results",
    "/items",
    "/how-it-works",
    "/open-data",
    "/ledger/",
    "/verify/",
)
OFFICE = {
    "admin": ("/office/", "/office/draws", "/office/registry/", "/office/account"),
    "chen": ("/office/", "/office/review", "/office/disclosures", "/office/quarantine"),
    "oversight": ("/office/ledger", "/office/people", "/office/departments"),
}
OVERFLOW = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'visible'
    && getComputedStyle(e).display !== 'inline' && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.tagName + '.' + e.className).slice(0, 5)"""
SMALL = """() => {
  const shown = e => e.getBoundingClientRect().height > 0 && !e.closest('.visually-hidden, .skip')
    && getComputedStyle(e).visibility !== 'hidden' && getComputedStyle(e).opacity !== '0';
  const inSentence = e => e.tagName === 'A' && getComputedStyle(e).display === 'inline'
    && e.parentElement.textContent.trim().length > e.textContent.trim().length + 3;
  const area = e => getComputedStyle(e, '::after').position === 'absolute' ? e.offsetParent
    : (['checkbox', 'radio'].includes(e.type) && e.closest('label')) || e;
  return [...document.querySelectorAll('a[href], button, summary, select, input, textarea')]
    .filter(e => e.type !== 'hidden' && shown(e) && !inSentence(e))
    .filter(e => area(e).getBoundingClientRect().height < 43.5)
    .map(e => `small: ${e.outerHTML.slice(0, 120)}`).slice(0, 5); }"""
"""Acts that are too small for a finger; a link in a sentence is none (WCAG 2.5.8)."""
SETTLED = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
AXE_ON = {("phone", "zh-CN"), ("desktop", "en")}
PER_KIND = 2
MOST_PAGES = 40
RUN_AXE = """async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa',
  'wcag22aa']})).violations.map(v => v.id + ': ' + v.nodes.slice(0, 2).map(n => n.html))"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo county, served."""
    with served(tmp_path_factory.mktemp("county")) as server:
        yield server


def open_context(
    chromium: Browser, county: Server, who: str | None, size: str, language: str
) -> BrowserContext:
    """A browser of that size and language, signed in as ``who``."""
    context = chromium.new_context(viewport=SIZES[size], bypass_csp=True)
    context.add_cookies([{"name": "lang", "value": language, "url": county.origin}])
    if who is not None:
        page = context.new_page()
        page.goto(county.origin + "/sign-in")
        page.fill("[name=login]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("form button.primary")
        page.wait_for_url("**/office/**")
        page.close()
    return context


def shape(path: str) -> str:
    """The kind of a page: its address without ids, numbers and query."""
    parts = urlsplit(path).path.split("/")
    return "/".join("*" if any(ch.isdigit() for ch in part) else part for part in parts)


def links_of(page: Page, origin: str) -> list[str]:
    """Addresses on this site that the page leads to, without files and the phone app."""
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    local = [link[len(origin) :] for link in found if link.startswith(origin + "/")]
    skipped = ("/app", "/look/", "/open/", "/ledger/", "/office/evidence/")
    return [
        link.split("#")[0]
        for link in local
        if not link.startswith(skipped)
        and not link.endswith((".zip", ".xlsx", ".csv", ".html", ".pdf"))
        and "export" not in link
        and "download" not in link
        and "report" not in link
    ]


def look_at(page: Page, origin: str, path: str, *, with_axe: bool) -> list[str]:
    """What is wrong with one page."""
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: (
            failures.append(f"console: {message.text}") if message.type == "error" else None
        ),
    )
    reply = page.goto(origin + path)
    assert reply is not None
    if reply.status >= 400:
        failures.append(f"status {reply.status}")
    page.wait_for_function(SETTLED)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        failures.append(f"wider than the screen: {page.evaluate(OVERFLOW)}")
    if page.viewport_size == SIZES["phone"]:
        failures += page.evaluate(SMALL)
    if not with_axe:
        return failures
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return failures + page.evaluate(RUN_AXE)


def walk(
    context: BrowserContext, origin: str, starts: tuple[str, ...], *, with_axe: bool
) -> dict[str, list[str]]:
    """Follow links from ``starts``, two pages of each kind; what is wrong, by address."""
    waiting, seen, kinds = list(starts), set(starts), {}
    problems: dict[str, list[str]] = {}
    while waiting and len(seen) < 4 * MOST_PAGES:
        path = waiting.pop(0)
        kind = shape(path)
        if kinds.get(kind, 0) >= PER_KIND:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        page = context.new_page()
        failures = look_at(page, origin, path, with_axe=with_axe)
        if failures:
            problems[path] = failures
        for link in links_of(page, origin):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
        page.close()
    return problems


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_every_public_page_fits_the_screen(chromium, county, size, language):
    context = open_context(chromium, county, None, size, language)
    with_axe = (size, language) in AXE_ON
    assert walk(context, county.origin, PUBLIC, with_axe=with_axe) == {}
    context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", OFFICE)
def test_every_office_page_fits_the_screen(chromium, county, who, size, language):
    context = open_context(chromium, county, who, size, language)
    with_axe = (size, language) in AXE_ON
    assert walk(context, county.origin, OFFICE[who], with_axe=with_axe) == {}
    context.close()

"""A walk through all pages of the demo county, in both languages, on phone and desktop.

Nothing is cut off, nothing overflows, no date is broken over two lines, no code is shown where a
word belongs, nothing is blank on paper, no script fails, nothing answers with an error, and axe
finds nothing on the pages that it looks at.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from backend.app.cli.demo import names
from tests.conftest import ROOT
from tests.serving import Server

from .county import PASSWORD

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
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
BROKEN_DATES = r"""() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.parentElement.closest('td, .waiting'))
      for (const match of node.data.matchAll(/\d{4}-\d\d-\d\d( \d\d:\d\d)?/g)) {
        const range = document.createRange();
        range.setStart(node, match.index); range.setEnd(node, match.index + 10);
        const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
        if (lines.size > 1) found.push('broken date: ' + node.parentElement.outerHTML);
      }
  return found.slice(0, 5); }"""
RAW = {
    "an id": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-",
    "a role": r"\b(?:supervisor|department_admin|inspector|oversight|system_admin):",
    "a stratum": r"(?<![\w.-])S\d\d\b",
    "a code system": r"\bcn-8\b",
    "a name of the code": r"(?<![\w/.=&@-])[a-z]+_[a-z_]+\b",
    "seconds": r"\b\d\d:\d\d:\d\d\b",
    "a value of the code": r"\b(?:undefined|NaN|None of type|\[object)\b",
    "a region": rf"(?<![\d/-])(?:{'|'.join([names.REGION, *names.TOWNS.values()])})(?![\d-])",
}
"""What no page shows to people: each code has a name."""
RAW_IN_CHINESE = (
    r"(?<![\w./:-])(?:pass|fail|na|none|active|closed|company|sealed|yes|no)(?![\w./:-])"
)
AXE_ON = {("phone", "zh-CN"), ("desktop", "en")}
RUN_AXE = """async () => (await axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
  resultTypes: ['violations'], preload: false, iframes: false,
})).violations.map(v => v.id + ': ' + v.nodes.slice(0, 2).map(n => n.html))"""


def open_context(
    chromium: Browser, county: Server, who: str | None, size: str, language: str
) -> BrowserContext:
    """Return a browser of that size and language, signed in as ``who``."""
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
    """Return the kind of a page: its address without ids, numbers and query."""
    parts = urlsplit(path).path.split("/")
    return "/".join("*" if any(ch.isdigit() for ch in part) else part for part in parts)


def links_of(page: Page, origin: str) -> list[str]:
    """Return the addresses on this site that the page leads to, without files and the phone app."""
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    local = [link[len(origin) :] for link in found if link.startswith(origin + "/")]
    skipped = ("/app", "/look/", "/open/", "/ledger/", "/office/evidence/")
    return [
        link.split("#")[0]
        for link in local
        if not link.startswith(skipped)
        and not link.endswith((".zip", ".xlsx", ".csv", ".html", ".pdf", ".mjs"))
        and "export" not in link
        and "download" not in link
        and "report" not in link
    ]


def raw_codes(page: Page) -> list[str]:
    """Return the codes that the page shows in place of words; a region's code may stand behind its
    name."""
    text: str = page.evaluate("document.body.innerText")
    for name, code in [*names.TOWNS.items(), ("青禾县", names.REGION)]:
        text = text.replace(f"{name} {code}", name)
    kinds = dict(RAW)
    if page.evaluate("document.documentElement.lang") == "zh-CN":
        kinds["an English word"] = RAW_IN_CHINESE
    return [
        f"{kind}: {text[max(0, found.start() - 20) : found.end() + 20]!r}"
        for kind, pattern in kinds.items()
        for found in list(re.finditer(pattern, text))[:2]
    ]


def blank_on_paper(page: Page) -> list[str]:
    """Return a complaint if a page with text on the screen is blank on paper of A4's width."""
    size = page.viewport_size
    assert size is not None
    on_screen = len(page.locator("body").inner_text().strip())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    on_paper = page.evaluate("(document.querySelector('main') ?? document.body).innerText.length")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.emulate_media(media="screen")
    page.set_viewport_size(size)
    failures = [] if on_paper >= min(40, on_screen // 3) else [f"blank on paper: {on_paper}"]
    return failures + ([f"wider than the paper by {wide}"] if wide > 4 else [])


class Look:
    """A browser's page that goes from address to address and notes what is wrong with each."""

    def __init__(self, context: BrowserContext, origin: str, language: str) -> None:
        self.page, self.origin, self.language = context.new_page(), origin, language
        self.failures: list[str] = []
        self.page.add_init_script(path=AXE)
        self.page.on("pageerror", lambda error: self.failures.append(f"script: {error}"))
        self.page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.failures.append(f"console: {message.text}")

    def at(self, path: str) -> list[str]:
        """Return what is wrong with one page, which is loaded once and looked at in every size."""
        self.failures.clear()
        self.page.set_viewport_size(SIZES["phone"])
        reply = self.page.goto(self.origin + path)
        assert reply is not None
        if reply.status >= 400:
            self.failures.append(f"status {reply.status}")
        self.page.wait_for_function(SETTLED)
        for size, shown in SIZES.items():
            self.page.set_viewport_size(shown)
            self.failures += [f"{size}: {failure}" for failure in self._in_size(size)]
        return list(self.failures)

    def _in_size(self, size: str) -> list[str]:
        page, failures = self.page, []
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            failures.append(f"wider than the screen: {page.evaluate(OVERFLOW)}")
        failures += page.evaluate(BROKEN_DATES)
        if size == "phone":
            failures += page.evaluate(SMALL)
        else:
            failures += raw_codes(page) + blank_on_paper(page)
        if (size, self.language) in AXE_ON:
            failures += page.evaluate(RUN_AXE)
        return failures


def walk(look: Look, starts: tuple[str, ...], kinds: set[str]) -> dict[str, list[str]]:
    """Follow links below the first address from ``starts`` and return what is wrong, by address.

    One page is looked at of each kind that ``kinds`` does not hold yet, and the kind is added to
    it.
    """
    waiting, seen = list(starts), set(starts)
    problems: dict[str, list[str]] = {}
    while waiting:
        path = waiting.pop(0)
        if shape(path) in kinds:
            continue
        kinds.add(shape(path))
        failures = look.at(path)
        if failures:
            problems[path] = failures
        for link in links_of(look.page, look.origin):
            if link not in seen and link.startswith(starts[0]):
                seen.add(link)
                waiting.append(link)
    return problems


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_public_page_fits_the_screen(chromium, county, language):
    context = open_context(chromium, county, None, "phone", language)
    kinds = {"/office/", "/sign-in", "/lang/zh-CN", "/lang/en"}
    assert walk(Look(context, county.origin, language), PUBLIC, kinds) == {}
    assert len(kinds) >= 20, kinds
    context.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_office_page_fits_the_screen(chromium, county, language):
    kinds: set[str] = set()
    problems: dict[str, list[str]] = {}
    for who, starts in OFFICE.items():
        context = open_context(chromium, county, who, "phone", language)
        kinds -= {shape(path) for path in starts}
        found = walk(Look(context, county.origin, language), starts, kinds)
        problems |= {f"{who} {path}": failures for path, failures in found.items()}
        context.close()
    assert problems == {}
    assert len(kinds) >= 40, kinds


def test_escape_closes_the_menu_and_leads_back_to_its_button(chromium, county):
    context = open_context(chromium, county, "admin", "phone", "zh-CN")
    page = context.new_page()
    page.goto(county.origin + "/office/draws")
    menu = page.locator("[data-menu]")
    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    page.locator("#side a").first.focus()
    page.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.hasAttribute('data-menu')")
    context.close()

"""The phone app, the office and the portal in a real browser behind nginx, over HTTP/2 and TLS."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.conftest import FLAGS
from tests.factories.accounts import PASSWORD, make_account
from tests.factories.visits import make_team, make_visit, passing_points

from .conftest import Site


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    """A Chromium that trusts the site's key, as one does on which the authority is installed."""
    shown = x509.load_pem_x509_certificate(site.proxy.files.chain.read_bytes())
    key = shown.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    flags = [*FLAGS, f"--ignore-certificate-errors-spki-list={pin}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


def test_the_phone_app_signs_in_keeps_its_shell_and_opens_offline(
    chromium: Browser, site: Site, behind: Flask
) -> None:
    team = make_team(passing_points(3))
    make_visit(team)
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{site.proxy.origin}/app/")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
    page.fill("[name=login]", team.accounts[0].login)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".slip").first).to_be_visible(timeout=30_000)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    page.reload()
    expect(page.locator(".slip").first).to_be_visible(timeout=30_000)
    assert broken == []
    context.close()


def test_a_person_signs_in_at_the_office_and_out_again(
    chromium: Browser, site: Site, behind: Flask
) -> None:
    account = make_account(role="supervisor")
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site.proxy.origin}/office/")
    page.fill("[name=login]", account.login)
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url("**/office/")
    assert account.name in page.locator(".side-foot").inner_text()
    context.close()


def test_a_reader_changes_the_language_and_back_on_pages_that_are_kept(
    chromium: Browser, site: Site
) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    for _ in range(2):
        page.goto(f"{site.proxy.origin}/lang/zh-CN?next=/how-it-works")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        page.goto(f"{site.proxy.origin}/lang/en?next=/how-it-works")
        expect(page.locator("html")).to_have_attribute("lang", "en")
    context.close()

"""The server of these tests: it serves, goes away and comes back at the same address."""

from __future__ import annotations

import httpx
import pytest

from tests.factories.accounts import PASSWORD, make_account


def test_a_server_that_was_taken_away_comes_back_at_the_same_address(server):
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{server.port}/healthz")
    server.start()
    assert httpx.get(f"http://127.0.0.1:{server.port}/healthz").json()["status"] == "ok"


def test_a_person_signs_in_with_the_page_and_sees_the_office(server, behind, chromium):
    account = make_account(role="supervisor")
    context = chromium.new_context(base_url=server.origin, locale="zh-CN")
    page = context.new_page()
    page.goto("/office/")
    page.locator("[name=login]").fill(account.login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.primary").click()
    page.wait_for_url("**/office/")
    assert account.name in page.locator(".side-foot").inner_text()
    context.close()

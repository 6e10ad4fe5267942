"""Limits before the program: a full house behind one address passes, a machine does not."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import Officer, Site

WRONG = {"login": "nobody", "password": "a wrong one"}


def statuses(site: Site, caller: str, addresses: list[str], method: str = "GET") -> Counter[int]:
    """How ``caller`` is answered who asks for all of these as fast as it can."""
    with site.proxy.client(caller) as client, ThreadPoolExecutor(8) as threads:
        return Counter(threads.map(lambda at: client.request(method, at).status_code, addresses))


def test_three_hundred_readers_behind_one_address_open_a_page_at_once(site: Site) -> None:
    assert statuses(site, "127.0.1.1", ["/how-it-works?crowd"] * 300) == {200: 300}


def test_a_hall_of_phones_follows_a_ceremony(site: Site) -> None:
    """Two hundred phones, five looks each; none is told to go away."""
    assert 429 not in statuses(site, "127.0.1.2", ["/live/370399-2026-0001/board"] * 1000)


def test_phones_of_an_office_behind_one_address_load_the_app_and_sync(
    site: Site, officer: Officer
) -> None:
    shell = ["/app/", "/app/sw.js", "/app/manifest.webmanifest", "/app/icon.svg"] * 100
    assert statuses(site, "127.0.1.3", shell) == {200: 400}
    assert 429 not in statuses(site, "127.0.1.3", ["/api/v1/sync"] * 200, "POST")


def test_a_machine_that_reads_without_end_is_told_to_wait(site: Site) -> None:
    found: Counter[int] = Counter()
    while not found[429]:
        found += statuses(site, "127.0.1.4", ["/draws?machine"] * 500)
        assert found.total() < 20_000
    assert found[200] >= 500
    with site.proxy.client("127.0.1.5") as other:
        assert other.get("/draws?machine").status_code == 200


@pytest.mark.parametrize(
    ("caller", "door"),
    [
        ("127.0.1.6", "/api/v1/session"),
        ("127.0.1.8", "/api/v1/step-up"),
        ("127.0.1.9", "/office/step-up"),
    ],
)
def test_a_machine_that_tries_passwords_is_told_to_wait(site: Site, caller: str, door: str) -> None:
    with site.proxy.client(caller) as client:
        for _ in range(200):
            reply = client.post(door, json=WRONG)
            if reply.headers.get("Retry-After") == "5":
                break
    assert reply.status_code == 429
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Too many requests" in reply.text


def test_no_log_names_an_address_that_was_asked_for(site: Site) -> None:
    statuses(site, "127.0.1.7", ["/draws?kept-out-of-logs"] * 1200)
    for log in ("evenhand-error.log", "evenhand.log", "start.log"):
        text = (site.proxy.folder / log).read_text("utf-8")
        assert "kept-out-of-logs" not in text, log

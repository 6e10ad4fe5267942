"""Limits before the program: a full house behind one address passes, a machine does not."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import Officer, Site
from .proxy import CALLER

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
        ("127.0.1.10", "/office/account/password"),
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


def told_to_wait(site: Site, callers: list[str]) -> bool:
    """Whether the one of these addresses that comes after the others' 200 tries is refused.

    It tries as often as a caller of its own may; now and then one of its tries is let in."""
    *others, last = callers
    with site.proxy.client() as client:

        def reply(caller: str) -> bool:
            said = client.post("/api/v1/session", json=WRONG, headers={CALLER: caller})
            return said.headers.get("Retry-After") == "5"

        for number in range(200):
            reply(others[number % len(others)])
        return any(reply(last) for _ in range(20))


def test_one_network_of_ipv6_is_one_caller_however_its_addresses_are_written(site: Site) -> None:
    """The network's last groups are zero: :: swallows them in most of its addresses, not in all."""
    assert told_to_wait(site, ["2001:db8::a:b:c:d", "2001:db8::5", "2001:db8:0:0:1::"])
    assert told_to_wait(site, ["2001:db8:7::1", "2001:db8:7:0:1:2:3:4"])
    assert told_to_wait(site, ["2001:db8:0a0a:0a0a::1", "2001:db8:a0a:a0a:ffff:ffff:ffff:ffff"])


def test_the_network_beside_it_is_another_caller(site: Site) -> None:
    assert not told_to_wait(site, ["2001:db8:1::5", "2001:db8:1:1::5"])
    assert not told_to_wait(site, ["192.0.2.1", "192.0.2.2"])


def test_ipv4_in_the_guise_of_ipv6_is_its_own_caller(site: Site) -> None:
    assert told_to_wait(site, ["::ffff:192.0.2.9", "192.0.2.9"])
    assert not told_to_wait(site, ["::ffff:192.0.2.10", "::ffff:192.0.2.11"])


def test_no_log_names_an_address_that_was_asked_for(site: Site) -> None:
    statuses(site, "127.0.1.7", ["/draws?kept-out-of-logs"] * 1200)
    for log in ("evenhand-error.log", "evenhand.log", "start.log"):
        text = (site.proxy.folder / log).read_text("utf-8")
        assert "kept-out-of-logs" not in text, log

"""Nothing personal in any public byte: plant unique strings everywhere, then read everything."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Flask

from backend.app.disclosure import service as disclosure
from backend.app.platform import clock
from backend.app.platform.transactions import unit_of_work
from tests.conftest import Browser
from tests.factories.disclosure import draw_document
from tests.factories.field import CANARIES, Field, handed_in

LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"|<loc>http://localhost(/[^<]*)</loc>')
NOT_PUBLISHED_HERE = ("/office", "/sign-in", "/app", "/lang/", "/look/", "/verify/")


def publish_everything(field: Field, digest: str, client: Browser) -> None:
    """Send back once, hand in again, confirm, publish the draw: every public path has something."""
    from tests.factories.field import seal

    back = {"reason": CANARIES["reason"], "point": field.key("1")}
    body = {"revision": 1, "digest": digest, "reasons": [back]}
    assert client.post(f"/api/v1/reviews/{field.visit}/send-back", json=body).status_code == 200
    again = seal(field)
    body = {"revision": 2, "digest": again}
    assert client.post(f"/api/v1/reviews/{field.visit}/confirm", json=body).status_code == 200
    row = {
        "lot_number": 7,
        "row": 1,
        "stratum": "A",
        "lot": "0a" * 16,
        "code": field.enterprise.code,
        "name": field.enterprise.name,
    }
    with unit_of_work() as session:
        disclosure.publish_draw(
            session,
            draw_id=field.draw.id,
            number=str(field.draw.number),
            department_id=field.department.id,
            document=draw_document(str(field.draw.number), drawn=[row]),
        )


def read_all(browser: Any) -> dict[str, str]:
    """Every public address reachable from the start, with status, headers and body as text."""
    seen: dict[str, str] = {}
    waiting = ["/", "/sitemap.xml", "/robots.txt", "/open/v1/results", "/ledger/checkpoint"]
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(NOT_PUBLISHED_HERE):
            continue
        reply = browser.get(address)
        text = reply.get_data().decode("utf-8", "replace")
        headers = "\n".join(f"{name}: {value}" for name, value in reply.headers)
        seen[address] = f"{address}\n{headers}\n{text}"
        waiting += [a or b for a, b in LINK.findall(text)]
        for found in re.findall(r'"id": ?"([0-9a-f-]{36})"', text):
            waiting += [f"/open/v1/results/{found}", f"/open/v1/results/{found}/document"]
    return seen


def test_no_planted_string_reaches_a_public_byte(app: Flask, client: Browser, sign_in: Any) -> None:
    field, digest = handed_in("鑫源食品加工厂13955556666")
    waiting, _digest = handed_in("还在等的店")
    supervisor = sign_in(client, department=field.department, stepped_up=True)
    publish_everything(field, digest, client)
    app.extensions["evenhand.clock"] = lambda: clock._system() + timedelta(minutes=1)
    reader = app.test_client()
    seen = read_all(reader)
    for address in (f"/enterprises/{waiting.enterprise.code}", "/nowhere", "/results?q=canary"):
        seen |= {address: reader.get(address).get_data(as_text=True)}
    assert any(a.startswith("/open/v1/results/") and a.endswith("/document") for a in seen)
    assert {f"/draws/{field.draw.number}", f"/enterprises/{field.enterprise.code}"} <= set(seen)
    assert any("鑫源食品加工厂" in text for text in seen.values())
    planted = {
        **CANARIES,
        "shop's number": "13955556666",
        "supervisor": supervisor.name,
        "supervisor login": supervisor.login,
        "account": str(field.officers[0].id),
        "device": str(field.phones[0].id),
        "category label": "canary-label",
    }
    found = [
        (name, address)
        for address, text in seen.items()
        for name, canary in planted.items()
        if canary in text.replace('value="canary"', "")
    ]
    assert found == []


def test_the_planted_strings_are_really_inside(client: Browser, sign_in: Any) -> None:
    field, _digest = handed_in()
    sign_in(client, department=field.department)
    office = client.get(f"/office/review/{field.visit}?show=all").get_data(as_text=True)
    for name in ("note", "follow-up", "answer", "officer", "address"):
        assert CANARIES[name] in office, name

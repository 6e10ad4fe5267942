"""Whatever is sent to whichever route by whomever, the answer is a named problem and no 500."""

from __future__ import annotations

import contextvars
from functools import partial
from typing import Any
from urllib.parse import quote_from_bytes

import pytest

from tests.api.access.calls import Endpoint, address, endpoints
from tests.api.access.observing import CALLERS, Bench

DEEP = b"[" * 20_000 + b"]" * 20_000
DIGITS = b"9" * 5_000
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
STRANGE: list[dict[str, Any]] = [
    {"data": DEEP, "content_type": JSON},
    {"data": b'{"login":' + DEEP + b"}", "content_type": JSON},
    {"data": b'{"login":"\\ud800","password":"\\udfff","device":"\\u0000"}', "content_type": JSON},
    {"data": b'{"revision":' + DIGITS + b',"page":1e999,"n":NaN}', "content_type": JSON},
    {"data": b'{"login":"a","login":"b","password":"c"}', "content_type": JSON},
    {"data": b'[1,"two",null]', "content_type": JSON},
    {"data": b'"\xff\xfe"', "content_type": JSON},
    {"data": b"", "content_type": JSON},
    {"data": b"", "content_type": FORM},
    {
        "data": b"revision=" + DIGITS + b"&page=" + DIGITS + b"&version=" + DIGITS,
        "content_type": FORM,
    },
    {"data": b"revision=99999999999999999999&seen=99999999999999999999", "content_type": FORM},
    {"data": b"name=%00&reason=%00&item=%00&q=%00", "content_type": FORM},
    {"data": b"item=no-uuid&grant=x&events=1&batch=x&department_id=x", "content_type": FORM},
    {"data": b"last_day=9999-12-31&starts_on=0001-01-01&ends_on=9999-12-31", "content_type": FORM},
    {"data": b"\xff\xfe=\xff", "content_type": FORM},
    {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
    {"data": b"--x", "content_type": "multipart/form-data"},
    {"data": b"\x00\x01", "content_type": "image/png"},
    {"data": b"short", "content_type": FORM, "headers": {"Content-Length": "500"}},
    {"data": b"{}", "content_type": JSON, "headers": {"Content-Length": "abc"}},
    {"query_string": b"q=\xff\xfe&page=%ff"},
    {"query_string": b"page=" + DIGITS + b"&version=" + DIGITS + b"&limit=" + DIGITS},
    {"query_string": b"page=-99999999999999999999&version=99999999999999999999"},
    {"query_string": b"since=0001-01-01&until=9999-12-31&from=0000-00-00&to=99999-01-01"},
    {"query_string": b"q=%00&visit=x&department=x&draw_id=x&next=%00"},
    {"headers": {"Referer": "http://[::1", "Accept": "application/json, ;q=x"}},
    {"headers": {"Cookie": "lang=\xff; evenhand=\xff.\xff", "User-Agent": "\xff\x01"}},
    {"headers": {"If-None-Match": '"', "Range": "bytes=9-1", "If-Modified-Since": "yesterday"}},
    {"headers": {"Upload-Offset": "9" * 5_000, "Upload-Length": "-1", "Upload-Metadata": "a \xff"}},
    {"headers": {"Witness-Key": "\xff" * 100, "HX-Request": "\xff", "Accept-Language": "\xff"}},
]
"""What a request may hold beside a sound address."""


def strange_address(endpoint: Endpoint, path: str, number: int) -> str:
    """Return the address, or now and then one whose last part is no text or far too long."""
    endings = ["", "", "", "%00", "%ff%fe", "9" * 5_000, "%ed%a0%80"]
    ending = endings[number % len(endings)]
    return path.split("?", maxsplit=1)[0] + ending if endpoint.rule.arguments else path


@pytest.mark.parametrize("caller", CALLERS)
def test_nothing_that_is_sent_is_an_error_of_ours(caller: str, arranged: Bench) -> None:
    """Every route meets two things of the list as each caller, other ones each time: where it
    begins moves on with the route and with the caller."""
    wrong = []
    step = 2
    for place, endpoint in enumerate(endpoints(arranged.app)):
        for turn in range(step):
            number = (CALLERS.index(caller) * step + turn + place) % len(STRANGE)
            objects = arranged.world.objects["own"] | arranged.world.mine["inspector"]
            path = strange_address(endpoint, address(endpoint, objects), number + turn)
            said = _send(arranged, endpoint, caller, path, STRANGE[number])
            if said:
                wrong.append(f"{endpoint.name} {path[-60:]} {STRANGE[number]!r:.120}: {said}")
    assert wrong == []


def _send(bench: Bench, endpoint: Endpoint, caller: str, path: str, strange: dict[str, Any]) -> str:
    """Send one request and return what is wrong with the answer, or nothing."""
    key = (caller, True)
    headers = {"Accept": "application/json", "X-CSRF-Token": bench.tokens[key]}
    more = {**strange, "headers": headers | strange.get("headers", {})}
    if query := more.pop("query_string", b""):
        path = f"{path.split('?', maxsplit=1)[0]}?{quote_from_bytes(query, safe='=&%')}"
    call = partial(bench.browsers[key].open, path, method=endpoint.method, **more)
    bench.changes.take()
    reply = contextvars.Context().run(call)
    status, kind = reply.status_code, reply.mimetype
    told = reply.get_json(silent=True) if "json" in (kind or "") else None
    reply.close()
    if bench.changes.take():
        bench.put_back(key)
    if status >= 500:
        return f"answered {status}"
    with_body = endpoint.method != "HEAD" and kind == "application/problem+json"
    if status >= 400 and with_body and not (told and told.get("title")):
        return "a problem without a sentence"
    return ""

"""The acts that a page offers: where its forms, buttons and links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.api.access.calls import DRAW_OF, Endpoint, address, endpoints
from tests.api.access.observing import Bench, send
from tests.api.access.world import Objects

_LEADS = re.compile(r'\b(action|formaction|hx-post|hx-get|href)="(/office/[^"#]*)"')
DRAWS = ("plan", "invited", "frozen", "drawn", "sent")
"""Draws of a place, by how far they are."""
_GETS = frozenset({"href", "hx-get"})


def is_act(endpoint: Endpoint) -> bool:
    """Return True for an endpoint that asks for more than reading or looking after oneself."""
    return not endpoint.permission.endswith((".read", ".own")) and endpoint.permission != "public"


def pages(app: Flask) -> list[Endpoint]:
    """Return the endpoints of the office that show an object."""
    shown = [one for one in endpoints(app) if one.method == "GET" and one.scope == "place"]
    return [one for one in shown if one.permission != "public"]


def _texts(bench: Bench, caller: str, page: Endpoint, objects: Objects) -> Iterator[str]:
    key = (caller, True)
    usual = DRAW_OF.get(page.rule.endpoint, "drawn")
    for draw in DRAWS if "draw_id" in page.rule.arguments else (usual,):
        path = address(page, objects | {usual: objects[draw]})
        reply = send(bench.browsers[key], "GET", path, bench.tokens[key])
        if reply.mimetype == "text/html":
            yield reply.get_data(as_text=True)
        reply.close()


def offered(bench: Bench, caller: str, page: Endpoint, place: str) -> set[str]:
    """Return the names of the acts, of those with an object in their address, that a page of a
    place's object offers to ``caller``; a page of a draw is looked at with several draws."""
    text = "".join(_texts(bench, caller, page, bench.world.objects[place]))
    known = {(one.rule.endpoint, one.method): one for one in endpoints(bench.app)}
    routes = bench.app.url_map.bind("localhost")
    found = set()
    for attribute, lead in _LEADS.findall(text):
        method = "GET" if attribute in _GETS else "POST"
        try:
            name, _values = routes.match(unescape(lead).split("?")[0], method)
        except HTTPException:
            continue
        endpoint = known[name, method]
        if is_act(endpoint) and endpoint.scope and endpoint.rule.arguments:
            found.add(endpoint.name)
    return found

"""Whose objects an endpoint gives to whom: one object of every department is asked for by
everybody whom the door lets through, and pages without an object are searched for objects.

A call has reached its object when it is neither refused nor answered as if there were none: an
act that the object's state forbids is an answer about the object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.app.platform.access import ROLES, WIDE_ROLES
from tests.api.access.calls import BY_EFFECT, VARIANTS, Endpoint, address, body, endpoints
from tests.api.access.observing import REFUSED, Bench, Unexpected, code_of, send
from tests.api.access.world import MORE_PAGES, PLACES, SHARED

ALL = "all"
MINE, ANOTHERS = "mine", "another's"
DOORS = frozenset({"access.sign_in_required", "access.forbidden", "access.step_up_required"})


def observe_reach(bench: Bench, caller: str, door: Mapping[str, str]) -> dict[str, str]:
    """Return whose objects ``caller`` reaches, by row of the table; ``–`` for nobody's.

    ``door``: how far the caller gets at each endpoint (``doors.observe_doors``); what it refuses
    is not called again. Pages on which nobody's objects stand have no row. Raises Unexpected for
    an answer that says nothing about the object.
    """
    found = {}
    for endpoint in endpoints(bench.app):
        for row, renamed in _rows_of(endpoint):
            let_in = door[endpoint.name] != REFUSED
            cell = _cell(bench, endpoint, caller, renamed) if let_in else REFUSED
            if endpoint.scope or cell != REFUSED:
                found[row] = cell
    return found


def _rows_of(endpoint: Endpoint) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of an endpoint, each with the objects that it is called with instead of
    those its arguments are named after; none for what has neither object nor list."""
    if endpoint.permission == "public" or not (endpoint.scope or endpoint.lists):
        return []
    rows: list[tuple[str, dict[str, str]]] = [(endpoint.name, {})]
    for argument, (other, words) in VARIANTS.items():
        if argument in endpoint.rule.arguments:
            rows.append((f"{endpoint.name} {words}", {argument: other}))
    return rows


def _cell(bench: Bench, endpoint: Endpoint, caller: str, renamed: Mapping[str, str]) -> str:
    if endpoint.scope == "account":
        return _accounts(bench, endpoint, caller)
    if endpoint.lists:
        return _listed(bench, endpoint, caller)
    reached = []
    for place in _places(caller):
        objects = bench.world.objects[place]
        objects = objects | {name: objects[other] for name, other in renamed.items()}
        if _reaches(bench, endpoint, caller, objects | bench.world.mine[caller]):
            reached.append(place)
    return _words(reached, caller)


def _places(caller: str) -> tuple[str, ...]:
    """Return the places that tell whose objects a caller reaches: a role that is held for every
    department asks in its own and in one that is far from it."""
    return ("own", "other") if caller in WIDE_ROLES else PLACES


def _words(places: list[str], caller: str) -> str:
    return ALL if len(places) == len(_places(caller)) else ", ".join(places) or REFUSED


def _accounts(bench: Bench, endpoint: Endpoint, caller: str) -> str:
    mine, world = bench.world.mine, bench.world
    another = mine[next(role for role in ROLES if role != caller)]
    asked = ((MINE, mine[caller]), (ANOTHERS, another))
    own = world.objects["own"]
    found = [name for name, which in asked if _reaches(bench, endpoint, caller, own | which)]
    return ", ".join(found) or REFUSED


def _reaches(bench: Bench, endpoint: Endpoint, caller: str, objects: Mapping[str, Any]) -> bool:
    """Call once, put back what changed, and tell whether the object was reached."""
    key = (caller, True)
    bench.changes.take()
    path, sent = address(endpoint, objects), body(endpoint, objects)
    reply = send(bench.browsers[key], endpoint.method, path, bench.tokens[key], **sent)
    changed = bench.changes.take()
    status, code = reply.status_code, code_of(reply)
    lacking = code == "invalid" or (status == 422 and reply.mimetype == "text/html")
    told = reply.get_data(as_text=True) if lacking else ""
    reply.close()
    if changed:
        bench.put_back(key)
    if status >= 500 or code in DOORS or lacking:
        raise Unexpected(f"{endpoint.name} answered {caller} with {status} {code} {told}")
    if endpoint.rule.endpoint in BY_EFFECT:
        return bool(changed)
    return status not in {401, 403, 404, 405}


def _listed(bench: Bench, endpoint: Endpoint, caller: str) -> str:
    """Return the places of which an object stands on the page or the ones after it."""
    key = (caller, True)
    text = ""
    for number in range(1, MORE_PAGES + 1):
        path = f"{address(endpoint, {})}?page={number}"
        reply = send(bench.browsers[key], "GET", path, bench.tokens[key])
        if reply.status_code >= 400:
            raise Unexpected(f"{endpoint.name} answered {caller} with {reply.status_code}")
        text += reply.get_data(as_text=True)
    world = bench.world
    shown = [place for place in _places(caller) if _stands_in(world.objects[place], text)]
    others = [world.mine[role] for role in ROLES if role != caller]
    words = [] if not shown else [_words(shown, caller)]
    words += [MINE] if _stands_in(world.mine[caller], text) else []
    words += [ANOTHERS] if any(_stands_in(one, text) for one in others) else []
    return ", ".join(words) or REFUSED


def _stands_in(objects: Mapping[str, Any], text: str) -> bool:
    """Tell whether one of the objects is shown in a text, by its id or what else is its own."""
    return any(str(value) in text for name, value in objects.items() if name not in SHARED)

"""How every endpoint is called so that the call gets as far as its object: addresses and forms.

A route that takes an object and is not reached with what stands here is named by the test, so a
new endpoint brings its line along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from backend.app.platform import clock
from tests.factories import draws as drawing

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE")
OWN_THINGS = frozenset({"device_id", "kept_id", "passkey_id", "session_id", "upload_id"})
"""Names of route arguments that belong to an account and not to a department."""
VARIANTS = {"item_id": ("draft_id", "(not on the published list)")}
"""Arguments that are asked for a second time, with another object and the words that name it."""

DRAW_OF: dict[str, str] = {
    "draws.what_page": "plan",
    "draws.what": "plan",
    "draws.who_page": "plan",
    "draws.who": "plan",
    "draws.officers": "plan",
    "draws.freeze": "plan",
    "draws.discard": "plan",
    "ceremony.rehearse": "plan",
    "draws.cancel": "frozen",
    "draws.open_operator": "frozen",
    "draws.slip": "frozen",
    "draws.witness_commit": "frozen",
    "draws.witness_reveal": "frozen",
    "ceremony.begin": "frozen",
    "ceremony.close": "frozen",
    "ceremony.throw": "frozen",
    "ceremony.verdict": "frozen",
    "replacements.ask": "sent",
    "draw_parts.part_page": "invited",
    "draw_parts.accept_part": "invited",
    "draw_parts.decline_part": "invited",
    "draw_parts.count_part": "invited",
}
"""Which draw of a place a route is called with; ``drawn`` where nothing stands here."""

OBJECT_OF = {
    "replacements.agree": ("vacancy_id", "asked"),
    "replacements.decline": ("vacancy_id", "asked"),
}
"""Routes that are called with another object than the one their argument is named after."""

IN_FORM = frozenset(
    {
        "draws.new",
        "draws.seat_row",
        "draws.count",
        "replacements.absence",
        "registry.item_publish",
        "registry.item_add",
        "registry.officer_add",
        "sync.decide",
        "accounts.do_add_person",
        "accounts.do_add_department",
    }
)
"""Routes whose object stands in the form or the query and not in the path."""

OF_PHONES = frozenset({"evidence_api.create", "evidence_api.status", "sync_api.sync"})
"""Routes that name visits in their bodies: ``field_calls`` looks at what comes of each visit."""

BY_EFFECT = frozenset(
    {
        "accounts.do_drop_kept_form",
        "accounts.do_set_roles",
        "registry.item_publish",
        "sync.decide",
    }
)
"""Routes that tell a refusal in words and lead on: only what they change shows who was let in."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route with one of its methods, and the permission that it asks for."""

    rule: Rule
    method: str
    permission: str

    @property
    def name(self) -> str:
        """Return ``METHOD address`` between backticks, which names the endpoint in the tables."""
        return f"`{self.method} {self.rule.rule}`"

    @property
    def scope(self) -> str:
        """Return what its object belongs to: ``place``, ``account``, or nothing."""
        if self.rule.arguments & OWN_THINGS and not self.rule.endpoint.startswith("evidence."):
            return "account"
        named = any(name.endswith("_id") for name in self.rule.arguments)
        return "place" if named or self.rule.endpoint in IN_FORM else ""

    @property
    def lists(self) -> bool:
        """Tell whether it is a page of the office without an object, on which objects may stand."""
        page = self.method == "GET" and self.rule.endpoint not in OF_PHONES
        return page and not self.scope and not self.rule.arguments


def endpoints(app: Flask) -> list[Endpoint]:
    """Return every route with each method that it was made for, sorted by address."""
    found = []
    for rule in app.url_map.iter_rules():
        methods = set(rule.methods or ())
        automatic = {"OPTIONS"} if methods - {"OPTIONS"} else set()
        automatic |= {"HEAD"} if "GET" in methods else set()
        permission = app.view_functions[rule.endpoint].__dict__["access"]
        found += [Endpoint(rule, one, permission) for one in METHODS if one in methods - automatic]
    return sorted(found, key=lambda one: (one.rule.rule, METHODS.index(one.method)))


def address(endpoint: Endpoint, objects: Mapping[str, Any]) -> str:
    """Return the address of an endpoint with one place's objects in it."""
    rule = endpoint.rule
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        if name == "draw_id":
            values[name] = objects[DRAW_OF.get(rule.endpoint, "drawn")]
        elif (rule.endpoint, name) in _named_otherwise():
            values[name] = objects[OBJECT_OF[rule.endpoint][1]]
        elif name in objects:
            values[name] = objects[name]
        else:
            values[name] = _sample(converter)
    _domain, path = rule.build(values) or ("", "")
    return path + _query(rule.endpoint, objects)


def _named_otherwise() -> set[tuple[str, str]]:
    return {(endpoint, name) for endpoint, (name, _other) in OBJECT_OF.items()}


def _sample(converter: object) -> object:
    """Return a value that the converter takes."""
    kind = type(converter).__name__
    if kind == "UUIDConverter":
        return UUID(int=7)
    if kind == "SafeInteger":
        return 1
    words = getattr(converter, "items", None)
    return sorted(words)[0] if words else "x"


def _query(endpoint: str, objects: Mapping[str, Any]) -> str:
    if endpoint == "draws.seat_row":
        return f"?draw_id={objects['plan']}"
    return ""


def body(endpoint: Endpoint, objects: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is sent so that a changing request gets as far as its object: a form as
    ``data``, or ``json``; nothing for one that only reads."""
    if endpoint.method not in {"POST", "PATCH", "DELETE"}:
        return {}
    if endpoint.rule.endpoint == "evidence_api.append":
        return {"data": b"x", "headers": {**_OCTETS, "Upload-Offset": "0"}}
    make = FORMS.get(endpoint.rule.endpoint)
    values = make(objects) if make is not None else {}
    return {"json" if endpoint.rule.rule.startswith("/api/") else "data": values}


_OCTETS = {"Content-Type": "application/offset+octet-stream"}


def _what(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": "抽查计划",
        "department_id": str(objects["department_id"]),
        "item_ids": [str(objects["item_id"])],
        "s0-mode": "number",
        "s0-count": "1",
        "revision": "2",
        "draw_id": str(objects["plan"]),
    }


def _who(objects: Mapping[str, Any]) -> dict[str, Any]:
    day = clock.today() + timedelta(days=30)
    seat = {"t0-department_id": str(objects["department_id"]), "t0-n": "2"}
    return {**seat, "cap": "20", "last_day": str(day), "revision": "2"}


def _part(objects: Mapping[str, Any]) -> dict[str, Any]:
    seat = {"t0-department_id": str(objects["department_id"]), "t0-n": "1"}
    return {**seat, "item_ids": [str(objects["item_id"])], "revision": "2"}


def _person(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "login": "someone",
        "name": "某人",
        "employee_number": "A-9",
        "department_id": str(objects["department_id"]),
    }


def _department(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": "NEW1",
        "name": "新设部门",
        "region_code": "370399",
        "parent_id": str(objects["department_id"]),
        "active": "1",
    }


def _changed_department(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": "CHG1", "name": "改名部门", "region_code": "370399", "active": "1"}


def _item(objects: Mapping[str, Any]) -> dict[str, Any]:
    place = str(objects["department_id"])
    return {"code": "NEW-1", "name": "新事项", "department_id": place, "category": "general"}


def _officer(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": "新执法员",
        "certificate": "NEW12345",
        "certificate_expires_on": "2031-01-01",
        "department_id": str(objects["department_id"]),
        "active": "1",
    }


def _absence(objects: Mapping[str, Any]) -> dict[str, Any]:
    today = str(clock.today())
    days = {"starts_on": today, "ends_on": today, "reason": "leave", "enter": "1"}
    return {"officer_id": str(objects["officer_id"]), **days}


def _confirmed(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {"revision": 1, "digest": objects["digest"]}


def _sent_back(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {**_confirmed(objects), "reason:": "再看一次", "reasons": [{"reason": "再看一次"}]}


def _thrown(_objects: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": 1, "attempt": 1, "digits": drawing.DICE[:5], "verdict": "yes"}


def _revealed(_objects: Mapping[str, Any]) -> dict[str, Any]:
    return {"token": "w1", "text": "骰子", "rand": "00" * 32}


def _leave(_objects: Mapping[str, Any]) -> dict[str, Any]:
    return {"starts_on": str(clock.today()), "ends_on": str(clock.today())}


def _ground(objects: Mapping[str, Any]) -> dict[str, Any]:
    return {"enterprise_code": objects["known_code"], "ground": "interest"}


def _enterprise(objects: Mapping[str, Any]) -> dict[str, Any]:
    region = objects["region_code"]
    return {"code": objects["enterprise_code"], "name": "某企业", "region_code": region}


_CHECKLIST = {
    "title": "检查表",
    "version": "1",
    "p-0-no": "1",
    "p-0-text": "亮照经营",
    "p-0-kind": "pass",
    "p-0-evidence": "on_fail",
}
Maker = Callable[[Mapping[str, Any]], dict[str, Any]]
REASON: Maker = lambda _objects: {"reason": "名录有误，需要重来", "revision": "2"}  # noqa: E731
WORDS: Maker = lambda _objects: {"words": "情况有变"}  # noqa: E731
FORMS: dict[str, Maker] = {
    "draws.new": _what,
    "draws.what": _what,
    "draws.count": _what,
    "draws.who": _who,
    "draws.officers": _who,
    "draws.freeze": lambda _objects: {"revision": "2"},
    "draws.cancel": REASON,
    "draws.void": REASON,
    "draws.slip": _revealed,
    "draws.witness_commit": lambda _objects: {"commitment": "0" * 64},
    "draws.witness_reveal": _revealed,
    "ceremony.release": lambda _objects: {"token": "w1"},
    "ceremony.throw": _thrown,
    "ceremony.verdict": _thrown,
    "draw_extensions.extend": lambda _objects: {"more-S01": "1", "reason": "增补", "seen": "0"},
    "draw_parts.accept_part": _part,
    "draw_parts.count_part": _part,
    "draw_parts.decline_part": REASON,
    "replacements.withdraw": WORDS,
    "replacements.decline": WORDS,
    "replacements.absence": _absence,
    "review.confirm": _confirmed,
    "review.send_back": _sent_back,
    "review_api.confirm": _confirmed,
    "review_api.send_back": lambda objects: {
        **_confirmed(objects),
        "reasons": [{"reason": "再看"}],
    },
    "sync.decide": lambda objects: {
        "events": [str(objects["kept"])],
        "decision": "set_aside",
        "note": "重复",
    },
    "accounts.do_refuse_role": WORDS,
    "accounts.do_add_person": _person,
    "accounts.do_change_person": _person,
    "accounts.do_set_roles": lambda objects: {"grant": f"inspector:{objects['department_id']}"},
    "accounts.do_add_department": _department,
    "accounts.do_change_department": _changed_department,
    "accounts.do_rename_passkey": lambda _objects: {"name": "钥匙"},
    "registry.item_publish": lambda objects: {"item": str(objects["item_id"]), "act": "withdraw"},
    "registry.item_add": _item,
    "registry.item_save": _item,
    "registry.checklist_save": lambda _objects: _CHECKLIST,
    "registry.officer_add": _officer,
    "registry.officer_save": _officer,
    "registry.leave_add": _leave,
    "registry.ground_add": _ground,
    "registry.enterprise_add": _enterprise,
    "registry.enterprise_save": _enterprise,
    "registry.import_check": lambda _objects: {"m-name": "0", "m-code": "1"},
    "registry.import_accept": lambda _objects: {"code": "code_lowercase"},
}

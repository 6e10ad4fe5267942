"""What the public may read of a confirmed record: (record, facts, scope) → document.

Pure. The document is built from a closed list of fields, never by taking fields away, so what
this file does not name cannot get out: no officers, no notes, no answers, no evidence, no
positions, no telephone numbers, no signatures. The label of a category comes from the law's
list, not from the phone, since free text is where personal data hides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ..platform.code_lists import FOLLOW_UPS, ITEM_CATEGORIES, RESULTS
from .rules import VisitEnd

VERSION = "evenhand-public/1"
RESULT_VERSION = "evenhand-public/2"
"""Results of version 1 lack ``end_source``; they stay as they were published."""
FULL = "full"
"""How much of a record the public reads; there is no other extent."""

_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[\dXx])(?![0-9A-Za-z])", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z._:-]{1,64}", re.ASCII)
_MASK = "＊＊＊"


class NotPublishable(ValueError):
    """The record lacks something that a public document must say; the argument names the field."""


@dataclass(frozen=True, slots=True)
class InspectedItem:
    """抽查事项 as the package pinned it."""

    code: str
    name: str
    category: str
    department: str


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """A confirmed record and what the public document says around it.

    ``end`` is the visit's end; ``record_sha256`` the digest the officers handed in.
    """

    visit_id: UUID
    draw_id: UUID
    draw_name: str
    lot_number: int
    department_id: UUID
    department_name: str
    items: Sequence[InspectedItem]
    record: Mapping[str, Any]
    record_sha256: str
    end: VisitEnd


@dataclass(frozen=True, slots=True)
class Timing:
    """When a result was due and when it came out; ``published_at`` is RFC 3339."""

    due_on: date
    certain: bool
    published_at: str
    late: bool


def public_result(facts: ResultFacts, timing: Timing) -> dict[str, Any]:
    """Return the public document of an inspection result 抽查结果, JCS-able.

    Raises :class:`NotPublishable` naming the field that is absent or outside its code list.
    """
    record = facts.record
    return {
        "v": RESULT_VERSION,
        "kind": "inspection_result",
        "scope": FULL,
        "enterprise": {
            "code": _code(record["enterprise"]["code"], "enterprise.code"),
            "name": without_long_numbers(record["enterprise"]["name"]),
        },
        "draw": {
            "number": _code(record["draw"]["id"], "draw.number"),
            "name": without_long_numbers(facts.draw_name),
            "lot_number": facts.lot_number,
            "row": record["draw"]["row"],
        },
        "department": without_long_numbers(facts.department_name),
        "items": [_item(item) for item in facts.items],
        "result": _category(record.get("result")),
        "follow_up": _follow_up(record.get("follow_up")),
        "ended_on": facts.end.day.isoformat(),
        "end_source": facts.end.source,
        "due_on": timing.due_on.isoformat(),
        "due_certain": timing.certain,
        "published_at": timing.published_at,
        "late": timing.late,
        "record": {"revision": record["revision"], "sha256": facts.record_sha256},
    }


DIGESTS = frozenset(
    {
        "freeze",
        "plan",
        "pool",
        "pool_root",
        "officers",
        "recusals",
        "recusals_root",
        "exclusions",
        "commits",
        "transcript",
        "result",
    }
)


def _counts(found: Mapping[str, Any]) -> dict[str, int | str]:
    """Return the counts by rule; beside sealed names a small count is a text such as "<5"."""
    small = {rule: n for rule, n in found.items() if re.fullmatch(r"<\d{1,3}", str(n))}
    return {str(rule): small[rule] if rule in small else int(n) for rule, n in found.items()}


def public_draw(document: Mapping[str, Any], published_at: str) -> dict[str, Any]:
    """Return the public document 抽取公告 of a draw's result, field by field from ``document``.

    Raises KeyError if ``document`` lacks a field: its caller is a program, so that is a bug.
    """
    return {
        "v": VERSION,
        "kind": "draw_result",
        "number": _code(document["number"], "number"),
        "name": without_long_numbers(document["name"]),
        "department": without_long_numbers(document["department"]),
        "authority": document["authority"],
        "departments": [without_long_numbers(name) for name in document["departments"]],
        "drawn_on": date.fromisoformat(document["drawn_on"]).isoformat(),
        "last_day": document["last_day"],
        "mode": document["mode"],
        "items": [
            {"code": item["code"], "name": without_long_numbers(item["name"])}
            for item in document["items"]
        ],
        "digests": {k: v for k, v in document["digests"].items() if k in DIGESTS},
        "pool_rows": document["pool_rows"],
        "seed": document["seed"],
        "strata": [
            {key: stratum[key] for key in ("code", "name", "rows", "k", "largest_lot")}
            for stratum in document["strata"]
        ],
        "exclusions": _counts(document["exclusions"]),
        **{key: document[key] for key in ("seats", "vacant", "officers", "witnesses")},
        "witness_offices": [without_long_numbers(name) for name in document["witness_offices"]],
        "drawn": [
            {
                **{key: row[key] for key in ("lot_number", "row", "stratum", "lot")},
                "code": _code(row["code"], "drawn.code"),
                "name": without_long_numbers(row["name"]),
            }
            for row in document["drawn"]
        ],
        "published_at": published_at,
    }


def _item(item: InspectedItem) -> dict[str, str]:
    return {
        "code": item.code,
        "name": without_long_numbers(item.name),
        "category": item.category if item.category in ITEM_CATEGORIES else "general",
        "department": without_long_numbers(item.department),
    }


def _category(category: Mapping[str, Any] | None) -> dict[str, str]:
    if category is None or category.get("system") != RESULTS.system:
        raise NotPublishable("result")
    words = RESULTS.codes.get(str(category.get("code")))
    if words is None:
        raise NotPublishable("result.code")
    return {"system": RESULTS.system, "code": str(category["code"]), "label": words.zh}


def _follow_up(follow_up: Mapping[str, Any] | None) -> dict[str, str | None]:
    """Return the code and the last day of a follow-up, without the officer's note, which stays
    inside."""
    code = (follow_up or {}).get("code", "none")
    if code not in FOLLOW_UPS:
        raise NotPublishable("follow_up.code")
    day = (follow_up or {}).get("date")
    return {"code": code, "date": date.fromisoformat(day).isoformat() if day else None}


def _code(value: str, field: str) -> str:
    if _CODE.fullmatch(value) is None:
        raise NotPublishable(field)
    return value


def without_long_numbers(text: str) -> str:
    """Return ``text`` with every run shaped like a mobile or identity number hidden.

    People type the names of draws, items and shops, and a number in one must not get out.
    """
    return _LONG_NUMBER.sub(_MASK, text)

"""What a checklist asks for: visible points, verdicts, what is missing, progress.

Pure, and the twin of frontend/src/core/rules.ts; held together by tests/vectors/sync-v1.json.
Must not import Flask, the ORM, a clock, randomness or the network.
"""

import re
from datetime import date
from decimal import Decimal
from typing import get_args

from backend.app.platform.code_lists import Verdict
from backend.app.visits.shapes import (
    Answer,
    Missing,
    Package,
    PackagePart,
    Point,
    Progress,
    VisitState,
    What,
)

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TEXT_LIMIT = 4000
_MARKS: dict[str, Verdict] = {code: code for code in get_args(Verdict)}


def points(package: Package) -> list[Point]:
    """All points of the package in the order of its items and checklists."""
    return [point for item in package["items"] for point in item["checklist"]["points"]]


def part_of(package: Package, item_code: str) -> PackagePart | None:
    """The department's part that an item belongs to; None in a visit of one department."""
    parts = package.get("parts", [])
    return next((part for part in parts if item_code in part["items"]), None)


def is_own(package: Package, item_code: str, officer: str) -> bool:
    """Whether an item is for this officer to answer: each department answers its own. So is one
    whose department sends nobody. ``officer``: id of an officer or of the account behind it."""
    part = part_of(package, item_code)
    if part is None or not part["seats"]:
        return True
    people = [*package["officers"], *package.get("former", [])]
    return any(
        officer in (one["id"], one["account"]) and one["seat"] in part["seats"] for one in people
    )


def visible(package: Package, state: VisitState) -> list[str]:
    """Keys of the points to be answered now, in package order.

    A conditional point shows while the point it names is itself visible and has the value; while
    that point is disputed, one candidate with the value is enough. A circle of conditions hides
    its points.
    """
    by_key = {point["key"]: point for point in points(package)}
    known: dict[str, bool] = {}
    for key in by_key:
        _is_visible(key, by_key, state, known)
    return [key for key in by_key if known[key]]


def _is_visible(
    key: str, by_key: dict[str, Point], state: VisitState, known: dict[str, bool]
) -> bool:
    if key in known:
        return known[key]
    known[key] = False
    point = by_key.get(key)
    if point is None:
        return False
    condition = point["shown_if"]
    if condition is None:
        known[key] = True
    elif _is_visible(condition["point"], by_key, state, known):
        answer = state["answers"].get(condition["point"])
        known[key] = condition["equals"] in _values(answer)
    return known[key]


def _values(answer: Answer | None) -> list[str | None]:
    if answer is None:
        return []
    if answer["kind"] == "settled":
        return [answer["value"]]
    return [candidate["value"] for candidate in answer["candidates"]]


def valid_value(point: Point, value: str | None) -> bool:
    """Whether `value` can answer the point at all; null (cleared) always can."""
    kind = point["kind"]
    if value is None or (value == "na" and kind != "text"):
        return True
    if kind == "pass":
        return value in _MARKS
    if kind == "number":
        return _DECIMAL.fullmatch(value) is not None
    if kind == "date":
        return is_date(value)
    if kind == "text":
        return 0 < len(value) <= _TEXT_LIMIT
    return any(option["code"] == value for option in point["options"])


def is_date(value: str) -> bool:
    """Whether `value` is a day as YYYY-MM-DD."""
    if _DATE.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def verdict(point: Point, value: str | None) -> Verdict | None:
    """pass, fail or na; null where the value says nothing of the kind.

    Numbers outside their bounds fail by themselves; a number without bounds, a text and a date
    have no verdict. "na" is 不适用 for every kind but text.
    """
    if value is None or not valid_value(point, value) or point["kind"] == "text":
        return None
    if value == "na":
        return "na"
    if point["kind"] == "pass":
        return _MARKS[value]
    if point["kind"] == "number":
        return _in_bounds(point, Decimal(value))
    chosen = next((o["verdict"] for o in point["options"] if o["code"] == value), "none")
    return _MARKS.get(chosen)


def _in_bounds(point: Point, number: Decimal) -> Verdict | None:
    low, high = point["min"], point["max"]
    if low is None and high is None:
        return None
    below = low is not None and number < Decimal(low)
    above = high is not None and number > Decimal(high)
    return "fail" if below or above else "pass"


def missing(package: Package, state: VisitState) -> list[Missing]:
    """Everything that keeps the record from being handed in, in package order, the result last."""
    by_key = {point["key"]: point for point in points(package)}
    shown = {e["point"] for e in state["evidence"].values() if e["withdrawn"] is None}
    found: list[Missing] = []
    for key in visible(package, state):
        answer = state["answers"].get(key)
        found += [{"point": key, "what": what} for what in _lacks(by_key[key], answer, shown)]
    result = state["result"]
    if result is None:
        found.append({"point": None, "what": "result"})
    elif result["rivals"]:
        found.append({"point": None, "what": "dispute"})
    return found


def _lacks(point: Point, answer: Answer | None, shown: set[str | None]) -> list[What]:
    if answer is not None and answer["kind"] == "disputed":
        return ["dispute"]
    value = answer["value"] if answer is not None else None
    mark = verdict(point, value)
    unanswered = value is None or not valid_value(point, value)
    lacks: list[What] = []
    if unanswered and (point["required"] or value is not None):
        lacks.append("answer")
    if _needs_evidence(point, unanswered, mark) and point["key"] not in shown:
        lacks.append("evidence")
    judged = point["kind"] in ("pass", "choice")
    if mark == "fail" and judged and not (answer is not None and answer["notes"]):
        lacks.append("note")
    return lacks


def _needs_evidence(point: Point, unanswered: bool, mark: Verdict | None) -> bool:
    if point["evidence"] == "on_fail":
        return mark == "fail"
    if point["evidence"] == "always":
        return point["required"] if unanswered else mark != "na"
    return False


def progress(package: Package, state: VisitState) -> Progress:
    """Counts over the visible points: answered, all, failed, disputed, evidence still to take."""
    by_key = {point["key"]: point for point in points(package)}
    keys = visible(package, state)
    counts: Progress = {
        "answered": 0,
        "total": len(keys),
        "failed": 0,
        "disputed": 0,
        "evidence_missing": 0,
    }
    for key in keys:
        answer = state["answers"].get(key)
        if answer is None:
            continue
        if answer["kind"] == "disputed":
            counts["disputed"] += 1
        elif answer["value"] is not None and valid_value(by_key[key], answer["value"]):
            counts["answered"] += 1
            counts["failed"] += verdict(by_key[key], answer["value"]) == "fail"
    counts["evidence_missing"] = sum(m["what"] == "evidence" for m in missing(package, state))
    return counts

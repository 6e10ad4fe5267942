"""Points of a checklist as form fields `p-<place>-<field>`, and back.

Knows no request and no database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from backend.app.platform import code_lists
from backend.app.platform.code_words import word
from backend.app.platform.i18n import gettext as _
from backend.app.platform.text import fold
from backend.app.registry.choices import VERDICTS
from backend.app.registry.schemas import PointForm

MOST_POINTS = 400
_NAME = re.compile(r"p-(\d{1,3})-([a-z_]+)")
_ACTION = re.compile(r"(add|remove|up|down)(?:-(\d{1,3}))?")
_TICKS = ("required", "key_point")
_VERDICT_WORDS = {
    "合格": "pass",
    "不合格": "fail",
    "不判定": "none",
    "不适用": "na",
    "not applicable": "na",
    "": "none",
}

FormPoint = dict[str, str]


def points_in(form: Mapping[str, str]) -> list[FormPoint]:
    """The points of a posted form, in their order."""
    found: dict[int, FormPoint] = {}
    for name, value in form.items():
        match = _NAME.fullmatch(name)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = value
    return [found[place] for place in sorted(found)][:MOST_POINTS]


def blank_point(points: Sequence[FormPoint]) -> FormPoint:
    """A new point, numbered after the last."""
    numbers = [int(point["no"]) for point in points if point.get("no", "").isdecimal()]
    no = str(max(numbers, default=0) + 1)
    return {"no": no, "kind": "pass", "evidence": "on_fail", "required": "1"}


def rearranged(points: list[FormPoint], action: str) -> tuple[list[FormPoint], int | None]:
    """The points after add, remove-<place>, up-<place> or down-<place>, and which to look at."""
    match = _ACTION.fullmatch(action)
    if match is None:
        return points, None
    verb, place = match[1], int(match[2] or len(points))
    if verb == "add":
        return [*points, blank_point(points)][:MOST_POINTS], len(points)
    if place >= len(points):
        return points, None
    if verb == "remove":
        return points[:place] + points[place + 1 :], max(place - 1, 0)
    other = place - 1 if verb == "up" else place + 1
    if 0 <= other < len(points):
        points[place], points[other] = points[other], points[place]
        return points, other
    return points, place


def verdict_word(code: str) -> str:
    """Return what a verdict is called in the reader's language; any other value as it is."""
    listed = code_lists.VERDICTS
    return word(listed, code).lower() if code in listed else code


def condition_word(points: Sequence[Mapping[str, Any]], condition: Mapping[str, str]) -> str:
    """Return the value of a condition in words: a verdict's name or an option's label."""
    value = condition["equals"]
    asked = next((point for point in points if point["no"] == condition["no"]), None)
    for option in asked["options"] if asked is not None else ():
        if option["code"] == value:
            return str(option["label"])
    return verdict_word(value)


def forms_of(points: Sequence[Mapping[str, Any]]) -> list[FormPoint]:
    """Return the stored points of a checklist as form fields."""
    forms = [form_of(point) for point in points]
    for form, point in zip(forms, points, strict=True):
        if point["shown_if"]:
            form["shown_if_equals"] = condition_word(points, point["shown_if"])
    return forms


def form_of(point: Mapping[str, Any]) -> FormPoint:
    """A stored point as form fields, the value of its condition as it is stored."""
    condition = point["shown_if"] or {}
    form = {
        name: str(point[name] or "")
        for name in ("no", "text", "kind", "evidence", "unit", "minimum", "maximum")
    }
    form |= {name: "1" for name in _TICKS if point[name]}
    form["legal_basis"], form["method"] = point["legal_basis"] or "", point["method"] or ""
    form["remarks"] = "\n".join(point["remarks"])
    form["options"] = "\n".join(
        option["label"]
        + ("" if option["verdict"] == "none" else f": {verdict_word(option['verdict'])}")
        for option in point["options"]
    )
    form["shown_if_no"] = condition.get("no", "")
    form["shown_if_equals"] = condition.get("equals", "")
    return form


def load_points(points: Sequence[FormPoint]) -> list[dict[str, Any]]:
    """The points as services take them; raises ValidationError keyed by place."""
    loaded, errors = [], {}
    for place, form in enumerate(points):
        try:
            loaded.append(_load(form))
        except ValidationError as error:
            errors[str(place)] = error.messages_dict
    if errors:
        raise ValidationError(errors)
    _name_options_by_code(loaded)
    return loaded


def _name_options_by_code(points: Sequence[dict[str, Any]]) -> None:
    """Conditions on a choice may name the option's label; answers hold its code."""
    codes = {
        point["no"]: {option["label"]: option["code"] for option in point["options"]}
        for point in points
    }
    for point in points:
        condition = point["shown_if"]
        if condition:
            labels = codes.get(condition["no"], {})
            condition["equals"] = labels.get(condition["equals"], condition["equals"])


def _load(form: FormPoint) -> dict[str, Any]:
    point: dict[str, Any] = PointForm().load(form)
    no, equals = point.pop("shown_if_no"), point.pop("shown_if_equals")
    if bool(no) != bool(equals):
        raise ValidationError({"shown_if_no": [_("A condition needs a point and a value")]})
    point["shown_if"] = {"no": no, "equals": _VERDICT_WORDS.get(equals, equals)} if no else None
    point["options"] = _options(point["options"]) if point["kind"] == "choice" else []
    if point["kind"] != "number":
        point |= {"unit": "", "minimum": None, "maximum": None}
    for name in ("unit", "legal_basis", "method"):
        point[name] = point[name] or None
    return point


def _options(text: str) -> list[dict[str, str]]:
    """Lines of "label" or "label: pass | fail | none"."""
    options = []
    for number, line in enumerate(filter(None, text.split("\n")), start=1):
        label, _mark, word = line.replace("：", ":").rpartition(":")
        verdict = _VERDICT_WORDS.get(word.strip(), fold(word))
        if not label or verdict not in VERDICTS:
            label, verdict = line, "none"
        options.append({"code": str(number), "label": label.strip(), "verdict": verdict})
    return options

"""Shapes of the draws' forms.

A form's repeated parts are numbered groups of fields (``s0-mode``, ``s17-mode``…); their order on
the page is the order of the strata or seats.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate
from werkzeug.datastructures import MultiDict

from ..platform.fields import Form, Line
from ..platform.i18n import gettext as _
from ..platform.i18n import lazy_gettext as _l
from ..platform.text import compact
from . import plan_rules, rules

MAX_STRATA = 40
MAX_SEATS = 20
MAX_DEPARTMENTS = 12
_GROUP = re.compile(r"([a-z])(\d{1,9})-[a-z_]+")
_LIST = re.compile(r"[\s,，、;；]+")
_LONG_NUMBER = re.compile(r"\d{11,}")
RISKS = ("A", "B", "C", "D", "")
ROSTER_FIELDS = ("risk_classes", "regions", "industries", "kinds", "tags")


class _Tokens(Line):
    """Several short texts typed into one field, divided by commas or blanks."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        return [part for part in _LIST.split(text) if part]


class _Count(fields.Integer):
    """A whole number; an empty field is absent."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, str):
            value = compact(value)
            if not value:
                return None
        found = super()._deserialize(value, attr, data, **more)
        if not 0 <= found <= 10**6:
            raise ValidationError(_("A whole number from 0 to 1,000,000"))
        return found


class RosterForm(Form):
    """Conditions on enterprises. All conditions given must hold; without any, every enterprise
    fits."""

    risk_classes = fields.List(fields.String(validate=validate.OneOf(RISKS)), load_default=list)
    regions = _Tokens(load_default=list)
    industries = _Tokens(load_default=list)
    kinds = fields.List(fields.String(), load_default=list)
    tags = fields.List(fields.UUID(), load_default=list)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Check that region codes are digits; turn ids into text, as a plan keeps them."""
        if any(not re.fullmatch("[0-9]{2,12}", code) for code in values["regions"]):
            raise ValidationError(_("A region code has 2 to 12 digits"), "regions")
        return {**values, "tags": [str(tag) for tag in values["tags"]]}


class StratumForm(RosterForm):
    """One stratum: the conditions of its enterprises, and how many of those are drawn."""

    label = Line(load_default="", validate=validate.Length(max=60))
    mode = fields.String(load_default="ratio", validate=validate.OneOf(["ratio", "number"]))
    ratio = Line(load_default="")
    count = _Count(load_default=None)
    min = _Count(load_default=None)
    max = _Count(load_default=None)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Read the ratio and name the stratum after what fits it."""
        values = super().finish(values)
        values["named"] = bool(values["label"])
        values["label"] = values["label"] or _label(values)
        if values["mode"] == "number":
            return {**values, "count": values["count"] or 0, "num": 0, "den": 1}
        ratio = plan_rules.read_ratio(values["ratio"])
        if ratio is None:
            raise ValidationError(_("Write a ratio like 5%, 0.5% or 1/3"), "ratio")
        return {**values, "num": ratio[0], "den": ratio[1], "min": values["min"] or 0}


class WhatForm(Form):
    """The first step: name, leading department, items, strata, exclusions."""

    name = Line(required=True, validate=validate.Length(2, 80))
    department_id = fields.UUID(required=True)
    department_ids = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=MAX_DEPARTMENTS)
    )
    item_ids = fields.List(fields.UUID(), load_default=list)
    strata = fields.List(
        fields.Nested(StratumForm), required=True, validate=validate.Length(1, MAX_STRATA)
    )
    recent_months = _Count(load_default=0)
    other_draw = fields.Boolean(load_default=False)
    year_cap = _Count(load_default=0)
    revision = fields.Integer(load_default=1)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Number the strata; refuse a name that carries somebody's number."""
        if _LONG_NUMBER.search(values["name"]):
            raise ValidationError(_("The name is public: leave long numbers out"), "name")
        if not values["item_ids"] and not values["department_ids"]:
            raise ValidationError(_("Choose at least one item."), "item_ids")
        return {**values, **counted(values)}


class CountForm(Form):
    """The fields of the first step that the live count needs."""

    draw_id = fields.UUID(load_default=None)
    strata = fields.List(fields.Nested(StratumForm), load_default=list)
    recent_months = _Count(load_default=0)
    other_draw = fields.Boolean(load_default=False)
    year_cap = _Count(load_default=0)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Number the strata."""
        return {**values, **counted(values)}


def counted(values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` with codes for its ``strata``, and its ``exclusions``."""
    strata = [
        {**stratum, "code": plan_rules.stratum_code(place)}
        for place, stratum in enumerate(values["strata"])
    ]
    months = min(values["recent_months"] or 0, 60)
    return {
        "strata": strata,
        "exclusions": {
            "recent_months": months,
            "other_draw": values["other_draw"],
            "year_cap": min(values["year_cap"] or 0, 365),
        },
    }


class SeatForm(Form):
    """A line of the team."""

    department_id = fields.UUID(required=True)
    speciality = Line(load_default="", validate=validate.Length(max=60))
    n = fields.Integer(required=True, validate=validate.Range(1, 6))

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Turn ids into text, as the plan keeps them."""
        return {**values, "department_id": str(values["department_id"])}


class WhoForm(Form):
    """The second step: team, the most visits for one officer, the visits' last day."""

    team = fields.List(
        fields.Nested(SeatForm), required=True, validate=validate.Length(1, MAX_SEATS)
    )
    cap = fields.Integer(required=True, validate=validate.Range(1, 500))
    last_day = fields.Date(required=True, validate=validate.Range(min=date(2020, 1, 1)))
    revision = fields.Integer(load_default=1)


class PartForm(RosterForm):
    """An invited department's part: its items, its seats, its roster, and the revision of the plan
    that was seen."""

    item_ids = fields.List(fields.UUID(), load_default=list)
    team = fields.List(fields.Nested(SeatForm), load_default=list)
    revision = fields.Integer(required=True)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Gather the conditions into the roster; refuse items that nobody would check."""
        values = super().finish(values)
        if not values["item_ids"] and not values["team"]:
            raise ValidationError(_("Choose an item or a seat; otherwise decline."), "item_ids")
        if values["item_ids"] and not values["team"]:
            raise ValidationError(_("Your items need at least one seat of your own."), "team")
        roster = {name: values.pop(name) for name in ROSTER_FIELDS}
        return {**values, "roster": roster}


class ExtendForm(Form):
    """How many more rows of each stratum, the reason, and how many extensions the page showed."""

    more = fields.Dict(keys=fields.String(), values=_Count(allow_none=True), load_default=dict)
    reason = Line(load_default="", validate=validate.Length(max=400))
    seen = fields.Integer(required=True)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Drop empty fields, which add nothing."""
        return {**values, "more": {code: n for code, n in values["more"].items() if n}}


def extend_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the form of an extension as :class:`ExtendForm` reads it: fields ``more-S01``…"""
    plain: dict[str, Any] = form.to_dict()
    named = {key: value for key, value in plain.items() if key.startswith("more-")}
    return {**plain, "more": {key[5:]: value for key, value in named.items()}}


class DeclineForm(Form):
    """The reason, for the leading department, why a department does not take part."""

    reason = Line(load_default="", validate=validate.Length(max=400))
    revision = fields.Integer(required=True)


class ReasonForm(Form):
    """The public reason why a draw ends."""

    reason = Line(load_default="", validate=validate.Length(max=400))


class ListForm(Form):
    """The state to which the list is narrowed, and its page."""

    state = fields.String(load_default="", validate=validate.OneOf(["", *rules.STATES]))
    page = fields.Integer(load_default=1, validate=validate.Range(min=1))


class SeatRowForm(Form):
    """The plan, or the department of it, for which a fresh line of the team is asked."""

    draw_id = fields.UUID(load_default=None)
    department_id = fields.UUID(load_default=None)


_MANY = {"risk_classes", "kinds", "tags"}


def groups(form: MultiDict[str, str], letter: str) -> list[dict[str, Any]]:
    """Return the numbered groups of ``letter`` in the order of the page, as plain dictionaries."""
    found: dict[str, dict[str, Any]] = {}
    for key in form:
        match = _GROUP.fullmatch(key)
        if match is None or match[1] != letter:
            continue
        name = key.split("-", 1)[1]
        value: Any = form.getlist(key) if name in _MANY else form[key]
        found.setdefault(match[2], {})[name] = value
    return list(found.values())


def what_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the first step's form as :class:`WhatForm` reads it."""
    plain: dict[str, Any] = form.to_dict()
    plain["item_ids"] = form.getlist("item_ids")
    plain["department_ids"] = form.getlist("department_ids")
    plain["strata"] = groups(form, "s")
    return plain


def part_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return a department's form as :class:`PartForm` reads it: its roster is the group ``r``."""
    rosters = groups(form, "r")
    return {
        **(rosters[0] if rosters else {}),
        "item_ids": form.getlist("item_ids"),
        "team": groups(form, "t"),
        "revision": form.get("revision", ""),
    }


def who_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the second step's form as :class:`WhoForm` reads it."""
    plain: dict[str, Any] = form.to_dict()
    plain["team"] = groups(form, "t")
    return plain


ALL = _l("All enterprises")
NOT_CLASSED = _l("not classed")


def _label(values: dict[str, Any]) -> str:
    parts = []
    if values["risk_classes"]:
        classes = "、".join(one or str(NOT_CLASSED) for one in values["risk_classes"])
        parts.append(_("Risk class %(classes)s", classes=classes))
    parts += values["industries"] + values["regions"]
    return " · ".join(parts)[:60] or str(ALL)

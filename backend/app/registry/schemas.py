"""Shapes of the registers' forms: what a field may hold before a service sees it.

Forms send text; an empty field is absent. Whether a value fits the register is the service's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from werkzeug.datastructures import ImmutableMultiDict

from backend.app.platform.fields import (
    Code,
    Day,
    Form,
    Identity,
    Number,
    OneOf,
    Several,
    Tick,
    Whole,
    Words,
)
from backend.app.platform.i18n import gettext as _
from backend.app.platform.i18n import lazy_gettext as _l
from backend.app.platform.text import compact
from backend.app.registry.choices import (
    CATEGORIES,
    ENTERPRISE_KINDS,
    EVIDENCE,
    GROUNDS,
    POINT_KINDS,
    RISK_CLASSES,
    STATUSES,
)
from backend.app.registry.imports.codes import read_code
from backend.app.registry.messages import code_problem


class EnterpriseCode(Words):
    """A social credit code or registration number that can be right."""

    def read(self, text: str) -> str:
        """Return the sound code; of a failing one it is said which character is in doubt."""
        reading = read_code(compact(text).upper())
        if reading.value is None:
            raise ValidationError(code_problem(compact(text).upper(), reading))
        return reading.value


class EntryForm(Form):
    """A form of an entry, with the revision from which its page was made."""

    revision = Whole()


class PublishingForm(Form):
    """Items to put on the published list or to take off it, and where to go on."""

    item = fields.List(fields.UUID(), load_default=list)
    act = fields.String(load_default="", validate=validate.OneOf(("publish", "withdraw", "")))
    next = fields.String(load_default="")

    @staticmethod
    def shape(form: ImmutableMultiDict[str, str]) -> dict[str, Any]:
        """Gather the ticked items."""
        return {**form.to_dict(), "item": form.getlist("item")}


_ITEM_CODE = _l("Letters, digits, dots and hyphens, at most 40")


class ItemForm(EntryForm):
    """An inspection item."""

    code = Code(r"0-9A-Za-z._\-", range(1, 41), _ITEM_CODE, shape=r"[0-9A-Za-z].*", needed=True)
    name = Words(2000, needed=True)
    category = OneOf(CATEGORIES, "general")
    department_id = Identity(needed=True)
    group_name = Words(200)
    legal_basis = Words(lines=True)
    subject = Words(lines=True)
    target = Words(lines=True)
    method = Words(lines=True)
    ratio_note = Words(lines=True)
    frequency_note = Words(lines=True)
    officer_requirement = Words(lines=True)
    remarks = Words(lines=True)
    materials = Several(separators=re.compile(r"[\r\n]+"))
    specialities = Several()
    valid_from = Day()
    valid_to = Day()
    published = Tick()

    @validates_schema(skip_on_field_errors=False)
    def _in_order(self, data: Mapping[str, Any], **_more: Any) -> None:
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end < start:
            raise ValidationError({"valid_to": [_("This lies before the first day")]})


_CERTIFICATE = _l("4 to 40 capital letters, digits or hyphens")


class OfficerForm(EntryForm):
    """An officer."""

    name = Words(60, needed=True)
    certificate = Code(
        r"0-9A-Z\-", range(4, 41), _CERTIFICATE, case="upper", shape=r"[0-9A-Z].*", needed=True
    )
    certificate_expires_on = Day(needed=True)
    department_id = Identity(needed=True)
    specialities = Several()
    phone = Code(r"0-9+\-", range(5, 31), _l("Digits, + and hyphens only"))
    login = Words(64)
    active = Tick()


class LeaveForm(Form):
    """Days away, first and last included."""

    starts_on = Day(needed=True)
    ends_on = Day(needed=True)
    note = Words(200)

    @validates_schema(skip_on_field_errors=True)
    def _in_order(self, data: Mapping[str, Any], **_more: Any) -> None:
        if data["ends_on"] < data["starts_on"]:
            raise ValidationError({"ends_on": [_("This lies before the first day")]})


class GroundForm(Form):
    """A recusal ground."""

    enterprise_code = EnterpriseCode(30, needed=True)
    ground = OneOf(GROUNDS, "party_or_relative")
    note = Words(400)


class EnterpriseForm(EntryForm):
    """An enterprise."""

    code = EnterpriseCode(30, needed=True)
    name = Words(200, needed=True)
    registration_number = Code(
        r"0-9A-Za-z\-（）()字第号\u4e00-\u9fff", range(1, 31), _l("At most 30 characters")
    )
    kind = OneOf(ENTERPRISE_KINDS, "unknown")
    region_code = Code("0-9", (6, 9, 12), _l("6, 9 or 12 digits"), needed=True)
    address = Words(400)
    industry = Words(120)
    risk_class = OneOf(RISK_CLASSES, "")
    status = OneOf(STATUSES, "active")
    established_on = Day()
    business_scope = Words(8000, lines=True)
    contact_phone = Words(60)
    latitude = Number("-90", "90")
    longitude = Number("-180", "180")
    tags = Several(each=60)

    @validates_schema(skip_on_field_errors=True)
    def _whole_position(self, data: Mapping[str, Any], **_more: Any) -> None:
        if bool(data["latitude"]) != bool(data["longitude"]):
            raise ValidationError({"longitude": [_("A position needs latitude and longitude")]})


class PointForm(Form):
    """One point of a checklist, as the editor sends it."""

    no = Code(
        r"0-9A-Za-z.\-",
        range(1, 13),
        _l("Letters, digits, dots and hyphens, at most 12"),
        shape=r"[0-9A-Za-z].*",
        needed=True,
    )
    text = Words(2000, needed=True, lines=True)
    kind = OneOf(POINT_KINDS, "pass")
    required = Tick()
    key_point = Tick()
    evidence = OneOf(EVIDENCE, "on_fail")
    unit = Words(20)
    minimum = Number()
    maximum = Number()
    options = Words(2000, lines=True)
    legal_basis = Words(lines=True)
    method = Words(lines=True)
    remarks = Several(separators=re.compile(r"[\r\n]+"))
    shown_if_no = Words(12)
    shown_if_equals = Words(100)


class ChecklistForm(Form):
    """The checklist around its points."""

    title = Words(200, needed=True)
    version = Whole()

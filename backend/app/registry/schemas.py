"""Shapes of the registers' forms: what a field may hold before a service sees it.

Forms send text; an empty field is absent. Whether a value fits the register is the service's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from backend.app.platform.i18n import gettext as _
from backend.app.platform.i18n import lazy_gettext as _l
from backend.app.platform.text import clean, half_width, plain_decimal
from backend.app.registry.choices import (
    CATEGORIES,
    ENTERPRISE_KINDS,
    EVIDENCE,
    GROUNDS,
    POINT_KINDS,
    RISK_CLASSES,
    STATUSES,
    Choices,
)
from backend.app.registry.imports.codes import read_code
from backend.app.registry.messages import finding

_NEEDED = _l("This field is needed")
_LIST = re.compile(r"[\r\n;；、,，|]+")


class Words(fields.Field[Any]):
    """Text trimmed and in NFC. `lines` keeps line breaks; `needed` refuses an empty one."""

    def __init__(
        self, longest: int = 4000, *, needed: bool = False, lines: bool = False, **more: Any
    ) -> None:
        if needed:
            super().__init__(required=True, error_messages={"required": str(_NEEDED)}, **more)
        else:
            super().__init__(load_default=lambda: self.read(""), **more)
        self.longest, self.needed, self.lines = longest, needed, lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> Any:
        del attr, data
        text, _notes = clean(str(value), keep_lines=True)
        text = text if self.lines else text.replace("\n", "")
        if self.needed and not text:
            raise ValidationError(str(_NEEDED))
        if len(text) > self.longest:
            raise ValidationError(_("At most %(longest)s characters", longest=self.longest))
        return self.read(text)

    def read(self, text: str) -> Any:
        """The value of a cleaned text; raises ValidationError."""
        return text


class OneOf(Words):
    """One of a closed list; empty gives the first unless needed."""

    def __init__(self, choices: Choices, default: str) -> None:
        super().__init__(60)
        self.choices, self.default = choices, default

    def read(self, text: str) -> str:
        """The value when the list has it."""
        value = text or self.default
        if value not in self.choices:
            raise ValidationError(_("Choose one of the list"))
        return value


class Day(Words):
    """A day as a date field sends it, or None."""

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(10, needed=needed)

    def read(self, text: str) -> date | None:
        """2026-11-23 as a date."""
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValidationError(_("This is not a date")) from None


class Tick(Words):
    """A check box: there or not."""

    def read(self, text: str) -> bool:
        """Any text is a tick."""
        return bool(text)


class Several(Words):
    """A list written with line breaks or marks between; duplicates once."""

    def __init__(self, *, separators: re.Pattern[str] = _LIST, each: int = 400) -> None:
        super().__init__(8000, lines=True)
        self.separators, self.each = separators, each

    def read(self, text: str) -> list[str]:
        """The parts in order."""
        parts = (part.strip() for part in self.separators.split(text))
        listed = list(dict.fromkeys(part for part in parts if part))
        if any(len(part) > self.each for part in listed):
            raise ValidationError(_("At most %(longest)s characters", longest=self.each))
        return listed


class Number(Words):
    """A plain decimal number, kept as text; None when empty."""

    def __init__(self, low: str | None = None, high: str | None = None) -> None:
        super().__init__(40)
        self.low, self.high = low, high

    def read(self, text: str) -> str | None:
        """The number in plain notation."""
        if not text:
            return None
        number = plain_decimal(text)
        if number is None:
            raise ValidationError(_("This is not a number"))
        above = self.low is not None and number < Decimal(self.low)
        if above or (self.high is not None and number > Decimal(self.high)):
            raise ValidationError(
                _("Between %(low)s and %(high)s", low=self.low or "", high=self.high or "")
            )
        return format(number, "f")


class Identity(Words):
    """An id chosen from a list; None when nothing is chosen."""

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(36, needed=needed)

    def read(self, text: str) -> UUID | None:
        """The id."""
        if not text:
            return None
        try:
            return UUID(text)
        except ValueError:
            raise ValidationError(_("Choose one of the list")) from None


class Pattern(Words):
    """A code of a fixed shape."""

    def __init__(self, pattern: str, message: Any, *, needed: bool = False) -> None:
        super().__init__(60, needed=needed)
        self.pattern, self.message = re.compile(pattern), message

    def read(self, text: str) -> str:
        """The code without spaces, half-width."""
        code = half_width(text).replace(" ", "")
        if code and not self.pattern.fullmatch(code):
            raise ValidationError(str(self.message))
        return code


class EnterpriseCode(Words):
    """A social credit code or registration number that can be right."""

    def read(self, text: str) -> str:
        """The sound code; a failing one is named with its likely reading."""
        reading = read_code(text)
        if reading.value is None:
            params = {"likely": reading.likely or "", "length": str(len(text))}
            raise ValidationError(finding(reading.problem or "code_check_digit", params))
        return reading.value


class Form(Schema):
    """Base of all forms: unknown fields (the token, buttons) are let be."""

    class Meta:
        """Forms carry more than their fields."""

        unknown = EXCLUDE


_ITEM_CODE = _l("Letters, digits, dots and hyphens, at most 40")


class ItemForm(Form):
    """An inspection item."""

    code = Pattern(r"[0-9A-Za-z][0-9A-Za-z._\-]{0,39}", _ITEM_CODE, needed=True)
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


class OfficerForm(Form):
    """An officer."""

    name = Words(60, needed=True)
    certificate = Pattern(r"[0-9A-Z][0-9A-Z\-]{3,39}", _CERTIFICATE, needed=True)
    certificate_expires_on = Day(needed=True)
    department_id = Identity(needed=True)
    specialities = Several()
    phone = Pattern(r"[0-9+\-]{5,30}", _l("Digits, + and hyphens only"))
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


class EnterpriseForm(Form):
    """An enterprise."""

    code = EnterpriseCode(30, needed=True)
    name = Words(200, needed=True)
    registration_number = Words(30)
    kind = OneOf(ENTERPRISE_KINDS, "unknown")
    region_code = Pattern(r"\d{6}(?:\d{3}){0,2}", _l("6, 9 or 12 digits"), needed=True)
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

    no = Pattern(
        r"[0-9A-Za-z][0-9A-Za-z.\-]{0,11}",
        _l("Letters, digits, dots and hyphens, at most 12"),
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
    version = Words(8, needed=True)

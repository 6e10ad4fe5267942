"""Shapes of the replacements' forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from ..platform.i18n import gettext as _
from ..platform.i18n import lazy_gettext as _l
from . import rules

LONGEST_ABSENCE = 366


class _Form(Schema):
    class Meta:
        """Drop unknown fields, since a page sends its buttons and tokens along."""

        unknown = EXCLUDE


_NEEDED = {"required": _l("This field is needed"), "invalid": _l("This is not a date")}


class AbsenceForm(_Form):
    """An officer's absence, both days included."""

    officer_id = fields.UUID(
        required=True,
        error_messages=dict.fromkeys(("required", "invalid_uuid"), _l("Choose an officer")),
    )
    starts_on = fields.Date(required=True, error_messages=_NEEDED)
    ends_on = fields.Date(required=True, error_messages=_NEEDED)
    reason = fields.String(
        required=True,
        validate=validate.OneOf(rules.ABSENCES, error=_l("Choose one of the list")),
        error_messages={"required": _l("This field is needed")},
    )

    @validates_schema(skip_on_field_errors=True)
    def _in_order(self, data: Mapping[str, Any], **_more: Any) -> None:
        if data["ends_on"] < data["starts_on"]:
            raise ValidationError({"ends_on": [_("This lies before the first day")]})
        if (data["ends_on"] - data["starts_on"]).days >= LONGEST_ABSENCE:
            raise ValidationError({"ends_on": [_("An absence lasts a year at most")]})


class WordsForm(_Form):
    """The reason why a request is withdrawn."""

    words = fields.String(load_default="", validate=validate.Length(max=1000))


class PeriodForm(_Form):
    """The first and last day of a period; a text that is no day falls back to the half-year."""

    since = fields.Date(load_default=None)
    until = fields.Date(load_default=None)


def messages_of(error: ValidationError) -> dict[str, list[str]]:
    """Return the sentences by field, in the reader's language. A sentence that is translated only
    when it is shown counts once."""
    found = error.messages_dict.items()
    return {
        name: [str(one) for one in said] if isinstance(said, list) else [str(said)]
        for name, said in found
    }


def period_of(args: Mapping[str, str], usual: tuple[date, date]) -> tuple[date, date]:
    """Return the first and last day of the period that an address asks for, in order of time."""
    given = {name: args[name] for name in ("since", "until") if args.get(name)}
    try:
        loaded = PeriodForm().load(given)
    except ValidationError:
        return usual
    since, until = loaded["since"] or usual[0], loaded["until"] or usual[1]
    return (since, until) if since <= until else (until, since)

"""What the office may say about the working-day table."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate


class OldOverride(Schema):
    """A day to take out of the table."""

    class Meta:
        unknown = EXCLUDE

    day = fields.Date(required=True)


class NewOverride(Schema):
    """A day that is worked or free against the calendar, with the reason."""

    class Meta:
        unknown = EXCLUDE

    day = fields.Date(required=True)
    works = fields.Boolean(required=True)
    note = fields.String(required=True, validate=validate.Length(2, 200))

"""Shapes of what sync answers, for the interface's description, and of the office's forms.

What phones send is checked by ``envelope``.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class ReceiptShape(Schema):
    """What the server says about one event."""

    event = fields.UUID(required=True)
    state = fields.String(validate=validate.OneOf(["applied", "quarantined"]), required=True)
    reason = fields.String()
    revision = fields.Integer()
    hash = fields.String(required=True)
    at = fields.String(required=True)


class VisitShape(Schema):
    """What is new about one visit."""

    visit = fields.UUID(required=True)
    revision = fields.Integer(required=True)
    package = fields.Dict(allow_none=True)
    events = fields.List(fields.Dict(), required=True)


class ReplyShape(Schema):
    """What the phone gets."""

    epoch = fields.String(required=True)
    server_time = fields.String(required=True)
    receipts = fields.List(fields.Nested(ReceiptShape), required=True)
    receipt_signature = fields.String(required=True)
    visits = fields.List(fields.Nested(VisitShape), required=True)
    released = fields.List(fields.UUID(), required=True)
    replaced = fields.Dict(keys=fields.UUID(), values=fields.Dict(), required=True)


class KeyView(Schema):
    """The key that verifies receipts: raw Ed25519, base64."""

    key = fields.String(required=True)


class Decision(Schema):
    """A supervisor's decision about quarantined events, with its reason."""

    events = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 200))
    decision = fields.String(required=True, validate=validate.OneOf(["adopt", "set_aside"]))
    note = fields.String(required=True, validate=validate.Length(2, 1000))

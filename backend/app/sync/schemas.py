"""Shapes of sync's endpoints: for the interface's description, and for the office's forms.

Calls of phones are checked by ``envelope``; these say the same in OpenAPI.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class EventShape(Schema):
    """One event of sync/1 §1."""

    v = fields.Integer(required=True, validate=validate.Equal(1))
    id = fields.UUID(required=True)
    device = fields.UUID(required=True)
    seq = fields.Integer(required=True)
    prev = fields.String(required=True)
    visit = fields.UUID(required=True)
    kind = fields.String(required=True)
    at = fields.String(required=True)
    mono = fields.Integer(required=True)
    body = fields.Dict(required=True)


class CallShape(Schema):
    """What a phone sends."""

    device = fields.UUID(required=True)
    epoch = fields.String(allow_none=True)
    events = fields.List(fields.Nested(EventShape), required=True)
    signature = fields.String(allow_none=True)
    have = fields.Dict(keys=fields.UUID(), values=fields.Integer())


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

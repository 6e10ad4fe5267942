"""Shapes of what phones send and get, for the interface's description, and of the office's forms.

What phones send is checked by ``envelope``, event by event and without marshmallow.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from ..platform.json_api import View
from ..platform.request_text import LARGEST_INTEGER
from .envelope import MOST_EVENTS

HASH = validate.Regexp(r"^[0-9a-f]{64}$")


class ReceiptShape(View):
    """What the server says about one event: ``reason`` when it waits, ``revision`` when not."""

    event = fields.UUID()
    state = fields.String(validate=validate.OneOf(["applied", "quarantined"]))
    reason = fields.String(metadata={"optional": True})
    revision = fields.Integer(metadata={"optional": True})
    hash = fields.String()
    at = fields.String()


class PulledEventShape(View):
    """An event as its phone made it, or as the server wrote it, with its author and revision."""

    v = fields.Integer(validate=validate.Equal(1))
    id = fields.UUID()
    device = fields.UUID()
    seq = fields.Integer()
    prev = fields.String()
    visit = fields.UUID()
    kind = fields.String()
    at = fields.String()
    mono = fields.Integer()
    body = fields.Dict()
    officer = fields.UUID()
    revision = fields.Integer()


class VisitShape(View):
    """What is new about one visit; its package on first sight and when its team changed."""

    visit = fields.UUID()
    revision = fields.Integer()
    package = fields.Dict(allow_none=True)
    events = fields.List(fields.Nested(PulledEventShape))


class ReplacedShape(View):
    """Why an officer left a visit that a replacement took over."""

    reason = fields.String()
    at = fields.String()


class ReplyShape(View):
    """What the phone gets."""

    epoch = fields.String()
    server_time = fields.String()
    largest_evidence = fields.Integer()
    receipts = fields.List(fields.Nested(ReceiptShape))
    receipt_signature = fields.String()
    visits = fields.List(fields.Nested(VisitShape))
    released = fields.List(fields.UUID())
    replaced = fields.Dict(keys=fields.UUID(), values=fields.Nested(ReplacedShape))


class EventShape(Schema):
    """One event as its phone made it; these members and no others are hashed."""

    v = fields.Integer(required=True, validate=validate.Equal(1))
    id = fields.UUID(required=True)
    device = fields.UUID(required=True)
    seq = fields.Integer(required=True, validate=validate.Range(1, LARGEST_INTEGER))
    prev = fields.String(required=True, validate=HASH)
    visit = fields.UUID(required=True)
    kind = fields.String(required=True)
    at = fields.String(required=True)
    mono = fields.Integer(required=True, validate=validate.Range(-LARGEST_INTEGER, LARGEST_INTEGER))
    body = fields.Dict(required=True)


class CallShape(Schema):
    """What a phone sends: its events in order, the revisions that it has by visit, and
    what time its clock shows."""

    device = fields.UUID(required=True)
    epoch = fields.String(allow_none=True, validate=validate.Length(max=200))
    events = fields.List(
        fields.Nested(EventShape), required=True, validate=validate.Length(max=MOST_EVENTS)
    )
    signature = fields.String(allow_none=True, validate=validate.Length(max=200))
    clock = fields.String(
        allow_none=True, validate=validate.Length(max=40), metadata={"format": "date-time"}
    )
    have = fields.Dict(
        keys=fields.UUID(), values=fields.Integer(validate=validate.Range(0, LARGEST_INTEGER))
    )


class KeyView(View):
    """The key that verifies receipts: raw Ed25519, base64."""

    key = fields.String()


class Decision(Schema):
    """A supervisor's decision about quarantined events, with its reason."""

    events = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 200))
    decision = fields.String(required=True, validate=validate.OneOf(["adopt", "set_aside"]))
    note = fields.String(required=True, validate=validate.Length(2, 1000))

"""Shapes of what is sent in a ceremony: the form of the freeze, what phones send, the throws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import fields, post_load, validate

from ...platform.fields import Form, Line
from ...platform.text import compact
from .. import ceremony_rules

_SHAPE = ("form", "places", "quorum", "dice", "sealed", "all_recusals")


class JoinForm(Form):
    """Name and office of a witness who takes a place."""

    name = Line(load_default="", validate=validate.Length(max=200))
    office = Line(load_default="", validate=validate.Length(max=200))


class CommitForm(Form):
    """A witness's commitment."""

    commitment = fields.String(required=True, validate=validate.Length(equal=64))


class SecretForm(Form):
    """The text and random bytes that a witness committed to. The text is taken as it is: every
    blank counts."""

    text = fields.String(load_default="", validate=validate.Length(max=800))
    rand = Line(required=True)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Take blanks out of the digits and lower their letters: they may be copied from a slip."""
        return {**values, "rand": compact(values["rand"]).lower()}


class RevealForm(SecretForm):
    """The revealed secret, with the witness's place."""

    token = fields.String(required=True, validate=validate.Length(1, 16))


class FreezeForm(Form):
    """The revision of the plan that was seen, and how the draw will be held."""

    revision = fields.Integer(required=True)
    form = fields.String(load_default="routine", validate=validate.OneOf(ceremony_rules.FORMS))
    places = fields.Integer(load_default=1)
    quorum = fields.Integer(load_default=1)
    dice = fields.Integer(load_default=5)
    sealed = fields.Boolean(load_default=False)
    all_recusals = fields.Boolean(load_default=False)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Put the shape beside the revision; a routine draw has one witness whatever was typed."""
        shape = ceremony_rules.Shape(**{name: values.pop(name) for name in _SHAPE})
        if shape.form == ceremony_rules.ROUTINE:
            shape = replace(shape, places=1, quorum=1)
        return {**values, "shape": shape}


class ThrowForm(Form):
    """The digits that fell at one throw."""

    number = fields.Integer(required=True, validate=validate.Range(1, 20))
    digits = fields.String(load_default="", validate=validate.Length(max=80))


class SeenForm(Form):
    """The throw that a second person looked at."""

    number = fields.Integer(required=True)
    attempt = fields.Integer(required=True)
    digits = fields.String(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(["yes", "no"]))

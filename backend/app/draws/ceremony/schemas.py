"""Shapes of what is sent in a ceremony: the form of the freeze, what phones send, the throws."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from .. import ceremony_rules

_SHAPE = ("form", "places", "quorum", "dice", "sealed", "all_recusals")


class _Form(Schema):
    class Meta:
        """Buttons and tokens of the page are nobody's business here."""

        unknown = EXCLUDE


class _Line(fields.String):
    """One line of text in NFC without blanks around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        return " ".join(unicodedata.normalize("NFC", text).split())


class JoinForm(_Form):
    """Who takes a place."""

    name = _Line(load_default="", validate=validate.Length(max=200))
    office = _Line(load_default="", validate=validate.Length(max=200))


class CommitForm(_Form):
    """A witness's commitment."""

    commitment = fields.String(required=True, validate=validate.Length(equal=64))


class SecretForm(_Form):
    """What a witness committed to. The text is taken as it is: every blank counts."""

    text = fields.String(load_default="", validate=validate.Length(max=800))
    rand = _Line(required=True)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Digits copied from a slip may come in groups and capitals."""
        return {**values, "rand": "".join(values["rand"].split()).lower()}


class RevealForm(SecretForm):
    """The same with the witness's place."""

    token = fields.String(required=True, validate=validate.Length(1, 16))


class FreezeForm(_Form):
    """The plan as it was seen, and how the draw will be held."""

    revision = fields.Integer(required=True)
    form = fields.String(load_default="routine", validate=validate.OneOf(ceremony_rules.FORMS))
    places = fields.Integer(load_default=1)
    quorum = fields.Integer(load_default=1)
    dice = fields.Integer(load_default=5)
    sealed = fields.Boolean(load_default=False)
    all_recusals = fields.Boolean(load_default=False)

    @post_load
    def finish(self, values: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """The shape beside the revision; a routine draw has one witness whatever was typed."""
        shape = ceremony_rules.Shape(**{name: values.pop(name) for name in _SHAPE})
        if shape.form == ceremony_rules.ROUTINE:
            shape = replace(shape, places=1, quorum=1)
        return {**values, "shape": shape}


class ThrowForm(_Form):
    """What fell at one throw."""

    number = fields.Integer(required=True, validate=validate.Range(1, 20))
    digits = fields.String(load_default="", validate=validate.Length(max=80))


class SeenForm(_Form):
    """The throw that a second person looked at."""

    number = fields.Integer(required=True)
    attempt = fields.Integer(required=True)
    digits = fields.String(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(["yes", "no"]))

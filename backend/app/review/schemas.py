"""The shapes and bounds of decisions as they come in; they check nothing about the record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from ..platform.json_api import View

REASON_PREFIX = "reason:"
_UUID = validate.Regexp(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_DIGEST = validate.Regexp(r"^[0-9a-f]{64}$")


class Revision(Schema):
    """The revision and digest that the supervisor looked at."""

    class Meta:
        unknown = EXCLUDE

    revision = fields.Integer(required=True, strict=False, validate=validate.Range(1, 1_000_000))
    digest = fields.String(required=True, validate=_DIGEST)


class Reason(Schema):
    """Why a point, a file, or (both empty) the record goes back."""

    point = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    evidence = fields.String(load_default=None, allow_none=True, validate=_UUID)
    reason = fields.String(required=True, validate=validate.Length(1, 1000))


class SendBack(Revision):
    """A record sent back, with at least one reason."""

    reasons = fields.List(fields.Nested(Reason), required=True, validate=validate.Length(1, 500))


class DecisionSchema(View):
    """A decision as programs read it."""

    id = fields.UUID()
    visit_id = fields.UUID(data_key="visit")
    revision = fields.Integer()
    outcome = fields.String()
    decided_at = fields.AwareDateTime()


def reasons_from_form(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the reasons in the form fields ``reason:``, ``reason:point:KEY`` and
    ``reason:evidence:ID``, leaving out empty fields."""
    found: list[dict[str, Any]] = []
    for name, value in pairs:
        if not name.startswith(REASON_PREFIX) or not value.strip():
            continue
        kind, _, target = name.removeprefix(REASON_PREFIX).partition(":")
        entry = {"reason": value.strip()}
        if kind in {"point", "evidence"}:
            entry[kind] = target
        found.append(entry)
    return found

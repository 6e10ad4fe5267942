"""Shapes of evidence's endpoints."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from ..platform.json_api import View
from .errors import BadUpload


class Announcement(Schema):
    """Upload-Metadata and Upload-Length of a new upload."""

    class Meta:
        """Nothing beyond the agreed keys."""

        unknown = RAISE

    evidence = fields.UUID(required=True)
    visit = fields.UUID(required=True)
    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**53 - 1))
    mime = fields.String(required=True, validate=validate.Length(3, 100))
    filename = fields.String(load_default="", validate=validate.Length(max=200))


_ANNOUNCEMENT = Announcement()


class StatusQuery(Schema):
    """Which visit's files to report."""

    visit = fields.UUID(required=True)


class StatusView(View):
    """How far one file is, in bytes. ``problem`` is the code of the refusal."""

    evidence = fields.UUID(attribute="id")
    state = fields.String(
        validate=validate.OneOf(["pending", "receiving", "verified", "damaged", "refused"])
    )
    received = fields.Integer()
    size = fields.Integer()
    problem = fields.String(allow_none=True)


def read_announcement(headers: Any) -> dict[str, Any]:
    """The metadata of a tus creation as plain values; raises BadUpload."""
    length = headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdecimal() and len(length) <= 16):
        raise BadUpload(wrong=["Upload-Length"])
    values: dict[str, Any] = {"size": int(length)}
    for pair in headers.get("Upload-Metadata", "").split(","):
        name, _, encoded = pair.strip().partition(" ")
        try:
            values[name] = base64.b64decode(encoded, validate=True).decode().replace("\0", "")
        except (binascii.Error, ValueError) as error:
            raise BadUpload(wrong=["Upload-Metadata"]) from error
    try:
        return dict(_ANNOUNCEMENT.load(values))
    except ValidationError as error:
        raise BadUpload(wrong=sorted(map(str, error.messages_dict))) from error

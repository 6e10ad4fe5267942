"""What JSON endpoints stand on: a blueprint with this program's reader of bodies, and the base of
the shapes that they answer with."""

from __future__ import annotations

from typing import Any

from flask import Request, request
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, fields
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from .request_text import MOST_JSON_BYTES, NotJson, Unreadable, read_json


class BodyReader(FlaskParser):
    """webargs' parser whose JSON is read by ``read_json`` and bounded in size."""

    def _raw_load_json(self, req: Request) -> Any:
        req.max_content_length = MOST_JSON_BYTES
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not is_json_request(req):
            raise UnsupportedMediaType
        try:
            return read_json(body)
        except NotJson as error:
            raise Unreadable(where=["json"]) from error

    def get_default_request(self) -> Request:
        """Return the request that is being answered."""
        return request


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """A blueprint of JSON endpoints that are described in the interface's document."""

    ARGUMENTS_PARSER = BodyReader()


class View(Schema):
    """The shape of a reply. Every member is always there, and the description says so."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Mark the member as required; ``metadata={"optional": True}`` leaves one out."""
        del field_name
        field_obj.required = not field_obj.metadata.get("optional", False)


def json_body(shape: type[Schema]) -> dict[str, Any]:
    """Return the description of a body that the endpoint reads itself, for ``Blueprint.doc``."""
    return {"required": True, "content": {"application/json": {"schema": shape}}}

"""What a reader may ask of the lists; what cannot be read is left out, not refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from ..platform.code_lists import RESULTS
from ..platform.json_api import View
from ..platform.pagination import LARGEST_PAGE


class Asked(Schema):
    """The filters of the list of results."""

    class Meta:
        unknown = EXCLUDE

    q = fields.String(load_default="", validate=validate.Length(max=60))
    department = fields.UUID(load_default=None)
    category = fields.String(load_default=None, validate=validate.OneOf(list(RESULTS.codes)))
    first_day = fields.Date(load_default=None, data_key="from")
    last_day = fields.Date(load_default=None, data_key="to")
    page = fields.Integer(load_default=1, validate=validate.Range(1, LARGEST_PAGE))


class FeedAsked(Schema):
    """What a program asks of the feed."""

    class Meta:
        unknown = EXCLUDE

    since = fields.AwareDateTime(load_default=None, format="iso")
    cursor = fields.String(load_default=None, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))


class ResultView(View):
    """A published result; ``sha256`` is of the canonical bytes of ``document``."""

    id = fields.UUID()
    published_at = fields.String()
    sha256 = fields.String()
    document = fields.Dict()


class ResultsView(View):
    """Published results, oldest first, and the cursor behind which newer ones come."""

    results = fields.List(fields.Nested(ResultView))
    next = fields.String(allow_none=True)


def read_asked(arguments: Mapping[str, str]) -> tuple[dict[str, Any], bool]:
    """Return the filters that can be read, and True if some could not; empty ones ask nothing."""
    given = {name: value.strip() for name, value in arguments.items() if value.strip()}
    try:
        return Asked().load(given), False
    except ValidationError as error:
        good = {k: v for k, v in given.items() if k not in error.messages_dict}
        return Asked().load(good), True

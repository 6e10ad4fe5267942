"""What the office's list may be asked for."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, pre_load, validate


class EntryFilter(Schema):
    """Type and subject (empty for all) and the page, from an address people may have edited."""

    class Meta:
        """Ignore parts of the address that are no filters."""

        unknown = EXCLUDE

    entry_type = fields.String(load_default="", data_key="type", validate=validate.Length(max=48))
    subject = fields.String(load_default="", validate=validate.Length(max=120))
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=10**9))

    @pre_load
    def tidy(self, data: Any, **_kwargs: Any) -> dict[str, str]:
        """Trim the filters; a page that is not a number becomes the first."""
        found = {name: str(value).strip() for name, value in data.items()}
        if not found.get("page", "1").isdecimal() or not 0 < int(found.get("page", "1")) < 10**9:
            found["page"] = "1"
        return found

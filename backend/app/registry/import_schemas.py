"""Shapes of the import's forms: which names they may send and what a service gets of them.

Forms about a file's own columns, words and firms have fields whose names carry a number; they are
gathered here, so that no route reads the request itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, pre_load, validate

from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.service.import_pairs import APART, MERGE
from backend.app.registry.service.importing import Reading

_LAST_ROW = 1 << 20  # a sheet has no more
_MOST_COLUMNS = 1 << 14
ACCEPTABLE = ("code_lowercase", "code_mix_up")
"""Findings whose likely reading a person may accept for the whole file."""


class ImportForm(Schema):
    """Base of the forms: what is not asked for is let be."""

    class Meta:
        """Forms carry the token and buttons beside their fields."""

        unknown = EXCLUDE


class UploadForm(ImportForm):
    """Which register, and the id under which the import is kept."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    batch = fields.UUID(required=True)


class ReadingForm(ImportForm):
    """Another way to read the file; a header row that no sheet has is let be."""

    encoding = fields.String(load_default="")
    sheet = fields.String(load_default="")
    delimiter = fields.String(load_default="")
    header_row = fields.String(load_default="")

    def reading(self, form: Mapping[str, str]) -> Reading:
        """The way the form asks for."""
        sent: dict[str, str] = self.load(dict(form.items()))
        row = _number(sent["header_row"], _LAST_ROW)
        header_row = row if row else None
        return Reading(sent["encoding"], sent["sheet"], sent["delimiter"], header_row)


class DecisionsForm(ImportForm):
    """Decisions for the whole file; those the form did not ask for are absent."""

    default_department = fields.String()
    default_region = fields.String()
    number_items = fields.Boolean()
    take_hidden = fields.Boolean()

    @pre_load
    def _named(self, data: Mapping[str, str], **_more: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "default_department" in data:
            found["default_department"] = data["default_department"]
        if "default_region" in data:
            region = data["default_region"].strip()
            sound = region.isascii() and region.isdecimal() and len(region) <= 12
            found["default_region"] = region if sound else ""
        if "numbering" in data:
            found["number_items"] = data["numbering"] == "number"
        if "hidden" in data:
            found["take_hidden"] = data["hidden"] == "take"
        return found


def columns_of(form: Mapping[str, str]) -> tuple[dict[str, int], list[int]]:
    """(field -> column of the `m-<field>` selects and of the columns asked about, the columns
    left out on purpose). A question is answered by a field's name or by "-"."""
    mapping: dict[str, int] = {}
    left: list[int] = []
    for name, value in form.items():
        if name.startswith("m-") and (column := _number(value, _MOST_COLUMNS)) is not None:
            mapping[name[2:]] = column
    for name, value in form.items():
        if not name.startswith("column-") or not value:
            continue
        column = _number(name[7:], _MOST_COLUMNS)
        if column is None:
            continue
        if value == "-":
            left.append(column)
        else:
            mapping[value] = column
    return mapping, left


def words_of(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Field -> word -> meaning, from `field-<n>`, `name-<n>` and `word-<n>`; words without a
    meaning are left out."""
    found: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        if name.startswith("word-") and value:
            number = name[5:]
            field, word = form.get(f"field-{number}", ""), form.get(f"name-{number}", "")
            if field and word:
                found.setdefault(field, {})[word] = value
    return found


class PairsForm(ImportForm):
    """What was decided about firms under two codes."""

    rest = fields.String(load_default="", validate=validate.OneOf(["", MERGE, APART]))
    chosen = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)

    @pre_load
    def _gathered(self, data: Mapping[str, str], **_more: Any) -> dict[str, Any]:
        chosen = {name[5:]: value for name, value in data.items() if name.startswith("pair-")}
        return {"rest": data.get("rest", ""), "chosen": {k: v for k, v in chosen.items() if v}}


class AcceptForm(ImportForm):
    """The finding whose likely readings are accepted."""

    code = fields.String(required=True, validate=validate.OneOf(ACCEPTABLE))


class ImportOrder(ImportForm):
    """Whether only what is sound is imported."""

    only_good = fields.Boolean(load_default=False)


def _number(text: str, most: int) -> int | None:
    """A number the form may send, or None."""
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        return None
    number = int(text)
    return number if number <= most else None

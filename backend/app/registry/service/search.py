"""Finding rows of a register by a few characters, Chinese included, the same on both databases.

Every register row keeps `search_text`: its names and codes in the form that `platform.text` gives
them for searching. Each word of a query must be part of it, so two characters are enough and no
dictionary of the database is needed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute

from backend.app.platform.text import search_form

_MOST_WORDS = 6


def searchable(*parts: str | None) -> str:
    """Return the text to keep with a row; a bar stands between its parts."""
    return "|".join(search_form(part) for part in parts if part)


def matches(column: InstrumentedAttribute[str], query: str) -> ColumnElement[Any]:
    """Return the condition that every word of ``query`` is in ``column``; no word matches all."""
    words = [form for word in query.split()[:_MOST_WORDS] if (form := search_form(word))]
    if not words:
        return true()
    return and_(*(column.contains(word, autoescape=True) for word in words))

"""Finding things by a few characters, Chinese included, the same on both databases.

Every register row keeps `search_text`: its names and codes folded and run together. Each word of
a query must be part of it, so two characters are enough and no database dictionary is needed.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute

_MOST_WORDS = 6


def searchable(*parts: str | None) -> str:
    """The folded text to keep with a row; parts are kept apart by a bar."""
    return "|".join(_fold(part) for part in parts if part)


def matches(column: InstrumentedAttribute[str], query: str) -> ColumnElement[Any]:
    """A condition: every word of `query` is in `column`. An empty query matches all."""
    words = [folded for word in query.split()[:_MOST_WORDS] if (folded := _fold(word))]
    if not words:
        return true()
    return and_(*(column.contains(word, autoescape=True) for word in words))


def _fold(text: str) -> str:
    if text.isascii():
        return "".join(text.casefold().split()).replace("|", "")
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).replace("|", "")

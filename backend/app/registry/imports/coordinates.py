"""Positions as maps and spreadsheets write them, as decimal degrees.

Takes decimals of any length, a decimal comma, powers of ten, and degrees with minutes and
seconds, with or without a direction. Pure decimal arithmetic: no float enters a record.
"""

from __future__ import annotations

import re
from decimal import Decimal

from backend.app.registry.imports.cells import half_width, rounded_decimal

_WORDS = "[NSEW]|北纬|南纬|东经|西经"
_DIRECTION = re.compile(f"({_WORDS})?(.*?)({_WORDS})?", re.IGNORECASE | re.DOTALL)
_SECONDS_END = re.compile(r"[m分]\s*\d[\d.]*\s*s\Z", re.IGNORECASE)
_AXES = {"N": 90, "S": 90, "北": 90, "南": 90, "E": 180, "W": 180, "东": 180, "西": 180}
_NEGATIVE = frozenset("SW南西")
_DEGREES = re.compile(
    r"(\d{1,3})\s*[°º˚度d:\s\-]\s*(\d{1,2}(?:\.\d+)?)\s*['′ʹ’分m:\-]?\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″ʺ”秒s]|'')?)?",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[+-]?\d{1,3},\d+")


def read_coordinate(text: str, bound: int) -> tuple[Decimal, bool] | None:
    """(decimal degrees, whether reading them changed what was written), or None.

    bound: 90 for a latitude, 180 for a longitude. A direction of the other axis is none: 北纬 in
    the column of longitudes says that the columns are swapped.
    """
    text = half_width(text).strip().replace("\u2212", "-")
    split = _split(text)
    if split is None:
        return None
    bare, direction = split
    negative = bare.startswith("-")
    if direction and (negative or _AXES[direction] != bound):
        return None
    bare = bare.lstrip("-").strip()
    found = _read_bare(bare)
    if found is None:
        return None
    value, changed = found
    negative = negative or direction in _NEGATIVE
    return (-value if negative else value), changed or bare != text.lstrip("-")


def _split(text: str) -> tuple[str, str] | None:
    """(the text without its direction, the direction's first character or ""), or None when it
    names two directions. The s that ends 8m34s stands for seconds."""
    if _SECONDS_END.search(text):
        return text, ""
    found = _DIRECTION.fullmatch(text)
    if found is None:
        return text, ""
    named = {word[0].upper() for word in (found[1], found[3]) if word}
    return (found[2].strip(), named.pop() if named else "") if len(named) < 2 else None


def _read_bare(bare: str) -> tuple[Decimal, bool] | None:
    """(degrees, whether they were converted or rounded) of a text without sign and direction."""
    comma = bool(_COMMA.fullmatch(bare))
    if number := rounded_decimal((bare.replace(",", ".") if comma else bare).rstrip("°º˚度 ")):
        return number[0], number[1] or comma
    found = _DEGREES.fullmatch(bare)
    if found is None:
        return None
    minutes, seconds = Decimal(found[2]), Decimal(found[3] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    value = Decimal(found[1]) + minutes / 60 + seconds / 3600
    return value.quantize(Decimal("1e-10")).normalize(), True

"""Positions as maps and spreadsheets write them, as decimal degrees.

Takes decimals of any length, a decimal comma, powers of ten, and degrees with minutes and
seconds, with or without a direction. Pure decimal arithmetic: no float enters a record.
"""

from __future__ import annotations

import re
from decimal import Decimal

from backend.app.registry.imports.cells import half_width, rounded_decimal

_DIRECTION = re.compile(r"[NSEW]|北纬|南纬|东经|西经", re.IGNORECASE)
_WEST_OR_SOUTH = re.compile(r"[SW]|南纬|西经", re.IGNORECASE)
_DEGREES = re.compile(
    r"(\d{1,3})\s*[°º度d:\s]\s*(\d{1,2}(?:\.\d+)?)\s*['′’分m:]?\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″”秒s]|'')?)?",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[+-]?\d{1,3},\d+")


def read_coordinate(text: str) -> tuple[Decimal, bool] | None:
    """(decimal degrees, whether reading them changed what was written), or None."""
    text = half_width(text).strip().replace("\u2212", "-")
    bare = _DIRECTION.sub("", text).strip()
    negative = bool(_WEST_OR_SOUTH.search(text)) != bare.startswith("-")
    bare = bare.lstrip("-").strip()
    changed = bare != text.lstrip("-")
    if _COMMA.fullmatch(bare):
        bare, changed = bare.replace(",", "."), True
    if number := rounded_decimal(bare.rstrip("°º度 ")):
        value, rounded = number
        return (-value if negative else value), changed or rounded
    if found := _DEGREES.fullmatch(bare):
        minutes, seconds = Decimal(found[2]), Decimal(found[3] or 0)
        if minutes >= 60 or seconds >= 60:
            return None
        value = Decimal(found[1]) + minutes / 60 + seconds / 3600
        value = value.quantize(Decimal("1e-10")).normalize()
        return (-value if negative else value), True
    return None

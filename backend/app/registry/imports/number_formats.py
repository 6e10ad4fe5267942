"""What a spreadsheet shows for a stored number, as far as that decides what a register reads.

Dates, percentages and codes padded with zeros look different from what is stored; decimal places
and thousands marks only round what is shown, so there the stored number counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

Render = Callable[[str], tuple[str, str]]
"""Turns a stored number into (the text a sheet shows, the stored text where the two differ)."""

_EXACT = 10**15  # digits a spreadsheet keeps; a larger number has lost its last ones
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_PADDING = re.compile(r"_.|\*.")
_BRACKETS = re.compile(r"\[(?!h|m|s|hh|mm|ss)[^\]]*\]", re.IGNORECASE)
_DATE_MARKS = re.compile(r"[ymdhs]", re.IGNORECASE)
_DAY_MARKS = re.compile(r"[yd]|^[^hs]*m[^hs]*$", re.IGNORECASE)
_PLAIN = re.compile(r"General|@|[#?0,]*\.?[#?0]*(?:E[+-]0+)?", re.IGNORECASE)
_PIECES = re.compile(r'"([^"]*)"|\\(.)|([0#?])|([-/() .:])')
_BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    48: "##0.0E+0",
    49: "@",
}
_BUILT_IN |= dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36), "y-m-d")
_BUILT_IN |= dict.fromkeys(range(50, 59), "y-m-d") | dict.fromkeys((18, 19, 20, 21, 45, 46), "h:m")
_BUILT_IN |= dict.fromkeys((32, 33, 47), "h:m")
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LAST_DAY = 2_958_465  # 9999-12-31 counted from 1899-12-30
_PHANTOM = 60  # the day 1900-02-29 that Lotus invented; days before it count one more


def format_code(number: int, custom: Mapping[int, str]) -> str:
    """The code of a number format by its id; "General" for an id nobody declared."""
    return custom.get(number) or _BUILT_IN.get(number, "General")


def renderer(code: str, *, epoch_1904: bool = False) -> Render:
    """How a sheet shows numbers under a format code, e.g. "00000000", "0%", "yyyy-mm-dd"."""
    section = code.split(";", maxsplit=1)[0]
    bare = _BRACKETS.sub("", _QUOTED.sub("", section)).strip()
    if "general" not in bare.lower() and _DATE_MARKS.search(bare):
        return _DateRenderer(epoch_1904, bool(_DAY_MARKS.search(bare)))
    if bare.endswith("%"):
        return _percentage
    pattern = _Pattern(_BRACKETS.sub("", _PADDING.sub("", section)).strip())
    if pattern.differs:
        return pattern
    return _plain


def number_text(stored: str) -> str:
    """A stored number as a person would have typed it. Beyond 15 digits it keeps the scientific
    form, so that a damaged code shows as one."""
    if stored.isdecimal() and len(stored) < 16:
        return stored.lstrip("0") or "0"
    try:
        value = float(stored)
    except (ValueError, OverflowError):
        return stored
    if abs(value) >= _EXACT:
        return f"{value:.14e}"
    if value == int(value):
        return str(int(value))
    return repr(value)


def _plain(stored: str) -> tuple[str, str]:
    return number_text(stored), ""


def _percentage(stored: str) -> tuple[str, str]:
    try:
        value = (Decimal(stored) * 100).quantize(Decimal("1e-10")).normalize()
    except (InvalidOperation, ValueError):
        return stored, ""
    return f"{value:f}%", ""


class _DateRenderer:
    """Shows a day number as the day: 2015-01-05, with the time where there is one."""

    def __init__(self, epoch_1904: bool, has_day: bool) -> None:
        self._epoch = _EPOCH_1904 if epoch_1904 else _EPOCH
        self._phantom = 0 if epoch_1904 else _PHANTOM
        self._has_day = has_day

    def __call__(self, stored: str) -> tuple[str, str]:
        try:
            value = float(stored)
        except (ValueError, OverflowError):
            return stored, ""
        if not 0 <= value <= _LAST_DAY:
            return number_text(stored), ""
        days, seconds = divmod(round(value * 86400), 86400)
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        if not self._has_day and not days:
            return clock, ""
        days += 1 <= days < self._phantom
        try:
            day = (self._epoch + timedelta(days=days)).isoformat()
        except OverflowError:
            return number_text(stored), ""
        return (f"{day} {clock}" if seconds else day), ""


class _Pattern:
    """Shows whole numbers in a pattern of digits and marks: 00000000, "SC"0000, 000-0000."""

    def __init__(self, section: str) -> None:
        self._pieces: list[tuple[str, str]] = []
        at = 0
        for found in _PIECES.finditer(section):
            if found.start() != at:
                break
            at = found.end()
            literal = found[1] if found[1] is not None else found[2] or found[4]
            self._pieces.append(("", literal) if literal is not None else (found[3], ""))
        self._known = at == len(section)
        self._zeros = sum(1 for mark, _text in self._pieces if mark == "0")
        literals = any(text.strip() for mark, text in self._pieces if not mark)
        rounds_only = bool(_PLAIN.fullmatch(section)) and self._zeros < 2
        self.differs = not (rounds_only or "." in section or "E" in section)
        self.differs = self.differs and (self._zeros > 1 or literals)

    def __call__(self, stored: str) -> tuple[str, str]:
        text = number_text(stored)
        if not self._known or not text.isdecimal():
            return text, (text if self._zeros > 1 else "")
        shown = self._laid_out(text)
        return shown, (text if shown != text else "")

    def _laid_out(self, digits: str) -> str:
        """The digits in their places, from the right; what has no place stands in front."""
        left = list(digits.zfill(self._zeros))
        parts: list[str] = []
        places = sum(1 for mark, _text in self._pieces if mark)
        for mark, literal in reversed(self._pieces):
            if not mark:
                parts.append(literal)
                continue
            places -= 1
            if not places:
                parts.append("".join(left))
                left = []
            elif left:
                parts.append(left.pop())
        return "".join(reversed(parts)).strip()

"""What a cell says once spreadsheet noise is taken off.

Only changes that lose nothing: Unicode NFC, full-width letters and digits to half-width, odd
spaces, line breaks and the leftovers of broken exports. It must not correct spelling or codes.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_HALF = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_HALF |= {code: code - 0xFEE0 for code in range(0xFF21, 0xFF3B)}
_HALF |= {code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)}
_HALF_ALL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_ESCAPED_BREAK = re.compile("_x000[DdAa]_")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAKS = re.compile(r"\s*[\r\n]+\s*")
_BLANKS = re.compile("[ \t\u3000\xa0\u2000-\u200a]+")
_NOISE = re.compile("[\r\n\t\u3000\xa0\u2000-\u200f\u2060\ufeff\x00-\x1f\x7f]|  |_x000")

EMPTY_WORDS = frozenset({"N/A", "n/a", "#N/A", "NULL", "null", "None", "nan", "-", "--", "—", "/"})
"""Words that stand for an empty cell in the exports seen so far."""


def clean(raw: str, *, keep_lines: bool = False) -> tuple[str, tuple[str, ...]]:
    """The text of a cell and the codes of what had to be changed to get it.

    keep_lines: line breaks inside the cell are meant (instructions), not an accident (names).
    Codes: full_width, line_break, export_leftover, spaces, invisible, not_composed.
    """
    if raw.isascii() and not _NOISE.search(raw):
        text = raw.strip()
        return text, () if text == raw else ("spaces",)
    text, notes = raw, []
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        notes.append("not_composed")
    if _WIDE.search(text):
        text = text.translate(_HALF)
        notes.append("full_width")
    if _NOISE.search(text):
        text = _without_noise(text, notes, keep_lines)
    trimmed = text.strip()
    if trimmed != text and "spaces" not in notes:
        notes.append("spaces")
    return trimmed, tuple(notes)


def _without_noise(text: str, notes: list[str], keep_lines: bool) -> str:
    """Take off what `_NOISE` found, noting each kind once."""
    if _ESCAPED_BREAK.search(text):
        text = _ESCAPED_BREAK.sub("", text)
        notes.append("export_leftover")
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
        notes.append("invisible")
    if "\n" in text or "\r" in text:
        text = _BREAKS.sub("\n" if keep_lines else "", text)
        if not keep_lines:
            notes.append("line_break")
    spaced = _BLANKS.sub(" ", text)
    if spaced != text:
        notes.append("spaces")
    return spaced


def half_width(text: str) -> str:
    """Every full-width ASCII character as its half-width one: for codes, numbers and dates."""
    return text if text.isascii() else text.translate(_HALF_ALL)


def fold(text: str) -> str:
    """A form for comparing labels: compatibility-normal, lower case, no spaces or marks."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in text if char.isalnum())


_DECIMAL = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?")


def plain_decimal(text: str) -> Decimal | None:
    """The number a person wrote, or None: no powers of ten, at most 15 digits and 10 decimals."""
    text = half_width(text).strip()
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def is_empty(text: str) -> bool:
    """Whether the text is one of the words exports write for nothing."""
    return text in EMPTY_WORDS


_OPENERS = {"(": "(", "（": "(", "《": "《", "〔": "〔", "“": "“", "[": "["}
_CLOSERS = {")": "(", "）": "(", "》": "《", "〕": "〔", "”": "“", "]": "["}
_MARKS = re.compile("[（）()《》〔〕“”\\[\\]]")
_LIST_NUMBER = re.compile(r"(?:^|(?<=[\s；;。，,：:]))\d{1,2}[)）]")


def unbalanced(text: str) -> str | None:
    """The first bracket or quote without its partner, or None.

    Half- and full-width round brackets count as partners: public lists mix them freely; the
    bracket of a list number, as in 1）, needs none.
    """
    opened: list[str] = []
    for mark in _MARKS.findall(_LIST_NUMBER.sub("", text)):
        if mark in _OPENERS:
            opened.append(mark)
        elif not opened or _OPENERS[opened.pop()] != _CLOSERS[mark]:
            return str(mark)
    return opened[0] if opened else None

"""Words and marks that only a register's export has: what stands for an empty cell, and brackets
without a partner. How text is cleaned and compared is in ``platform.text``.
"""

from __future__ import annotations

import re
from decimal import Decimal

from backend.app.platform.text import clean, compact, fold, half_width

__all__ = [
    "EMPTY_WORDS",
    "alike",
    "clean",
    "fold",
    "half_width",
    "is_empty",
    "is_error_value",
    "rounded_decimal",
    "unbalanced",
    "without_apostrophe",
    "without_formula",
]

EMPTY_WORDS = frozenset({"N/A", "n/a", "NULL", "null", "None", "nan", "-", "--", "—", "/"})
"""Words that stand for an empty cell in the exports seen so far."""


def alike(text: str) -> str:
    """A form in which two writings of one name or address are equal: width, case, blanks, marks
    nobody sees, one kind of hyphen. Hyphens stay: 3-1号 is not 31号."""
    return compact(text).casefold()


_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?")


def rounded_decimal(text: str, places: int = 10) -> tuple[Decimal, bool] | None:
    """(the number as spreadsheets and maps write it, rounded to `places` decimals; whether that
    changed it), or None. Takes any number of decimals and powers of ten: 3.6123456789012E1."""
    text = half_width(text).strip().replace("\u2212", "-")
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    if number.adjusted() > 14:
        return None
    kept = number.quantize(Decimal(1).scaleb(-places)) if number else Decimal(0)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -places <= exponent <= 0:
        return number, False
    whole = kept == kept.to_integral_value()
    return (kept.quantize(Decimal(1)) if whole else kept.normalize()), kept != number


def is_empty(text: str) -> bool:
    """Return True if the text is one of the words exports write for nothing."""
    return text in EMPTY_WORDS


_ERROR_VALUE = re.compile(
    r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!"
    r"|UNKNOWN!|EXTERNAL!|PYTHON!|GETTING_DATA|错误)|#{2,}|(?:Err|错误)[:：]\s?\d{3}",
    re.IGNORECASE,
)
_ERROR_STARTS = frozenset("#＃Ee错")


def is_error_value(text: str) -> bool:
    """Return True if the text is what a spreadsheet shows for a formula that failed, or for a
    number its column is too narrow for: #N/A, #REF!, Err:502, ####."""
    if not text or text[0] not in _ERROR_STARTS:
        return False
    return bool(_ERROR_VALUE.fullmatch(half_width(text).strip()))


_GUARD = re.compile(r'=\s*"(.*)"', re.DOTALL)
_APOSTROPHES = "'＇’‘`"


def without_formula(text: str) -> str | None:
    """The text inside ="…", a usual way to keep a spreadsheet from reading a code as a number;
    None for any other cell."""
    found = _GUARD.fullmatch(text.strip()) if text.lstrip().startswith("=") else None
    return found[1].replace('""', '"') if found else None


def without_apostrophe(text: str) -> str | None:
    """The text after the leading apostrophe of a code saved as text, or None without one."""
    bare = text.lstrip()
    if len(bare) > 1 and bare[0] in _APOSTROPHES and bare[1].isalnum():
        return bare[1:].rstrip(_APOSTROPHES)
    return None


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

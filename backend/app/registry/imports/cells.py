"""Words and marks that only a register's export has: what stands for an empty cell, and brackets
without a partner. How text is cleaned and compared is in ``platform.text``.
"""

from __future__ import annotations

import re

from backend.app.platform.text import clean, fold, half_width, plain_decimal

__all__ = ["EMPTY_WORDS", "clean", "fold", "half_width", "is_empty", "plain_decimal", "unbalanced"]

EMPTY_WORDS = frozenset({"N/A", "n/a", "#N/A", "NULL", "null", "None", "nan", "-", "--", "—", "/"})
"""Words that stand for an empty cell in the exports seen so far."""


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

"""Characters that a file lost on its way: what a person would see as ？, □, � or gibberish.

It names the damage and never repairs it; a name that may be wrong must not be published unseen.
"""

from __future__ import annotations

import re

LOST = "\ufffd"
"""What stands in a text where a character was that nobody can read."""

_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_REPLACED = re.compile("[\ufffd\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010fffd]")
_BOXES = re.compile("[□▯〓■]")
_CJK = "\u3400-\u9fff\U00020000-\U000323af"
_MARK_IN_NAME = re.compile("[?？]")
_MARK_IN_PROSE = re.compile(f"(?<=[{_CJK}])\\?(?=[{_CJK}])|[?？]{{3,}}")
_ONLY_MARKS = re.compile(r"[?？\s]*[?？][?？\s]*|.*[?？]{2,}.*", re.DOTALL)
_HAS_CJK = re.compile(f"[{_CJK}]")
_KNOWN_GIBBERISH = re.compile(
    "锟斤拷|锟斤|斤拷|烫烫烫|屯屯屯|葺葺葺|ï»¿|â€|Ã[\x80-¿]|å[\x80-¿][\x80-¿]|ä¸"
)
_SHORTEST_MISREAD = 3


def lost_character(text: str, *, name: bool) -> str | None:
    """The first sign that the text lost characters, or None.

    name: the text is a name or an address, where a question mark can only stand for a character
    that was lost; in prose one may be meant.
    """
    if text.isascii():
        return "?" if name and _ONLY_MARKS.fullmatch(text) else None
    for pattern in (_REPLACED, _KNOWN_GIBBERISH):
        if found := pattern.search(text):
            return found[0]
    return _lost_in_name(text) if name else _first(_MARK_IN_PROSE, text)


def control_character(text: str) -> str | None:
    """The first control character of a text as U+0007, or None: no keyboard writes one, so the
    text was damaged. Breaks and tabs are none."""
    if text.isprintable():
        return None
    found = _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0] if found else None


def _lost_in_name(text: str) -> str | None:
    """The first sign in a name that is not ASCII alone."""
    mark = _first(_MARK_IN_NAME, text)
    if mark and (_HAS_CJK.search(text) or _ONLY_MARKS.fullmatch(text)):
        return mark
    if box := _first(_BOXES, text):
        return box
    return text[:8] if read_in_the_wrong_encoding(text) else None


def read_in_the_wrong_encoding(text: str) -> bool:
    """Return True if the text is UTF-8 that somebody read as GBK: its bytes, taken as UTF-8,
    are Chinese again."""
    try:
        again = text.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return False
    return (
        len(again) >= _SHORTEST_MISREAD - 1
        and all(char.isascii() or _HAS_CJK.match(char) or char in "（）、，。" for char in again)
        and bool(_HAS_CJK.search(again))
    )

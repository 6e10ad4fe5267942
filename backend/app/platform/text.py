"""One reading of typed and imported text: width, case, blanks, invisible marks, look-alikes.

Forms, searches, sign-in names and imports all compare text by these functions, so that one finds
what another has stored. Pure. Whether a text fits its field is for the schemas to say.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

_HALF = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_HALF |= {code: code - 0xFEE0 for code in range(0xFF21, 0xFF3B)}
_HALF |= {code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)}
_HALF_ALL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_ODD_BLANKS = "\t\u3000\xa0\u1680\u2000-\u200a\u202f\u205f"
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_ESCAPED_BREAK = re.compile("_x00(?:[01][0-9A-Fa-f]|7[Ff])_")
_BREAKS = re.compile("\\s*[\r\n\u2028\u2029]+\\s*")
_BLANKS = re.compile(f"[ {_ODD_BLANKS}]+")
_NOISE = re.compile(f"[\r\n\u2028\u2029{_ODD_BLANKS}{_UNSEEN}]|  |_x00")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
_MARKS = "()[]{}<>《》〈〉【】〔〕「」『』〖〗〘〙〚〛«»‹›⟨⟩⟪⟫⦅⦆·•・‧⋅∙,，.。、_'\"“”‘’′″`|"
_DROPPED = dict.fromkeys(map(ord, _MARKS + "-"))
LOOK_ALIKES = {"o": "0", "i": "1", "l": "1"}
_SAME_LOOK = str.maketrans(LOOK_ALIKES)


def clean(raw: str, *, keep_lines: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text without what nobody sees or meant, and the codes of what was changed.

    ``keep_lines`` keeps line breaks: they are meant in instructions and an accident in names.
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
    """Return the text without what ``_NOISE`` finds; each kind is added to ``notes`` once."""
    if _ESCAPED_BREAK.search(text):
        text = _ESCAPED_BREAK.sub("", text)
        notes.append("export_leftover")
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
        notes.append("invisible")
    if _BREAKS.search(text):
        text = _BREAKS.sub("\n" if keep_lines else "", text)
        if not keep_lines:
            notes.append("line_break")
    spaced = _BLANKS.sub(" ", text)
    if spaced != text:
        notes.append("spaces")
    return spaced


def one_line(raw: str) -> str:
    """Return the cleaned text with single blanks, line breaks read as blanks."""
    return " ".join(clean(raw, keep_lines=True)[0].split())


def half_width(text: str) -> str:
    """Return the text with every full-width ASCII character as its half-width one."""
    return text if text.isascii() else text.translate(_HALF_ALL)


def compact(text: str) -> str:
    """Return a code as it was meant: NFKC, one kind of hyphen, no blanks or invisible marks."""
    if text.isascii() and text.isalnum():
        return text
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return "".join(_DASHES.sub("-", plain).split())


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the form in which labels are compared: NFKC, lower case, letters and digits only."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in text if char.isalnum())


def plain_words(text: str) -> str:
    """Return the form in which names are compared: NFKC, lower case, no blanks or brackets."""
    if text.isascii() and text.isprintable():
        folded = text.casefold()
    else:
        folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    return "".join(_DASHES.sub("-", folded).translate(_DROPPED).split())


def search_form(text: str) -> str:
    """Return ``plain_words`` with letters and digits of one look made the same (O 0, I l 1)."""
    return plain_words(text).translate(_SAME_LOOK)


_RUN = re.compile(r"[^\W_]+")


def runs_of_words(text: str) -> list[str]:
    """Return the runs of letters and digits of what is sought, NFKC and lower case. What is stored
    has each of them, whatever marks and blanks stand between."""
    return _RUN.findall(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold())


def look_form(code: str) -> str:
    """Return a code with letters and digits of one look made the same: what a reader confuses."""
    return compact(code).casefold().translate(_SAME_LOOK)


_DECIMAL = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?")


def plain_decimal(text: str) -> Decimal | None:
    """Return the number a person wrote, or None.

    At most 15 digits and 10 decimals; a power of ten is no number that a person wrote.
    """
    text = _DASHES.sub("-", half_width(_INVISIBLE.sub("", text))).strip()
    return Decimal(text) if _DECIMAL.fullmatch(text) else None

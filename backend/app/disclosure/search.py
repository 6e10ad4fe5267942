"""Finding a Chinese name by any two of its characters, the same on both databases.

Pure. A name in the form that ``platform.text`` gives it for searching is cut into pairs of
neighbouring characters; a search asks for the names that have all pairs of the words sought.
"""

from __future__ import annotations

from ..platform.text import plain_words, search_form

LONGEST = 60
_NEVER_IN_CODES = str.maketrans("OI", "01")


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of a text; of a single character, that
    character."""
    form = search_form(text)
    if len(form) == 1:
        return frozenset({form})
    return frozenset(form[i : i + 2] for i in range(len(form) - 1))


def terms_of_name(name: str) -> frozenset[str]:
    """Return what is indexed for a name: its pairs and its single characters."""
    return pairs(name) | frozenset(search_form(name))


def code_sought(text: str) -> str | None:
    """Return the code that a search asks for, or None when it asks for a name.

    A code is at least six letters or digits of ASCII and nothing else. Codes have no letters O and
    I, so these are read as 0 and 1.
    """
    code = plain_words(text).upper()
    if len(code) < 6 or not (code.isascii() and code.isalnum()):
        return None
    return code.translate(_NEVER_IN_CODES)

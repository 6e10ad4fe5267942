"""Finding a Chinese name by any two of its characters, the same on both databases.

Pure. A name is folded (width, case, spaces, brackets) and cut into pairs of neighbouring
characters; a search asks for the names that have all pairs of the words sought.
"""

from __future__ import annotations

import unicodedata

_DROPPED = frozenset("()[]{}<>《》〈〉【】「」·・,，.。、-—_'\"“”‘’")
LONGEST = 60


def fold(text: str) -> str:
    """``text`` as it is compared: NFKC, lower case, no spaces or brackets."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace() and c not in _DROPPED)


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a folded text; a lone character is its own."""
    folded = fold(text)
    if len(folded) == 1:
        return frozenset({folded})
    return frozenset(folded[i : i + 2] for i in range(len(folded) - 1))


def terms_of_name(name: str) -> frozenset[str]:
    """What is indexed for a name: its pairs and its single characters."""
    return pairs(name) | frozenset(fold(name))


def looks_like_code(text: str) -> bool:
    """Whether a search is for a code: at least six letters or digits of ASCII and no more."""
    folded = fold(text)
    return len(folded) >= 6 and folded.isascii() and folded.isalnum()

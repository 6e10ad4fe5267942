"""The rules that every step of a draw obeys: states and number, places in the tree, plain texts.
Pure.

What a plan may be is in ``plan_rules``, how a draw may be held in ``ceremony_rules``; everything
about lots, seats and bytes is drawkit's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend.drawkit.encoding import TOKEN

PLANNED, FROZEN, COMMITTED, OPENED = "planned", "frozen", "committed", "opened"
REVEALED, DRAWN, DISPATCHED = "revealed", "drawn", "dispatched"
DISCARDED, CANCELLED, VOIDED = "discarded", "cancelled", "voided"
ORDER = (PLANNED, FROZEN, COMMITTED, OPENED, REVEALED, DRAWN, DISPATCHED)
STATES = (*ORDER, DISCARDED, CANCELLED, VOIDED)
CANCELLABLE = frozenset({FROZEN, COMMITTED})
VOIDABLE = frozenset({OPENED, REVEALED, DRAWN})
RESULT_KNOWN = frozenset({DRAWN, DISPATCHED})
PART_REVEALED = frozenset({OPENED, REVEALED})
"""Something is revealed and nothing drawn: whoever runs the draw could let it lie."""
INVITED, ACCEPTED, DECLINED = "invited", "accepted", "declined"
"""What a department of a joint draw has answered."""
MIN_SEATS = 2
LEAST_TOLD = 5
"""Smaller counts are not told exactly beside sealed names."""
MAX_WITNESS_TEXT = 200
REHEARSED = "-R"
"""The end of a series of rehearsals."""
CHAIN_LENGTH = 1000
"""Batches of replacements a draw can have before its chains are used up."""
CLOSED, RECENT, OTHER, YEARLY = "closed", "recent", "other-draw", "year-cap"
SEALED = "sealed"
"""Stands for the rule in the exclusions of a sealed draw, which are told in total alone."""
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason why a plan cannot be frozen, or a hint about it. ``about`` names the stratum, line
    or department concerned."""

    code: str
    about: str = ""
    count: int = 0


def has_reached(state: str, target: str) -> bool:
    """Return True if a draw in ``state`` is at ``target`` or past it; an ended draw has reached
    nothing."""
    return state in ORDER and ORDER.index(state) >= ORDER.index(target)


def token(text: str) -> str:
    """Return ``text`` if it can stand in a published table, else a short stable stand-in for it."""
    if re.fullmatch(TOKEN, text):
        return text
    return "x" + sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:15]


def series(authority: str, day: date, *, rehearsal: bool = False) -> str:
    """Return the series of a draw: authority, year and half-year plan. Rehearsals have a series of
    their own, so they take no draw's number."""
    name = f"{authority}-{day.year}-H{1 if day.month <= 6 else 2}"
    return name + REHEARSED if rehearsal else name


def number(series_name: str, seq: int) -> str:
    """Return the draw's number, from 1 without gaps in its series."""
    return f"{series_name}-{seq}"


def homes(tree: Mapping[UUID, UUID | None], taking_part: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return, for each department of the tree, the nearest one that takes part: itself or one above
    it.

    ``tree``: department → the one above it. Departments under none of those taking part are
    absent.
    """
    wanted = set(taking_part)
    found: dict[UUID, UUID] = {}
    for start in tree:
        place: UUID | None = start
        seen: set[UUID] = set()
        while place is not None and place not in wanted and place not in seen:
            seen.add(place)
            place = tree.get(place)
        if place in wanted:
            found[start] = place
    return found


def heads(tree: Mapping[UUID, UUID | None], taking_part: Sequence[UUID]) -> list[UUID]:
    """Return the departments taking part that are under no other one of them, in their order. The
    first one, which leads, is always among them."""
    wanted = set(taking_part)
    found = []
    for place, department in enumerate(taking_part):
        above = tree.get(department)
        home = None if above is None else homes(tree, wanted).get(above)
        if place == 0 or home is None:
            found.append(department)
    return found


def blurred(count: int) -> int | str:
    """Return a count as it may be told beside sealed names: a small one as a text such as "<5"."""
    return count if count >= LEAST_TOLD else f"<{LEAST_TOLD}"


def place_of(tree: Mapping[UUID, UUID | None], heads: Iterable[UUID], department: UUID) -> str:
    """Return the digest of a department's place in the tree: every department above it, and those
    below it that its part speaks for."""
    above: list[UUID] = []
    step = tree.get(department)
    while step is not None and step not in above:
        above.append(step)
        step = tree.get(step)
    found = homes(tree, [*heads, department])
    below = sorted(str(one) for one, home in found.items() if home == department)
    return sha256("\n".join([*(str(one) for one in above), "", *below]).encode()).hexdigest()


def is_plain_text(text: str) -> bool:
    """Return True if a witness's text has one form only: NFC, one line, not too long, every
    character visible."""
    return (
        unicodedata.is_normalized("NFC", text)
        and len(text) <= MAX_WITNESS_TEXT
        and not hides_something(text)
    )


_PICTURE = (
    "[#*0-9\u00a9\u00ae\u203c\u2049\u2122-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_PICTURES = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    f"|{_PICTURE}[\ufe0e\ufe0f]?(?:\u200d{_PICTURE}\ufe0f?)*"
)
_HIDDEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""The same lists as in frontend/look/ceremony-secret.js, and no property of Unicode that another
version of it might give to other characters: phone and server have to agree."""


def hides_something(text: str) -> bool:
    """Return True if a public ``text`` contains something invisible: controls, direction marks, or
    marks without width other than those that join a picture."""
    return _HIDDEN.search(_PICTURES.sub(".", text)) is not None


def is_name(text: str, most: int) -> bool:
    """Return True if ``text`` can name a person or an office: 2 to ``most`` characters on one
    line."""
    return (
        2 <= len(text) <= most
        and text == " ".join(text.split())
        and unicodedata.is_normalized("NFC", text)
        and all(unicodedata.category(char)[0] != "C" for char in text)
        and not hides_something(text)
    )

"""What a ceremony's shape may be, how a throw is read, when a lot turns over. Pure.

No database, clock or randomness.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

ROUTINE, CEREMONY = "routine", "ceremony"
FORMS = (ROUTINE, CEREMONY)
MAX_PLACES = 30
DICE_A_THROW = (1, 2, 4, 5, 10, 20)
MIN_DIGITS = 20
JOIN_HOURS = 12
"""How long a ceremony's code lets witnesses in before it has to be opened again."""

TYPED, CONFIRMED, REFUSED = "typed", "confirmed", "refused"

_TURN_SECONDS = 1.5
_ALL_TURNED = 75.0


@dataclass(frozen=True, slots=True)
class Shape:
    """How a draw is held: ``places`` for witnesses, of which ``quorum`` must commit, and how many
    ``dice`` are thrown at a time; ``sealed`` hides the enterprises until after their visits;
    ``all_recusals``: the officers agreed that every recusal is public, else those of drawn rows
    are. All of it is fixed by the freeze."""

    form: str = ROUTINE
    places: int = 1
    quorum: int = 1
    dice: int = 5
    sealed: bool = False
    all_recusals: bool = False

    @property
    def sound(self) -> bool:
        """Whether such a draw can be held."""
        size = self.places == 1 if self.form == ROUTINE else 1 <= self.places <= MAX_PLACES
        fits = self.form in FORMS and self.dice in DICE_A_THROW
        return fits and size and 1 <= self.quorum <= self.places

    def tokens(self) -> list[str]:
        """Ids of the places, ascending by bytes."""
        if self.form == ROUTINE:
            return ["w1"]
        return [f"w{number:02d}" for number in range(1, self.places + 1)]

    def source(self) -> dict[str, str]:
        """The last, public source as the freeze record names it. The number of dice a throw is
        part of the rule: nobody can choose it after the secrets are known."""
        rule = (
            f"Ten-sided dice, {self.dice} a throw, thrown in the room after every reveal and read "
            f"in the order they fell; each throw counts when a second person has confirmed it; "
            f"throws until there are {MIN_DIGITS} digits."
        )
        return {"type": "dice10", "rule": rule}


def read_throw(text: str, dice: int) -> str | None:
    """The digits of one throw of ``dice`` dice (blanks are allowed), or None."""
    digits = "".join(text.split())
    fits = digits.isascii() and digits.isdecimal() and len(digits) == dice
    return digits if fits else None


def throws_needed(dice: int) -> int:
    """How many throws of ``dice`` dice give enough digits."""
    return -(-MIN_DIGITS // dice)


def lots_turned(lots: int, seconds: float) -> int:
    """How many of ``lots`` have been turned over ``seconds`` after the draw: one by one, faster
    when there are many, so that every screen shows the same and a reload changes nothing."""
    if lots == 0 or seconds < 0:
        return 0
    step = min(_TURN_SECONDS, _ALL_TURNED / lots)
    return min(lots, int(seconds / step) + 1)


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
    """Whether something in a public ``text`` is not seen: controls, direction marks, marks without
    width other than those that join a picture."""
    return _HIDDEN.search(_PICTURES.sub(".", text)) is not None


def is_name(text: str, most: int) -> bool:
    """Whether ``text`` can name a person or an office: 2 to ``most`` characters of one line."""
    return (
        2 <= len(text) <= most
        and text == " ".join(text.split())
        and unicodedata.is_normalized("NFC", text)
        and all(unicodedata.category(char)[0] != "C" for char in text)
        and not hides_something(text)
    )

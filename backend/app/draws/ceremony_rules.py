"""The rules of how a draw may be held, and how a throw of the dice is read. Pure.

No database, clock or randomness.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..platform.text import compact

ROUTINE, CEREMONY = "routine", "ceremony"
FORMS = (ROUTINE, CEREMONY)
MAX_PLACES = 30
DICE_A_THROW = (1, 2, 4, 5, 10, 20)
MIN_DIGITS = 20
JOIN_HOURS = 12
"""How long a ceremony's code lets witnesses in before it has to be opened again."""

TYPED, CONFIRMED, REFUSED = "typed", "confirmed", "refused"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a draw is held; the freeze fixes all of it.

    ``places`` for witnesses, of which ``quorum`` must commit; ``dice`` thrown at a time; ``sealed``
    hides the enterprises until after their visits; ``all_recusals``: every recusal is public
    because the officers agreed, else those of drawn rows alone.
    """

    form: str = ROUTINE
    places: int = 1
    quorum: int = 1
    dice: int = 5
    sealed: bool = False
    all_recusals: bool = False

    @property
    def sound(self) -> bool:
        """Return True if the numbers fit each other, so that such a draw can be held."""
        size = self.places == 1 if self.form == ROUTINE else 1 <= self.places <= MAX_PLACES
        fits = self.form in FORMS and self.dice in DICE_A_THROW
        return fits and size and 1 <= self.quorum <= self.places

    def tokens(self) -> list[str]:
        """Return the ids of the places, ascending by bytes."""
        if self.form == ROUTINE:
            return ["w1"]
        return [f"w{number:02d}" for number in range(1, self.places + 1)]

    def source(self) -> dict[str, str]:
        """Return the last, public source of randomness as the freeze record names it.

        The number of dice a throw is part of the rule, so that nobody can choose it after the
        secrets are known.
        """
        rule = (
            f"Ten-sided dice, {self.dice} a throw, thrown in the room after every reveal and read "
            f"in the order they fell; each throw counts when a second person has confirmed it; "
            f"throws until there are {MIN_DIGITS} digits."
        )
        return {"type": "dice10", "rule": rule}


def read_throw(text: str, dice: int) -> str | None:
    """Return the digits of one throw of ``dice`` dice (blanks are allowed), or None if ``text`` is
    no such throw."""
    digits = compact(text)
    fits = digits.isascii() and digits.isdecimal() and len(digits) == dice
    return digits if fits else None


def throws_needed(dice: int) -> int:
    """Return how many throws of ``dice`` dice give enough digits."""
    return -(-MIN_DIGITS // dice)

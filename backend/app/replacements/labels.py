"""Words for causes, reasons and states of replacements, in the reader's language."""

from __future__ import annotations

from flask_babel import LazyString

from ..platform.code_lists import ABSENCES, BARS, GROUNDS
from ..platform.code_words import choices
from ..platform.i18n import lazy_gettext as _l
from . import rules

REASONS: dict[str, LazyString] = {
    **choices(GROUNDS),
    **choices(ABSENCES),
    **choices(BARS),
}
STATES: dict[str, LazyString] = {
    "asked": _l("waits for a second person"),
    "waiting": _l("waiting"),
    "filled": _l("drawn again"),
    "unfilled": _l("vacant: nobody was eligible"),
    "lapsed": _l("lapsed: handed in before"),
    "withdrawn": _l("withdrawn"),
}
WORDS_OF_PROGRAM: dict[str, LazyString] = {
    rules.OVERTAKEN: _l("The officer asked for recusal in the meantime: nobody had to agree"),
    rules.ASKED_TWICE: _l("The seat waited because of another request already"),
}


def settled_label(words: str) -> str:
    """Return why a request came to no draw: a person's words as they are, the program's
    translated."""
    return str(WORDS_OF_PROGRAM.get(words, words))


def reason_label(code: str) -> str:
    """Return the name of a finer reason; "" for none."""
    return str(REASONS.get(code, code))


def state_label(code: str) -> str:
    """Return the name of what became of a seat."""
    return str(STATES.get(code, code))

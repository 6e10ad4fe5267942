"""Names of codes in the reader's language: result categories, follow-ups, lots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..platform.code_lists import FOLLOW_UPS, RESULTS
from ..platform.code_words import word
from ..platform.i18n import gettext as _
from ..platform.i18n import html_lang

_CLEAN, _UNDECIDED, _NEUTRAL = frozenset({"1"}), frozenset({"4", "5"}), frozenset({"7"})
"""Results in green: nothing was found; in amber: found and being corrected, or unclear; without a
colour: not carrying on the business says nothing good or bad. All else is red: found and serious,
or still open."""
_DIGITS = "〇一二三四五六七八九"


def category_label(code: str | None) -> str:
    """Return the result category of list cn-8; an unknown code is shown as it is."""
    return word(RESULTS, code) if code else "—"


def category_colour(code: str | None) -> str:
    """Return the class of the chip that shows a result category; red for a code unknown here."""
    if code in _NEUTRAL:
        return ""
    return "ok" if code in _CLEAN else "warn" if code in _UNDECIDED else "bad"


def follow_up_label(follow_up: Mapping[str, Any] | None) -> str:
    """Return the name of the follow-up, with its last day when it has one."""
    if follow_up is None:
        return "—"
    code, day = str(follow_up.get("code")), follow_up.get("date")
    label = word(FOLLOW_UPS, code)
    return _("%(label)s by %(day)s", label=label, day=day) if day else label


def lot_label(number: int) -> str:
    """Return a lot as slips and minutes write it: 第〇七签 in Chinese."""
    if html_lang() != "zh-CN":
        return _("Lot %(number)s", number=number)
    return "第" + "".join(_DIGITS[int(digit)] for digit in f"{number:02d}") + "签"

"""Names of codes in the reader's language: result categories, follow-ups, lots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..platform.i18n import gettext as _
from ..platform.i18n import html_lang
from ..platform.i18n import lazy_gettext as _l

_CATEGORIES = {
    "1": _l("No problem found"),
    "2": _l("Did not publish what must be published"),
    "3": _l("Published information conceals or falsifies the facts"),
    "4": _l("Cannot be reached at the registered address"),
    "5": _l("Problem found, ordered to correct"),
    "6": _l("Refused to cooperate, serious"),
    "7": _l("Does not carry on the business inspected for"),
    "8": _l("Problem found, to be handled"),
}
_COLOURS = {"1": "ok", "4": "warn", "5": "warn", "7": ""}
"""Green: nothing was found. Amber: found and being corrected, or unclear. No colour: not carrying
on the business says nothing good or bad. Red is all else, found and serious or still open."""
_FOLLOW_UPS = {
    "none": _l("None needed"),
    "ordered": _l("Ordered to correct"),
    "listed_abnormal": _l("Listed as operating abnormally"),
    "transferred": _l("Transferred to case handling"),
    "copied": _l("Copied to another department"),
}
_DIGITS = "〇一二三四五六七八九"


def category_label(code: str | None) -> str:
    """Return the result category of list cn-8; an unknown code is shown as it is."""
    return str(_CATEGORIES.get(code or "", code or "—"))


def category_colour(code: str | None) -> str:
    """Return the class of the chip that shows a result category; red for a code unknown here."""
    return _COLOURS.get(code or "", "bad")


def follow_up_label(follow_up: Mapping[str, Any] | None) -> str:
    """Return the name of the follow-up, with its last day when it has one."""
    if follow_up is None:
        return "—"
    code, day = str(follow_up.get("code")), follow_up.get("date")
    label = str(_FOLLOW_UPS.get(code, code))
    return _("%(label)s by %(day)s", label=label, day=day) if day else label


def lot_label(number: int) -> str:
    """Return a lot as slips and minutes write it: 第〇七签 in Chinese."""
    if html_lang() != "zh-CN":
        return _("Lot %(number)s", number=number)
    return "第" + "".join(_DIGITS[int(digit)] for digit in f"{number:02d}") + "签"

"""Lengths of time in the reader's language, for pages that speak of a phone's clock."""

from __future__ import annotations

from datetime import timedelta

from ..platform.i18n import gettext as _
from ..platform.i18n import ngettext

_MINUTES_A_DAY = 24 * 60
_DAYS_WITHOUT_HOURS = 3
"""From so many days on, hours say nothing more."""


def span(length: timedelta) -> str:
    """Return the absolute length of a time in days, hours and minutes: its two largest parts that
    are not zero, at least one minute."""
    minutes = max(1, int(abs(length).total_seconds()) // 60)
    days, rest = divmod(minutes, _MINUTES_A_DAY)
    hours, left = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(num)s day", "%(num)s days", days))
    if hours and days < _DAYS_WITHOUT_HOURS:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if left and not days:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", left))
    return " ".join(parts)


def clock_error(ahead: timedelta) -> str:
    """Return the sentence that says how wrong a phone's clock was."""
    if ahead > timedelta():
        return _("the phone's clock was %(span)s ahead", span=span(ahead))
    return _("the phone's clock was %(span)s behind", span=span(ahead))

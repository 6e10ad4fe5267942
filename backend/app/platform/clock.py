"""Time comes from here and nowhere else, so that tests can set it.

Moments are aware UTC; days are days in China, since deadlines of the law run there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

CHINA = ZoneInfo("Asia/Shanghai")


def _system() -> datetime:
    return datetime.now(UTC)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    if not has_app_context():
        return _system()
    tick: Callable[[], datetime] = current_app.extensions.get("evenhand.clock", _system)
    return tick()


def local(moment: datetime) -> datetime:
    """Return ``moment`` in the time of China."""
    return moment.astimezone(CHINA)


def today() -> date:
    """Return the present day in China."""
    return local(now()).date()


def rfc3339(moment: datetime) -> str:
    """``moment`` as RFC 3339 in UTC with milliseconds, as every document carries it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

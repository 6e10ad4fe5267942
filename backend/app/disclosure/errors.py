"""What can go wrong when something is made public."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class AlreadyPublished(Problem):
    """The visit's result is public already; a mistake in it needs a correction beside it."""

    code = "disclosure.already_published"
    status = 409
    title = _l("This result is already public. A correction is published beside it")


class RecordNotPublishable(Problem):
    """The record lacks a field that the public document must have; ``field`` names it."""

    code = "disclosure.not_publishable"
    status = 422
    title = _l("The record lacks something that the public document must say")


class BadCursor(Problem):
    """The cursor was not given out by this server."""

    code = "disclosure.bad_cursor"
    status = 422
    title = _l("This cursor was not given out here. Begin again without one")


class DayKnown(Problem):
    """The calendar already has an entry for the day."""

    code = "disclosure.day_known"
    status = 409
    title = _l("This day is already in the table")

"""What can go wrong with a visit."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class NotHandedIn(Problem):
    """The act needs a record that was handed in."""

    code = "visit.not_handed_in"
    status = 409
    title = _l("This record has not been handed in")


class WrongState(Problem):
    """The visit is not in a state from which the act is possible."""

    code = "visit.wrong_state"
    status = 409
    title = _l("This visit has moved on meanwhile. Reload the page")

"""The refusals of replacements, each with its name."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class AbsenceIsPast(Problem):
    """An absence that has ended already cannot be entered."""

    code = "replacements.absence_is_past"
    status = 422
    title = _l("This absence is over already. Enter one that lasts until today or later")


class NothingWaits(Problem):
    """A batch can be asked for only when a seat waits."""

    code = "replacements.nothing_waits"
    status = 409
    title = _l("No seat of this draw waits for a replacement")


class NotReleasedByOneself(Problem):
    """The supervising side releases the second link: an account other than the one that asked, and
    none whose own seat is drawn again."""

    code = "replacements.not_by_oneself"
    status = 403
    title = _l("Who asked for the batch, or left one of its seats, cannot release it")


class NotSecondedByOneself(Problem):
    """The second person must be of the supervising side, must have entered none of it, and must not
    be the officer."""

    code = "replacements.second_person_needed"
    status = 403
    title = _l(
        "A supervisor of the officer's department or oversight has to agree, and nobody who "
        "entered this, changed the officer's entry in the register or is the officer"
    )


class AlreadySettled(Problem):
    """The seat was drawn again, or the request was withdrawn, before."""

    code = "replacements.already_settled"
    status = 409
    title = _l("This has been settled meanwhile. Reload the page")


class ReasonMissing(Problem):
    """Withdrawing a request needs a reason in words."""

    code = "replacements.reason_missing"
    status = 422
    title = _l("Give a reason of at least two characters")


class GroundStands(Problem):
    """The request cannot be withdrawn, since the officer has declared a conflict with the
    enterprise."""

    code = "replacements.ground_stands"
    status = 409
    title = _l(
        "This officer has declared a ground for recusal here, so the seat is drawn again. "
        "If the ground is wrong, end it in the register first"
    )

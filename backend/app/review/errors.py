"""Why a record is not confirmed or sent back."""

from __future__ import annotations

from ..platform.errors import Problem
from ..platform.i18n import lazy_gettext as _l


class AlreadyDecided(Problem):
    """Another supervisor decided first: a revision has one decision."""

    code = "review.already_decided"
    status = 409
    title = _l("Someone has already decided on this record")


class NotHandedIn(Problem):
    """The officers are still, or again, at work on the record."""

    code = "review.not_handed_in"
    status = 409
    title = _l("This record is not handed in, so there is nothing to decide yet")


class StaleRevision(Problem):
    """The page showed another revision than the present one."""

    code = "review.stale_revision"
    status = 409
    title = _l("A newer revision of this record has arrived. Look at it before you decide")


class EvidenceMissing(Problem):
    """Evidence that the record lists has not been verified here; ``missing`` counts the files."""

    code = "review.evidence_missing"
    status = 409
    title = _l("Evidence is still missing. A record is confirmed only when all of it has arrived")


class OwnRecord(Problem):
    """A supervisor cannot confirm a visit that they made themselves."""

    code = "review.own_record"
    status = 403
    title = _l("You took part in this inspection. Another supervisor must decide")


class OtherDepartment(Problem):
    """The record belongs to a department that this supervisor does not answer for."""

    code = "review.other_department"
    status = 403
    title = _l("This record belongs to another department, whose supervisor must decide")


class UnknownTarget(Problem):
    """A reason names a point or a file that the record does not have."""

    code = "review.unknown_target"
    status = 422
    title = _l("A reason names something that is not in this record")

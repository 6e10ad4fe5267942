"""Use cases of the registers' forms that are more than an entry's own fields: leave, recusal
grounds, checklists. Each owns its transaction; entries themselves are in `writing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.app.platform.access import Actor
from backend.app.platform.forms import Submission, made_before, note_made
from backend.app.platform.transactions import unit_of_work
from backend.app.registry.service import checklists, officers


def enter_leave(
    officer_id: UUID, values: dict[str, Any], by: Actor, form: Submission | None = None
) -> None:
    """Enter an officer's leave from its form. Raises NotFound, OutsideYourDepartment."""
    with unit_of_work() as session:
        if made_before(session, form) is None:
            officers.add_leave(session, officer_id, **values, by=by)
            note_made(session, form, officer_id)


def take_leave_back(officer_id: UUID, leave_id: UUID, by: Actor) -> None:
    """Take leave back; gone already is no error. Raises NotFound, OutsideYourDepartment."""
    with unit_of_work() as session:
        officers.drop_leave(session, officer_id, leave_id, by)


def enter_ground(
    officer_id: UUID, values: dict[str, Any], by: Actor, form: Submission | None = None
) -> None:
    """Declare a recusal ground from its form.

    Raises NotFound, OutsideYourDepartment, UnknownEnterprise.
    """
    with unit_of_work() as session:
        if made_before(session, form) is None:
            officers.add_ground(session, officer_id, **values, by=by)
            note_made(session, form, officer_id)


def end_ground(officer_id: UUID, ground_id: UUID, by: Actor) -> None:
    """End a recusal ground; ended already is no error. Raises NotFound, OutsideYourDepartment."""
    with unit_of_work() as session:
        officers.revoke_ground(session, officer_id, ground_id, by)


def save_checklist(
    item_id: UUID, title: str, points: Sequence[checklists.Point], *, version: int, by: Actor
) -> int:
    """Save the editor as a new version; return the number of the version in force afterwards.

    Raises what ``checklists.save_checklist`` raises.
    """
    with unit_of_work() as session:
        made = checklists.save_checklist(session, item_id, title, points, version=version, by=by)
        return made.version

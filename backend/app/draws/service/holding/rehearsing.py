"""A rehearsal: a copy of a plan that goes through every step and never becomes a draw.

Its records carry another version, its numbers another series, its ledger entries another type; it
is neither dispatched nor published, and no step turns it into a draw.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ....platform import clock, ids
from ....platform.access import Actor
from ....platform.forms import Submission, made_before, note_made
from ....platform.transactions import unit_of_work
from ... import rules
from ...errors import WrongState
from ...models import Draw, DrawDepartment, DrawItem
from ..ground import finding, recording

_COPIED = ("name", "department_id", "strata", "team", "exclusions", "cap", "last_day", "revision")


def rehearse(draw_id: UUID, by: Actor, form: Submission | None = None) -> UUID:
    """Make a rehearsal with the same plan, ready to be frozen, and return its id; the same form
    makes one rehearsal.

    Raises NotFound, OutsideYourDepartment, WrongState when the plan is frozen already.
    """
    with unit_of_work() as session:
        known = made_before(session, form)
        if known is not None:
            return known
        draw = finding.get_to_run(session, draw_id, by)
        if draw.state != rules.PLANNED:
            raise WrongState(state=draw.state)
        copy = Draw(
            id=ids.new_id(),
            rehearsal=True,
            created_by=by.account_id,
            created_at=clock.now(),
            **{name: getattr(draw, name) for name in _COPIED},
        )
        session.add(copy)
        session.flush()
        recording.note_step(session, copy, "prepared", by)
        _copy_parts(session, DrawItem, draw.id, copy.id)
        _copy_parts(session, DrawDepartment, draw.id, copy.id)
        note_made(session, form, copy.id)
        return copy.id


def _copy_parts(
    session: Session, kind: type[DrawItem | DrawDepartment], source: UUID, target: UUID
) -> None:
    names = kind.__mapper__.column_attrs.keys()
    for row in session.scalars(select(kind).where(kind.draw_id == source)).all():
        values = {name: getattr(row, name) for name in names}
        session.add(kind(**(values | {"draw_id": target})))

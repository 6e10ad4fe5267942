"""Ending a draw that was begun: cancelled before the first reveal, voided after it.

Both need a reason that is public for ever, and the number stays taken.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from ....disclosure import service as disclosure
from ....platform import clock
from ....platform.access import Actor
from ... import rules
from ...errors import OutsideYourDepartment, ReasonMissing, TookPart, WrongState
from ...models import Draw
from ..ground import finding, recording
from . import witnessing


def cancel(draw_id: UUID, reason: str, by: Actor) -> None:
    """Give up a frozen draw before anything was revealed; a second call changes nothing.

    Raises NotFound, OutsideYourDepartment, WrongState, ReasonMissing.
    """
    with recording.step() as session:
        draw = finding.get_to_run(session, draw_id, by)
        if draw.state == rules.CANCELLED:
            return
        if draw.state not in rules.CANCELLABLE:
            raise WrongState(state=draw.state)
        witnessing.forget_uncommitted(session, draw)
        _end(session, draw, rules.CANCELLED, "aborted", reason, by)


def void(draw_id: UUID, reason: str, by: Actor) -> None:
    """Declare a draw void after the first reveal and before its dispatch; what was revealed and
    drawn stays public.

    Only an authority other than the one that ran the draw may; see ``may_void``. Raises NotFound,
    OutsideYourDepartment, TookPart, WrongState, ReasonMissing.
    """
    with recording.step() as session:
        draw = finding.locked(session, draw_id)
        if draw.state == rules.VOIDED:
            return
        if by.department_id == draw.department_id:
            raise OutsideYourDepartment
        if recording.has_taken_step(session, draw, by):
            raise TookPart
        if draw.state not in rules.VOIDABLE:
            raise WrongState(state=draw.state)
        _end(session, draw, rules.VOIDED, "voided", reason, by)


def may_void(session: Session, draw: Draw, by: Actor) -> bool:
    """Return True if this person is of another authority and took no step of the draw, from its
    plan to its last batch of replacements: nobody may throw away a result they had a hand in."""
    return by.department_id != draw.department_id and not recording.has_taken_step(
        session, draw, by
    )


def _end(session: Session, draw: Draw, state: str, step: str, reason: str, by: Actor) -> None:
    words = disclosure.without_long_numbers(reason.strip())
    if not words:
        raise ReasonMissing
    draw.state, draw.end_reason = state, words
    draw.ended_by, draw.ended_at = by.account_id, clock.now()
    recording.trace(session, draw, step, by, {"reason": words})

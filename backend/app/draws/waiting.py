"""The first page's cards about draws: unfinished draws, and joint draws that wait for an answer."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..platform.access import DEPARTMENT_ADMIN, Actor
from ..platform.i18n import lazy_gettext as _l
from ..platform.overview import Card
from . import rules
from .models import Draw, DrawDepartment
from .service import telling

IN_PROGRESS = tuple(state for state in rules.ORDER if state != rules.DISPATCHED)
"""Somebody has work with the draw: it is planned and neither dispatched nor ended."""


def overview(session: Session, actor: Actor) -> list[Card]:
    """Return the cards of the actor's departments: draws between their plan and the dispatch, and
    invitations."""
    if not actor.may("draw.run"):
        return []
    return [
        *_left_open(session, actor),
        *_invitations(session, actor),
        *_in_progress(session, actor),
    ]


def _left_open(session: Session, actor: Actor) -> list[Card]:
    number = telling.count_left_open(session, actor)
    label = _l("Draws left open after a reveal")
    return [Card(number, label, "/office/draws", "late")] if number else []


def _invitations(session: Session, actor: Actor) -> list[Card]:
    if DEPARTMENT_ADMIN not in actor.roles:
        return []
    held = accounts.role_scope(session, actor.account_id, DEPARTMENT_ADMIN)
    query = (
        select(func.count())
        .select_from(DrawDepartment)
        .join(Draw, Draw.id == DrawDepartment.draw_id)
        .where(
            Draw.state == rules.PLANNED,
            DrawDepartment.answer == rules.INVITED,
            DrawDepartment.department_id.in_(held),
        )
    )
    number = session.scalar(query) or 0
    address = f"/office/draws?state={rules.PLANNED}"
    label = _l("Joint draws that wait for your department's answer")
    return [Card(number, label, address, "warn")] if number else []


def _in_progress(session: Session, actor: Actor) -> list[Card]:
    query = select(func.count()).where(
        Draw.state.in_(IN_PROGRESS), Draw.department_id.in_(actor.scope)
    )
    number = session.scalar(query) or 0
    return [Card(number, _l("Draws in progress"), "/office/draws")] if number else []

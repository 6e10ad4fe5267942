"""What the pages of a department's part of a joint draw show. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..platform.access import current_actor
from ..registry import service as registry
from . import rules, schemas
from .models import Draw, DrawDepartment
from .service import planning
from .views import answers, roster_choices, texts, typed, words

__all__ = ["part_view", "rosters_view", "texts"]


def part_view(
    session: Session,
    draw_id: UUID,
    department_id: UUID,
    form: Mapping[str, Any] | None = None,
    error: ValidationError | None = None,
) -> dict[str, Any]:
    """Return the values of a department's part: as saved, or as typed with what is wrong."""
    actor = current_actor()
    draw, part = planning.joint_part(session, draw_id, department_id, actor)
    own = planning.own_departments(session, draw, department_id)
    shown = form if form is not None else _saved(session, draw, part, own)
    names = {row.id: row.name for row in accounts.departments(session)}
    return {
        "draw": draw,
        "part": part,
        "department": names.get(department_id, ""),
        "lead": names.get(draw.department_id, ""),
        "form": shown,
        "chosen": {str(item) for item in shown["item_ids"]},
        "items": registry.drawable_items(session, own),
        "others": [item for item in _items(session, draw) if item.department_id not in own],
        "names": names,
        "roster": shown,
        "seats": [(str(place), one) for place, one in enumerate(shown["team"])],
        "departments": accounts.departments(session, own),
        "may_answer": draw.state == rules.PLANNED
        and planning.may_answer(session, department_id, actor),
        "error_texts": [] if error is None else texts(error),
        "answers": answers(session, draw),
        **roster_choices(session),
        **words(),
    }


def _items(session: Session, draw: Draw) -> list[Any]:
    return planning.items_of(session, draw)


def _saved(
    session: Session, draw: Draw, part: DrawDepartment, own: frozenset[UUID]
) -> dict[str, Any]:
    return {
        **typed({name: part.roster.get(name, []) for name in schemas.ROSTER_FIELDS}),
        "item_ids": [item.id for item in _items(session, draw) if item.department_id in own],
        "team": [one for one in draw.team if UUID(one["department_id"]) in own],
        "revision": draw.revision,
    }


def rosters_view(
    session: Session, draw_id: UUID, department_id: UUID, roster: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the rosters have in common when this department keeps ``roster``."""
    draw = planning.part_to_show(session, draw_id, department_id, current_actor())
    conditions = {name: roster[name] for name in schemas.ROSTER_FIELDS}
    return {"common": planning.rosters_in_common(session, draw, {department_id: conditions})}

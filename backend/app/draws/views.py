"""The values that the office pages of draws show, for the templates. Reads only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..platform import clock
from ..platform.access import Actor, current_actor
from ..platform.settings import current_settings
from ..registry import service as registry
from . import labels, rules
from .ceremony import views as ceremony
from .models import Draw
from .service import drawing, outcome, planning, telling
from .service.ground import finding

_FRESH_STRATUM: Mapping[str, Any] = {"mode": "ratio", "ratio": "5%"}


def words() -> dict[str, Any]:
    """Return the names that every template of this feature uses."""
    return {
        "state_label": labels.state_label,
        "state_chips": labels.CHIPS,
        "sentence": labels.sentence,
        "reason_label": labels.reason_label,
        "held_label": labels.held_label,
        "exclusion_label": labels.exclusion_label,
        "cause_label": labels.cause_label,
    }


def texts(error: ValidationError) -> list[str]:
    """Return the sentences of an error, each once, in the order of the form."""
    found: list[str] = []

    def walk(value: Any) -> None:
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, str):
                found.append(part)
            else:
                walk(part)

    walk(error.messages_dict)
    return list(dict.fromkeys(found))


def list_view(session: Session, state: str, page: int) -> dict[str, Any]:
    """Return the list with its departments' names."""
    found = planning.listed(session, current_actor(), state, page)
    names = {row.id: row.name for row in accounts.departments(session)}
    states = [(code, labels.state_label(code)) for code in rules.STATES]
    return {
        "page": found,
        "names": names,
        "state": state,
        "states": states,
        "left_open": telling.left_open(session, current_actor()),
        **words(),
    }


def what_view(
    session: Session,
    draw_id: UUID | None,
    form: Mapping[str, Any] | None = None,
    error: ValidationError | None = None,
) -> dict[str, Any]:
    """Return the first step: as saved, or as typed with what is wrong."""
    actor = current_actor()
    draw = None if draw_id is None else _plan(session, draw_id)
    shown: Mapping[str, Any] = form if form is not None else _saved_what(session, draw, actor)
    prepared = accounts.permitted(session, actor, "draw.prepare")
    items = registry.drawable_items(session, prepared)
    departments = accounts.departments(session, prepared)
    everybody = accounts.departments(session)
    return {
        "draw": draw,
        "form": shown,
        "others": [one for one in everybody if str(one.id) != str(shown.get("department_id"))],
        "county_cap": current_settings().visits_a_year,
        "invited": {str(one) for one in shown.get("department_ids", ())},
        "strata": [(str(place), one) for place, one in enumerate(shown["strata"])],
        "items": items,
        "chosen": {str(item) for item in shown["item_ids"]},
        "departments": departments,
        "names": {row.id: row.name for row in everybody},
        "errors": {} if error is None else error.messages_dict,
        "error_texts": [] if error is None else texts(error),
        **roster_choices(session),
        **words(),
    }


def _plan(session: Session, draw_id: UUID) -> Draw:
    """Return the draw for a form of its plan, if this person may prepare it."""
    return finding.get_to_show(session, draw_id, current_actor(), "draw.prepare")


def _saved_what(session: Session, draw: Draw | None, actor: Actor) -> dict[str, Any]:
    if draw is None:
        return {
            "name": "",
            "department_id": actor.department_id,
            "department_ids": [],
            "item_ids": [],
            "strata": [dict(_FRESH_STRATUM)],
            "recent_months": 6,
            "other_draw": True,
            "revision": 1,
        }
    return {
        "name": draw.name,
        "department_id": draw.department_id,
        "department_ids": [row.department_id for row in planning.asked_parts(session, draw)],
        "item_ids": planning.item_ids(session, draw),
        "strata": [_typed(stratum) for stratum in draw.strata],
        **draw.exclusions,
        "revision": draw.revision,
    }


def _typed(stratum: Mapping[str, Any]) -> dict[str, Any]:
    """Return a saved stratum as it was typed: without a name that the program made up for it."""
    label = stratum["label"]
    return {**typed(stratum), "heading": label, "label": label if stratum.get("named") else ""}


def typed(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the saved conditions as they were typed into one field each."""
    return {
        **conditions,
        "regions": " ".join(conditions["regions"]),
        "industries": " ".join(conditions["industries"]),
    }


def count_view(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the counts of the strata typed so far, within the rosters of a saved joint plan."""
    narrowed: tuple[registry.StratumFilter, ...] = ()
    if values["draw_id"] is not None:
        draw = _plan(session, values["draw_id"])
        narrowed = planning.narrowing_rosters(session, draw)
    counted = planning.count_pool(session, values["strata"], values["exclusions"], narrowed)
    return {"counted": counted, "joint": bool(narrowed), **words()}


def roster_choices(session: Session) -> dict[str, Any]:
    """Return the conditions on enterprises that can be ticked."""
    return {
        "risks": [(code, str(label)) for code, label in registry.RISK_CLASSES.items()],
        "kinds": [(code, str(label)) for code, label in registry.ENTERPRISE_KINDS.items()],
        "tags": [(str(tag.id), tag.name) for tag in registry.all_tags(session)],
    }


def stratum_view(session: Session) -> dict[str, Any]:
    """Return a fresh stratum under a number that no other one of the form has."""
    return {"place": _place(), "stratum": _FRESH_STRATUM, **roster_choices(session)}


def seat_view(
    session: Session, draw_id: UUID | None = None, department_id: UUID | None = None
) -> dict[str, Any]:
    """Return a fresh line of the team: of a plan's departments, or of an invited one's own part."""
    actor = current_actor()
    if draw_id is not None and department_id is not None:
        draw = planning.part_to_show(session, draw_id, department_id, actor)
        allowed = planning.own_departments(session, draw, department_id)
    elif draw_id is not None:
        allowed = _team_departments(session, _plan(session, draw_id), actor)
    else:
        allowed = accounts.permitted(session, actor, "draw.prepare")
    return {
        "place": _place(),
        "seat": {"department_id": department_id or actor.department_id, "n": 1},
        "departments": accounts.departments(session, allowed),
    }


def _team_departments(session: Session, draw: Draw, actor: Actor) -> frozenset[UUID]:
    """Return the departments that may have seats: those taking part, those below them, and those
    for which this person prepares."""
    below = [
        planning.department_and_below(session, one) for one in planning.taking_part(session, draw)
    ]
    return accounts.permitted(session, actor, "draw.prepare").union(*below)


def _place() -> str:
    return str(100 + secrets.randbelow(10**8))


def who_view(
    session: Session,
    draw_id: UUID,
    form: Mapping[str, Any] | None = None,
    error: ValidationError | None = None,
) -> dict[str, Any]:
    """Return the second step: as saved, or as typed with what is wrong."""
    draw = _plan(session, draw_id)
    shown: Mapping[str, Any] = form or {
        "team": draw.team,
        "cap": draw.cap,
        "last_day": draw.last_day,
        "revision": draw.revision,
    }
    return {
        "draw": draw,
        "form": shown,
        "seats": [(str(place), one) for place, one in enumerate(shown["team"])],
        "departments": accounts.departments(
            session, _team_departments(session, draw, current_actor())
        ),
        "today": clock.today(),
        "error_texts": [] if error is None else texts(error),
        **words(),
    }


def officers_view(session: Session, draw_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return who may be drawn for a team as typed."""
    draw = _plan(session, draw_id)
    items = planning.item_ids(session, draw)
    team = planning.count_team(session, values["team"], items, values["last_day"])
    return {"team": team, "last_day": values["last_day"], **words()}


def room_view(session: Session, draw_id: UUID) -> tuple[str, dict[str, Any]]:
    """Return template and values: of a plan to be frozen, or of the drawing room."""
    actor = current_actor()
    draw = finding.get(session, draw_id, actor)
    runs = finding.may_run(session, draw, actor)
    names = {row.id: row.name for row in accounts.departments(session)}
    common = {
        "draw": draw,
        "runs": runs,
        "names": names,
        "taking_part": [names.get(one, "") for one in planning.taking_part(session, draw)],
        "items": planning.items_of(session, draw),
        "replacements": outcome.published_batches(session, draw),
        **words(),
    }
    if draw.state == rules.PLANNED:
        seen = planning.overview(session, draw)
        return "draws/freeze.html", {**common, "seen": seen, "answers": answers(session, draw)}
    if draw.state == rules.DISCARDED:
        return "draws/discarded.html", common
    return "draws/room.html", {**common, **ceremony.room(session, draw, actor)}


def answers(session: Session, draw: Draw) -> Sequence[dict[str, Any]]:
    """Return the invited departments with their answers; ``mine`` is True where this person may
    answer."""
    actor = current_actor()
    mine = {row.department_id for row in planning.parts_to_answer(session, draw, actor)}
    names = {row.id: row.name for row in accounts.departments(session)}
    return [
        {
            "id": row.department_id,
            "name": names.get(row.department_id, ""),
            "answer": row.answer,
            "label": labels.answer_label(row.answer),
            "chip": labels.ANSWER_CHIPS[row.answer],
            "reason": row.reason,
            "at": row.answered_at,
            "mine": row.department_id in mine,
        }
        for row in planning.asked_parts(session, draw)
    ]


def extend_view(
    session: Session,
    draw_id: UUID,
    form: Mapping[str, Any] | None = None,
    error: ValidationError | None = None,
) -> dict[str, Any]:
    """Return the values of an extension's page: what is left, what was added, what was typed."""
    draw = finding.get_to_show(session, draw_id, current_actor(), "draw.run")
    return {
        "draw": draw,
        "form": form or {"more": {}, "reason": ""},
        "left": drawing.remaining_rows(session, draw),
        "extensions": outcome.extensions_of(session, draw),
        "allowed": drawing.may_extend(draw),
        "error_texts": [] if error is None else texts(error),
        **words(),
    }

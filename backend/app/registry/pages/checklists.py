"""The checklist editor: points are added, moved and removed by posting the form to itself, so it
works without script and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from backend.app.platform.access import current_actor, requires
from backend.app.platform.errors import Problem
from backend.app.platform.forms import load, load_value, typed
from backend.app.platform.i18n import gettext as _
from backend.app.platform.transactions import read_session
from backend.app.registry.choices import EVIDENCE, FIELD_NAMES, POINT_KINDS
from backend.app.registry.pages.blueprint import bp
from backend.app.registry.pages.point_forms import (
    blank_point,
    forms_of,
    load_points,
    points_in,
    rearranged,
)
from backend.app.registry.schemas import ChecklistForm
from backend.app.registry.service import checklists, editing, items


@bp.get("/items/<uuid:item_id>/checklist")
@requires("registry.edit")
def checklist_edit(item_id: UUID) -> str:
    """The editor, filled with the version in force."""
    with read_session() as session:
        item = items.ITEMS.find_to_change(session, current_actor(), item_id)
        present = checklists.current_checklist(session, item_id)
        points = forms_of([checklists.as_point(row) for row in present.points]) if present else []
        head = {
            "title": present.title if present else item.name[:200],
            "version": present.version if present else 0,
        }
    return _editor(item_id, head, points or [blank_point([])])


@bp.post("/items/<uuid:item_id>/checklist")
@requires("registry.edit")
def checklist_save(item_id: UUID) -> ResponseReturnValue:
    """Rearrange the points and show the editor again, or save a new version."""
    points, action = points_in(typed()), load_value("act", "save")
    if action != "save":
        points, place = rearranged(points, action)
        return _editor(item_id, typed(), points, place=place)
    try:
        return _save(item_id, points)
    except ValidationError as error:
        return _editor(item_id, typed(), points, errors=error.messages_dict), 422
    except Problem as problem:
        return _editor(item_id, typed(), points, problem=problem), problem.status


def _save(item_id: UUID, points: list[dict[str, str]]) -> ResponseReturnValue:
    head, loaded = load(ChecklistForm()), load_points(points)
    version = head["version"]
    by = current_actor()
    number = editing.save_checklist(item_id, head["title"], loaded, version=version, by=by)
    if number == version:
        flash(_("Nothing was different"), "ok")
    else:
        flash(_("Saved as version %(number)s. Older versions stay", number=number), "ok")
    return redirect(f"/office/registry/items/{item_id}", code=303)


def _editor(
    item_id: UUID,
    head: Mapping[str, Any],
    points: list[dict[str, str]],
    *,
    errors: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    place: int | None = None,
) -> str:
    with read_session() as session:
        return render_template(
            "registry/checklist_form.html",
            item=items.ITEMS.find_to_change(session, current_actor(), item_id),
            head=head,
            points=points,
            errors=errors or {},
            problem=problem,
            place=place,
            kinds=POINT_KINDS,
            evidence=EVIDENCE,
            field_names=FIELD_NAMES,
        )

"""Pages of inspection items: list, detail, history, form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.app.platform import clock
from backend.app.platform.access import current_actor, requires
from backend.app.platform.forms import load, submission, submit
from backend.app.platform.i18n import gettext as _
from backend.app.platform.transactions import read_session
from backend.app.platform.web import is_local_address
from backend.app.registry.choices import CATEGORIES, EVIDENCE, POINT_KINDS
from backend.app.registry.models import ChecklistPoint
from backend.app.registry.pages import changes, forms
from backend.app.registry.pages.blueprint import bp
from backend.app.registry.pages.point_forms import condition_word
from backend.app.registry.schemas import ItemForm, PublishingForm
from backend.app.registry.service import items
from backend.app.registry.service.checklists import as_point, versions
from backend.app.registry.service.writing import add_entry, kept_departments, may_keep

_FIELDS = tuple(name for name in ItemForm().fields if name != "revision")
_LISTS = {"materials": "\n", "specialities": "、"}


@bp.get("/items")
@requires("registry.read")
def item_list() -> str:
    """Items with search and filters."""
    actor, wanted = current_actor(), _wanted()
    with read_session() as session:
        return render_template(
            "registry/items.html",
            page=items.list_items(session, actor, wanted, forms.page_number()),
            wanted=wanted,
            kept=kept_departments(session, actor),
            **_departments(session),
            **_day_and_categories(),
        )


def _wanted() -> items.ItemFilter:
    """Return what the address narrows the list to."""
    return items.ItemFilter(
        query=request.args.get("q", ""),
        department_id=forms.chosen_id("department"),
        category=request.args.get("category", ""),
        state=request.args.get("state", ""),
    )


def _departments(session: Session) -> dict[str, Any]:
    """Return all departments as choices and as names by id."""
    choices = forms.department_choices(session, None)
    return {"departments": choices, "names": dict(choices)}


def _day_and_categories() -> dict[str, Any]:
    return {"today": clock.today(), "categories": CATEGORIES}


def _condition_word(rows: Sequence[ChecklistPoint], condition: Mapping[str, str]) -> str:
    return condition_word([as_point(row) for row in rows], condition)


@bp.get("/items/<uuid:item_id>")
@requires("registry.read")
def item_detail(item_id: UUID) -> str:
    """One item with its checklist in force and older versions."""
    with read_session() as session:
        item = items.get_item(session, current_actor(), item_id)
        return render_template(
            "registry/item.html",
            item=item,
            versions=versions(session, item_id),
            shown=request.args.get("version", type=int),
            may_edit=may_keep(session, current_actor(), item.department_id),
            words={"kinds": POINT_KINDS, "evidence": EVIDENCE, "condition": _condition_word},
            **_departments(session),
            **_day_and_categories(),
        )


@bp.get("/items/<uuid:item_id>/history")
@requires("registry.read")
def item_history(item_id: UUID) -> str:
    """Who changed what in an item and in its checklist."""
    with read_session() as session:
        item = items.get_item(session, current_actor(), item_id)
        register = "checklist" if request.args.get("of") == "checklist" else "item"
        return changes.history_page(session, register, item_id, item.name)


@bp.post("/items/publish")
@requires("registry.edit")
def item_publish() -> ResponseReturnValue:
    """Put the chosen items on the published list, or take them off."""
    chosen = load(PublishingForm(), PublishingForm.shape)
    published = chosen["act"] == "publish"
    count = items.publish_items(chosen["item"], published=published, by=current_actor())
    flash(_("%(count)s items changed", count=count), "ok")
    back = chosen["next"]
    return redirect(back if is_local_address(back) else "/office/registry/items", code=303)


@bp.get("/items/new")
@requires("registry.edit")
def item_new() -> str:
    """An empty item form."""
    return _form(None, values={"department_id": current_actor().department_id})


@bp.post("/items/new")
@requires("registry.edit")
def item_add() -> ResponseReturnValue:
    """Save a new item."""

    def save(values: dict[str, Any]) -> str:
        added = add_entry(items.ITEMS, values, current_actor(), submission())
        flash(_("The item was added"), "ok")
        return f"/office/registry/items/{added}"

    return submit(ItemForm(), save, partial(_form, None))


@bp.get("/items/<uuid:item_id>/edit")
@requires("registry.edit")
def item_edit(item_id: UUID) -> str:
    """The item's form, for who keeps it."""
    with read_session() as session:
        item = items.ITEMS.find_to_change(session, current_actor(), item_id)
        values = {**forms.as_form(item, _FIELDS, _LISTS), "revision": item.revision}
    return _form(item_id, values=values)


@bp.post("/items/<uuid:item_id>/edit")
@requires("registry.edit")
def item_save(item_id: UUID) -> ResponseReturnValue:
    """Save the item's form."""
    return forms.save_entry(items.ITEMS, item_id, ItemForm(), partial(_form, item_id))


def _form(item_id: UUID | None, *, values: Any, errors: Any = None, problem: Any = None) -> str:
    with read_session() as session:
        return render_template(
            "registry/item_form.html",
            item_id=item_id,
            values=values,
            errors=errors or {},
            problem=problem,
            departments=forms.kept_departments(session, current_actor()),
            categories=CATEGORIES,
        )

"""Pages of inspection items: list, detail, history, form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.app.platform import clock
from backend.app.platform.access import current_actor, requires
from backend.app.platform.i18n import gettext as _
from backend.app.platform.transactions import read_session, unit_of_work
from backend.app.platform.web import is_local_address
from backend.app.registry.choices import CATEGORIES, EVIDENCE, FIELD_NAMES, POINT_KINDS
from backend.app.registry.models import ChecklistPoint
from backend.app.registry.pages import forms
from backend.app.registry.pages.blueprint import bp
from backend.app.registry.pages.point_forms import condition_word
from backend.app.registry.schemas import ItemForm
from backend.app.registry.service import history, items
from backend.app.registry.service.checklists import as_point, versions
from backend.app.registry.service.writing import kept_departments, may_keep

_FIELDS = tuple(ItemForm().fields)
_LISTS = {"materials": "\n", "specialities": "、"}


@bp.get("/items")
@requires("registry.read")
def item_list() -> str:
    """Items with search and filters."""
    wanted = items.ItemFilter(
        query=request.args.get("q", ""),
        department_id=forms.chosen_id("department"),
        category=request.args.get("category", ""),
        state=request.args.get("state", ""),
    )
    actor = current_actor()
    with read_session() as session:
        page = items.list_items(session, actor, wanted, forms.page_number())
        departments = forms.department_choices(session, None)
        return render_template(
            "registry/items.html",
            page=page,
            wanted=wanted,
            departments=departments,
            names=dict(departments),
            kept=kept_departments(session, actor),
            categories=CATEGORIES,
            today=clock.today(),
        )


def _condition_word(rows: Sequence[ChecklistPoint], condition: Mapping[str, str]) -> str:
    return condition_word([as_point(row) for row in rows], condition)


@bp.get("/items/<uuid:item_id>")
@requires("registry.read")
def item_detail(item_id: UUID) -> str:
    """One item with its checklist in force and older versions."""
    actor = current_actor()
    with read_session() as session:
        item = items.get_item(session, actor, item_id)
        return render_template(
            "registry/item.html",
            item=item,
            names=dict(forms.department_choices(session, None)),
            versions=versions(session, item_id),
            shown=request.args.get("version", type=int),
            may_edit=may_keep(session, actor, item.department_id),
            categories=CATEGORIES,
            point_kinds=POINT_KINDS,
            evidence_names=EVIDENCE,
            condition_word=_condition_word,
            today=clock.today(),
        )


@bp.get("/items/<uuid:item_id>/history")
@requires("registry.read")
def item_history(item_id: UUID) -> str:
    """Who changed what in an item and in its checklist."""
    with read_session() as session:
        item = items.get_item(session, current_actor(), item_id)
        register = "checklist" if request.args.get("of") == "checklist" else "item"
        return render_template(
            "registry/history.html",
            title=item.name,
            back=f"/office/registry/items/{item_id}",
            page=history.of_object(session, register, item_id, forms.page_number()),
            register=register,
            tabs=True,
            fields=FIELD_NAMES,
        )


@bp.post("/items/publish")
@requires("registry.edit")
def item_publish() -> ResponseReturnValue:
    """Put the chosen items on the published list, or take them off."""
    chosen = [UUID(text) for text in request.form.getlist("item")]
    published = request.form.get("act") == "publish"
    with unit_of_work() as session:
        count = items.publish_items(session, chosen, published=published, by=current_actor())
    flash(_("%(count)s items changed", count=count), "ok")
    back = request.form.get("next", "")
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
        with unit_of_work() as session:
            item = items.add_item(session, values, current_actor())
        flash(_("The item was added"), "ok")
        return f"/office/registry/items/{item.id}"

    return forms.submit(ItemForm(), save, lambda **shown: _form(None, **shown))


@bp.get("/items/<uuid:item_id>/edit")
@requires("registry.edit")
def item_edit(item_id: UUID) -> str:
    """The item's form."""
    with read_session() as session:
        item = items.get_item(session, current_actor(), item_id)
        values = {**forms.as_form(item, _FIELDS, _LISTS), "revision": item.revision}
    return _form(item_id, values=values)


@bp.post("/items/<uuid:item_id>/edit")
@requires("registry.edit")
def item_save(item_id: UUID) -> ResponseReturnValue:
    """Save the item's form."""

    def save(values: dict[str, Any]) -> str:
        revision = request.form.get("revision", 0, type=int)
        with unit_of_work() as session:
            changed = items.change_item(session, item_id, values, revision, current_actor())
        flash(_("Saved") if changed else _("Nothing was different"), "ok")
        return f"/office/registry/items/{item_id}"

    return forms.submit(ItemForm(), save, lambda **shown: _form(item_id, **shown))


def _form(item_id: UUID | None, *, values: Any, errors: Any = None, problem: Any = None) -> str:
    with read_session() as session:
        return render_template(
            "registry/item_form.html",
            item_id=item_id,
            values=values,
            errors=errors or {},
            problem=problem,
            departments=_departments(session),
            categories=CATEGORIES,
        )


def _departments(session: Session) -> list[tuple[str, str]]:
    return forms.kept_departments(session, current_actor())

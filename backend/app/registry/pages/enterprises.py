"""Pages of enterprises: list, detail, history, form."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from backend.app.platform.access import current_actor, requires
from backend.app.platform.forms import submission, submit
from backend.app.platform.i18n import gettext as _
from backend.app.platform.text import compact
from backend.app.platform.transactions import read_session
from backend.app.registry.choices import ENTERPRISE_KINDS, RISK_CLASSES, STATUSES
from backend.app.registry.messages import PAIR_REASONS
from backend.app.registry.pages import changes, forms
from backend.app.registry.pages.blueprint import bp
from backend.app.registry.schemas import EnterpriseForm
from backend.app.registry.service import enterprises, likely_pairs
from backend.app.registry.service.writing import add_entry

_FIELDS = tuple(name for name in EnterpriseForm().fields if name not in {"tags", "revision"})
_WORDS = {
    "kinds": ENTERPRISE_KINDS,
    "risks": RISK_CLASSES,
    "statuses": STATUSES,
    "reasons": PAIR_REASONS,
}
"""The closed lists that every page of enterprises shows."""


@bp.get("/enterprises")
@requires("registry.read")
def enterprise_list() -> str:
    """Enterprises with search and filters."""
    wanted = _wanted()
    with read_session() as session:
        return render_template(
            "registry/enterprises.html",
            page=enterprises.list_enterprises(session, wanted, forms.page_number()),
            wanted=wanted,
            tags=[(str(tag.id), tag.name) for tag in enterprises.all_tags(session)],
            **_WORDS,
        )


def _wanted() -> enterprises.EnterpriseFilter:
    """Return what the address narrows the list to."""
    args = request.args
    return enterprises.EnterpriseFilter(
        query=args.get("q", ""),
        region=compact(args.get("region", "")),
        risk_class=args.get("risk", ""),
        industry=compact(args.get("industry", "")),
        tag_id=forms.chosen_id("tag"),
        status=args.get("status", ""),
        kind=args.get("kind", ""),
    )


@bp.get("/enterprises/pairs")
@requires("registry.read")
def enterprise_pairs() -> str:
    """Enterprises in business that are probably one firm."""
    with read_session() as session:
        return render_template(
            "registry/likely_pairs.html",
            pairs=likely_pairs.likely_pairs(session),
            most=likely_pairs.MOST,
            **_WORDS,
        )


@bp.get("/enterprises/<uuid:enterprise_id>")
@requires("registry.read")
def enterprise_detail(enterprise_id: UUID) -> str:
    """One enterprise."""
    actor = current_actor()
    with read_session() as session:
        enterprise = enterprises.get_enterprise(session, enterprise_id)
        kept = enterprises.kept_regions(session, actor)
        return render_template(
            "registry/enterprise.html",
            enterprise=enterprise,
            tags=enterprises.tags_of(session, enterprise_id),
            others=likely_pairs.others_of(session, enterprise),
            may_edit=enterprises.may_keep_region(kept, enterprise.region_code),
            **_WORDS,
        )


@bp.get("/enterprises/<uuid:enterprise_id>/history")
@requires("registry.read")
def enterprise_history(enterprise_id: UUID) -> str:
    """Who changed what."""
    with read_session() as session:
        enterprise = enterprises.get_enterprise(session, enterprise_id)
        return changes.history_page(session, "enterprise", enterprise_id, enterprise.name)


@bp.get("/enterprises/new")
@requires("registry.edit")
def enterprise_new() -> str:
    """An empty enterprise form."""
    return _form(None, values={"status": "active"})


@bp.post("/enterprises/new")
@requires("registry.edit")
def enterprise_add() -> ResponseReturnValue:
    """Save a new enterprise."""

    def save(values: dict[str, Any]) -> str:
        added = add_entry(enterprises.ENTERPRISES, values, current_actor(), submission())
        flash(_("The enterprise was added"), "ok")
        return f"/office/registry/enterprises/{added}"

    return submit(EnterpriseForm(), save, partial(_form, None))


@bp.get("/enterprises/<uuid:enterprise_id>/edit")
@requires("registry.edit")
def enterprise_edit(enterprise_id: UUID) -> str:
    """The enterprise's form, for who keeps its region."""
    with read_session() as session:
        register = enterprises.ENTERPRISES
        enterprise = register.find_to_change(session, current_actor(), enterprise_id)
        values = {
            **forms.as_form(enterprise, _FIELDS, {}),
            "tags": "、".join(enterprises.tags_of(session, enterprise_id)),
            "revision": enterprise.revision,
        }
    return _form(enterprise_id, values=values)


@bp.post("/enterprises/<uuid:enterprise_id>/edit")
@requires("registry.edit")
def enterprise_save(enterprise_id: UUID) -> ResponseReturnValue:
    """Save the enterprise's form."""
    register = enterprises.ENTERPRISES
    return forms.save_entry(
        register, enterprise_id, EnterpriseForm(), partial(_form, enterprise_id)
    )


def _form(
    enterprise_id: UUID | None, *, values: Any, errors: Any = None, problem: Any = None
) -> str:
    with read_session() as session:
        return render_template(
            "registry/enterprise_form.html",
            enterprise_id=enterprise_id,
            values=values,
            errors=errors or {},
            problem=problem,
            known_tags=[tag.name for tag in enterprises.all_tags(session)],
            **_WORDS,
        )

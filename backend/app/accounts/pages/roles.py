"""The page of roles that wait for a second person: agree, refuse with a reason, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ...platform import clock
from ...platform.access import current_actor, requires
from ...platform.errors import Problem
from ...platform.forms import load_value
from ...platform.i18n import gettext as _
from ...platform.transactions import read_session
from .. import service
from ..models import Account, CredentialReset
from ..wording import ROLES
from .blueprint import bp

HERE = "/office/people/roles"


@bp.get(HERE)
@requires("role.agree")
def waiting_roles() -> str:
    """The proposed roles that this person made or may answer."""
    return _page()


def _page(problem: Problem | None = None) -> str:
    with read_session() as session:
        return render_template(
            "accounts/roles.html",
            proposals=service.waiting_roles(session, current_actor()),
            resets=_resets(session),
            roles=ROLES,
            now=clock.now(),
            lifetime=service.PROPOSAL_LIFETIME,
            problem=problem,
        )


def _resets(session: Session) -> list[tuple[CredentialReset, Account, str]]:
    """Return the renewals that wait, each with its account and who ordered it."""
    rows = service.waiting_resets(session, current_actor())
    names = service.names(session, {row.ordered_by for row in rows})
    return [(row, service.account(session, row.account_id), names[row.ordered_by]) for row in rows]


def answered(act: Callable[[], None], words: str) -> ResponseReturnValue:
    """Do what was decided and go back to the page; it says what stands in the way."""
    try:
        act()
    except Problem as problem:
        return _page(problem), problem.status
    flash(words, "ok")
    return redirect(HERE, code=303)


@bp.post("/office/people/roles/<uuid:proposal_id>/agree")
@requires("role.agree", step_up=True)
def do_agree_to_role(proposal_id: UUID) -> ResponseReturnValue:
    """Give a proposed role as the second person."""
    return answered(
        lambda: service.agree_to_role(current_actor(), proposal_id), _("The role is given.")
    )


@bp.post("/office/people/roles/<uuid:proposal_id>/refuse")
@requires("role.agree")
def do_refuse_role(proposal_id: UUID) -> ResponseReturnValue:
    """Refuse a proposed role with a reason."""
    words = load_value("words")
    return answered(
        lambda: service.refuse_role(current_actor(), proposal_id, words), _("The role is refused.")
    )


@bp.post("/office/people/roles/<uuid:proposal_id>/withdraw")
@requires("people.edit")
def do_withdraw_role(proposal_id: UUID) -> ResponseReturnValue:
    """Take an own proposal back."""
    return answered(
        lambda: service.withdraw_role(current_actor(), proposal_id),
        _("The proposal is withdrawn."),
    )

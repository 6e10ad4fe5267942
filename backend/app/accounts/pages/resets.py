"""Renewing the access of an account in use: order, agree, make the code, and the owner's word."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...platform.access import current_actor, requires
from ...platform.forms import load, submission
from ...platform.i18n import gettext as _
from .. import service
from ..schemas import KeptPasskeys
from .blueprint import bp
from .people import code_page
from .roles import answered

ACCOUNT = "/office/account"


@bp.app_template_global("reset_of_own_account")
def reset_of_own_account() -> service.OwnReset | None:
    """Return the renewal of the signed-in person's access that they have to know of, or None."""
    if not current_user.is_authenticated:
        return None
    if "own_reset" not in g:
        g.own_reset = service.reset_of_owner(current_actor().account_id)
    found: service.OwnReset | None = g.own_reset
    return found


@bp.post("/office/people/<uuid:account_id>/reset")
@requires("people.edit", step_up=True)
def do_order_reset(account_id: UUID) -> ResponseReturnValue:
    """Order that the access of an account is renewed."""
    kept = load(KeptPasskeys(), KeptPasskeys.shape)["kept"]
    service.order_reset(current_actor(), account_id, kept)
    flash(_("The renewal is ordered. The owner is told, and a second person has to agree."), "ok")
    return redirect(f"/office/people/{account_id}", code=303)


@bp.post("/office/people/resets/<uuid:reset_id>/agree")
@requires("role.agree", step_up=True)
def do_agree_to_reset(reset_id: UUID) -> ResponseReturnValue:
    """Agree to a renewal as the second person."""
    return answered(
        lambda: service.agree_to_reset(current_actor(), reset_id), _("The renewal is agreed to.")
    )


@bp.post("/office/people/resets/<uuid:reset_id>/withdraw")
@requires("people.edit")
def do_withdraw_reset(reset_id: UUID) -> ResponseReturnValue:
    """Take an own order back."""
    return answered(
        lambda: service.withdraw_reset(current_actor(), reset_id), _("The renewal is withdrawn.")
    )


@bp.post("/office/people/resets/<uuid:reset_id>/code")
@requires("people.edit", step_up=True)
def do_make_reset_code(reset_id: UUID) -> ResponseReturnValue:
    """Make the code of an agreed renewal and show it once."""
    return code_page(*service.make_reset_code(current_actor(), reset_id, submission()))


@bp.post("/office/account/reset/object")
@requires("account.own")
def do_object_to_reset() -> ResponseReturnValue:
    """Stop the renewal of the own access."""
    service.object_to_reset(current_actor())
    flash(_("The renewal of your access is stopped."), "ok")
    return redirect(ACCOUNT, code=303)


@bp.post("/office/account/reset/read")
@requires("account.own")
def do_read_reset() -> ResponseReturnValue:
    """Take note of how a renewal ended."""
    service.read_resets(current_actor())
    return redirect(ACCOUNT, code=303)

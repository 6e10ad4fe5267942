"""The page of one's own account: passkeys, password, browsers, phones, language."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from ...platform.access import current_actor, requires
from ...platform.forms import load, load_value
from ...platform.i18n import gettext as _
from ...platform.i18n import remember_language
from ...platform.transactions import read_session
from .. import rules, service
from ..errors import WeakPassword, WrongPassword
from ..limits import limit_proof
from ..schemas import ChangePassword, NameForm
from ..wording import METHODS, ROLES
from .blueprint import bp

HERE = "/office/account"
LANGUAGES = (("zh-CN", "简体中文"), ("en", "English"))


@bp.get("/office/account")
@requires("account.own")
def account() -> str:
    """What belongs to one's own account."""
    return _page()


def _page(errors: dict[str, Any] | None = None) -> str:
    actor = current_actor()
    with read_session() as session:
        return render_template(
            "accounts/account.html",
            role_names=[ROLES[role] for role in ROLES if role in actor.roles],
            passkeys=service.passkeys_of_account(session, actor.account_id),
            sessions=service.live_sessions(session, actor.account_id),
            devices=service.devices_of_account(session, actor.account_id),
            methods=METHODS,
            languages=LANGUAGES,
            browser_name=rules.browser_name,
            errors=errors or {},
        )


@bp.post("/office/account/password")
@requires("account.own", keep="secret")
@limit_proof
def do_change_password() -> ResponseReturnValue:
    """Set a new password."""
    try:
        service.change_password(current_actor(), **load(ChangePassword()))
    except ValidationError as error:
        return _page(error.messages_dict), 422
    except WrongPassword as problem:
        return _page({"old": [problem.title]}), problem.status
    except WeakPassword as problem:
        return _page({"new": [problem.detail]}), problem.status
    flash(_("The password is changed. All other browsers are signed out."), "ok")
    return redirect(HERE, code=303)


@bp.post("/office/account/passkeys/<uuid:passkey_id>")
@requires("account.own")
def do_rename_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Give a passkey another name."""
    service.rename_passkey(current_actor(), passkey_id, **load(NameForm()))
    return redirect(HERE + "#passkeys", code=303)


@bp.post("/office/account/passkeys/<uuid:passkey_id>/remove")
@requires("account.own")
def do_remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Take a passkey out of use."""
    service.remove_passkey(current_actor(), passkey_id)
    flash(_("The passkey is removed."), "ok")
    return redirect(HERE, code=303)


@bp.post("/office/account/sessions/<uuid:session_id>/end")
@requires("account.own")
def do_end_session(session_id: UUID) -> ResponseReturnValue:
    """Sign another browser out."""
    service.end_session(current_actor(), session_id)
    flash(_("That browser is signed out."), "ok")
    return redirect(HERE, code=303)


@bp.post("/office/account/devices/<uuid:device_id>/revoke")
@requires("account.own")
def do_revoke_device(device_id: UUID) -> ResponseReturnValue:
    """End a phone's right to send."""
    service.revoke_device(current_actor(), device_id)
    flash(_("The phone is revoked."), "ok")
    return redirect(HERE, code=303)


@bp.post("/office/account/language")
@requires("account.own")
def do_choose_language() -> ResponseReturnValue:
    """Keep a language with the account and in this browser."""
    locale = load_value("locale")
    response = redirect(HERE, code=303)
    if locale in dict(LANGUAGES):
        service.choose_language(current_actor(), locale)
        remember_language(response, locale)
    return response

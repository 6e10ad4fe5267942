"""JSON endpoints of passkeys: the browser's ``parse*FromJSON`` and ``toJSON`` on the other side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from ...platform.access import current_actor, public, requires
from ...platform.i18n import gettext as _
from ...platform.transactions import read_session
from .. import service, sessions
from ..limits import limit_asking, limit_passkey_sign_in, limit_proof
from ..schemas import OPTIONS, CredentialAnswer, MeView, NewPasskey, PasskeyView
from .blueprint import bp
from .session import let_in


@bp.post("/passkeys/sign-in/options")
@public
@limit_asking
@bp.response(200, OPTIONS)
def passkey_sign_in_options() -> Response:
    """What the browser needs to offer its passkeys of this site."""
    return jsonify(sessions.keep_challenge(service.passkey_sign_in_options()))


@bp.post("/passkeys/sign-in")
@public
@limit_passkey_sign_in
@bp.arguments(CredentialAnswer)
@bp.response(200, MeView)
def passkey_sign_in(command: dict[str, Any]) -> dict[str, Any]:
    """Sign in with a passkey's answer."""
    challenge = sessions.take_challenge()
    return let_in(service.sign_in_with_passkey(challenge, command["credential"]))


@bp.post("/passkeys/registration/options")
@requires("account.own", step_up=True)
@bp.response(200, OPTIONS)
def passkey_registration_options() -> Response:
    """What the browser needs to make a passkey; a fresh proof comes first."""
    return jsonify(sessions.keep_challenge(service.passkey_registration_options(current_actor())))


@bp.post("/passkeys")
@requires("account.own")
@limit_proof
@bp.arguments(NewPasskey)
@bp.response(201, PasskeyView)
def register_passkey(command: dict[str, Any]) -> Any:
    """Store the passkey that the browser has just made."""
    name = command["name"].strip() or _("Passkey")
    challenge = sessions.take_challenge()
    return service.register_passkey(current_actor(), challenge, command["credential"], name)


@bp.get("/passkeys")
@requires("account.own")
@bp.response(200, PasskeyView(many=True))
def list_passkeys() -> Response:
    """The own passkeys."""
    with read_session() as session:
        rows = service.passkeys_of_account(session, current_actor().account_id)
        return jsonify(PasskeyView(many=True).dump(rows))


@bp.delete("/passkeys/<uuid:passkey_id>")
@requires("account.own")
@bp.response(204)
def remove_passkey(passkey_id: UUID) -> None:
    """Take an own passkey out of use."""
    service.remove_passkey(current_actor(), passkey_id)

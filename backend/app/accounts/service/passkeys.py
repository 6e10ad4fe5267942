"""Passkeys: enrolling one, signing in and stepping up with one, naming and removing them.

py_webauthn checks the bytes. User verification is required everywhere; the counter is recorded
and never refuses, since synced passkeys keep it at zero and clones show in other ways.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ...platform import clock, ids
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.settings import current_settings
from ...platform.transactions import read_session, unit_of_work
from .. import sessions
from ..errors import PasskeyRefused
from ..models import Account, Passkey
from . import challenges, proof, trace

REQUIRED = UserVerificationRequirement.REQUIRED
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
Options = tuple[UUID, dict[str, Any]]


def of_account(session: Session, account_id: UUID) -> Sequence[Passkey]:
    """The account's live passkeys, oldest first."""
    query = select(Passkey).where(Passkey.account_id == account_id, Passkey.revoked_at.is_(None))
    return session.scalars(query.order_by(Passkey.created_at)).all()


def registration_options(actor: Actor) -> Options:
    """The id of a challenge and what the browser needs to make a passkey."""
    challenge_id, value = challenges.issue(challenges.REGISTER, actor.account_id)
    with read_session() as session:
        known = [
            PublicKeyCredentialDescriptor(id=passkey.credential_id)
            for passkey in of_account(session, actor.account_id)
        ]
    options = webauthn.generate_registration_options(
        rp_id=current_settings().hostname,
        rp_name="Evenhand 秉公",
        user_id=actor.account_id.bytes,
        user_name=actor.login,
        user_display_name=actor.name,
        challenge=value,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
    )
    return challenge_id, json.loads(webauthn.options_to_json(options))


def register(
    actor: Actor, challenge_id: UUID | None, credential: dict[str, Any], name: str
) -> Passkey:
    """Store a passkey that the browser has just made; raises :class:`PasskeyRefused`."""
    expected = challenges.take(challenge_id, challenges.REGISTER, actor.account_id)
    settings = current_settings()
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=expected,
            expected_rp_id=settings.hostname,
            expected_origin=settings.origin,
            require_user_verification=True,
        )
        transports = [str(one)[:16] for one in credential["response"].get("transports", [])][:8]
    except UNREADABLE:
        raise PasskeyRefused from None
    with unit_of_work() as session:
        known = select(Passkey.id).where(Passkey.credential_id == made.credential_id)
        if session.scalar(known) is not None:
            raise PasskeyRefused
        passkey = Passkey(
            id=ids.new_id(),
            account_id=actor.account_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=transports,
            name=name,
            created_at=clock.now(),
        )
        session.add(passkey)
        trace.enrolled(session, actor, "passkey", passkey.id)
    return passkey


def sign_in_options() -> Options:
    """The id of a challenge and what the browser needs to offer its passkeys of this site."""
    return _request_options(challenges.SIGN_IN, None, ())


def step_up_options(actor: Actor) -> Options:
    """The same for the signed-in person's own passkeys."""
    with read_session() as session:
        own = [passkey.credential_id for passkey in of_account(session, actor.account_id)]
    return _request_options(challenges.STEP_UP, actor.account_id, own)


def _request_options(purpose: str, account_id: UUID | None, allowed: Sequence[bytes]) -> Options:
    challenge_id, value = challenges.issue(purpose, account_id)
    options = webauthn.generate_authentication_options(
        rp_id=current_settings().hostname,
        challenge=value,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in allowed],
        user_verification=REQUIRED,
    )
    return challenge_id, json.loads(webauthn.options_to_json(options))


def sign_in(challenge_id: UUID | None, credential: dict[str, Any]) -> Actor:
    """Open a session for a passkey's answer; raises :class:`PasskeyRefused`."""
    expected = challenges.take(challenge_id, challenges.SIGN_IN, None)
    with unit_of_work() as session:
        passkey = _proven(session, expected, credential)
        account = session.get_one(Account, passkey.account_id)
        if not account.active or not _names(credential, account.id):
            raise PasskeyRefused
        row = sessions.begin(session, account, "passkey", stepped_up=True)
        return sessions.actor_of(account, row)


def step_up(actor: Actor, challenge_id: UUID | None, credential: dict[str, Any]) -> None:
    """Note a fresh proof on the actor's session; raises :class:`PasskeyRefused`."""
    expected = challenges.take(challenge_id, challenges.STEP_UP, actor.account_id)
    with unit_of_work() as session:
        passkey = _proven(session, expected, credential)
        if passkey.account_id != actor.account_id:
            raise PasskeyRefused
        proof.mark_stepped_up(session, actor.session_id)


def _proven(session: Session, expected: bytes, credential: dict[str, Any]) -> Passkey:
    """The live passkey whose key signed ``expected``; notes its use."""
    try:
        wanted = base64url_to_bytes(credential["rawId"])
    except UNREADABLE:
        raise PasskeyRefused from None
    passkey = session.scalar(
        select(Passkey).where(Passkey.credential_id == wanted, Passkey.revoked_at.is_(None))
    )
    if passkey is None:
        raise PasskeyRefused
    try:
        answer = _verify(passkey, expected, credential)
    except UNREADABLE:
        raise PasskeyRefused from None
    passkey.sign_count = answer.new_sign_count
    passkey.last_used_at = clock.now()
    return passkey


def _verify(
    passkey: Passkey, expected: bytes, credential: dict[str, Any]
) -> VerifiedAuthentication:
    settings = current_settings()
    return webauthn.verify_authentication_response(
        credential=credential,
        expected_challenge=expected,
        expected_rp_id=settings.hostname,
        expected_origin=settings.origin,
        credential_public_key=passkey.public_key,
        credential_current_sign_count=0,  # recorded by the caller, never a reason to refuse
        require_user_verification=True,
    )


def _names(credential: dict[str, Any], account_id: UUID) -> bool:
    """Whether a discoverable answer names the account its key belongs to."""
    handle = credential.get("response", {}).get("userHandle") or ""
    return bool(base64url_to_bytes(handle) == account_id.bytes)


def rename(actor: Actor, passkey_id: UUID, name: str) -> None:
    """Call an own passkey ``name``; raises :class:`NotFound`."""
    with unit_of_work() as session:
        _own(session, actor, passkey_id).name = name


def remove(actor: Actor, passkey_id: UUID) -> None:
    """Take an own passkey out of use for good; raises :class:`NotFound`."""
    with unit_of_work() as session:
        passkey = _own(session, actor, passkey_id)
        passkey.revoked_at = clock.now()
        trace.revoked(session, actor, "passkey", passkey.id)


def _own(session: Session, actor: Actor, passkey_id: UUID) -> Passkey:
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.account_id != actor.account_id or passkey.revoked_at:
        raise NotFound
    return passkey

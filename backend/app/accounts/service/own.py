"""What people do with their own account: sessions, password, language, the first sign-in."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ...platform import clock, ids, keys
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.transactions import read_session, unit_of_work
from .. import passwords, rules, sessions
from ..errors import WeakPassword, WrongCode
from ..models import Account, ActivationCode, LoginSession
from ..wording import slip_sentence, weakness_sentence
from . import proof, trace

CODE_LIFETIME = timedelta(days=7)


def live_sessions(session: Session, account_id: UUID) -> Sequence[LoginSession]:
    """The account's signed-in browsers, the last seen first."""
    query = select(LoginSession).where(
        LoginSession.account_id == account_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > clock.now(),
    )
    return session.scalars(query.order_by(LoginSession.last_seen_at.desc())).all()


def end_session(actor: Actor, session_id: UUID) -> None:
    """Sign one of the own browsers out; raises :class:`NotFound`."""
    with unit_of_work() as session:
        row = session.get(LoginSession, session_id)
        if row is None or row.account_id != actor.account_id or row.revoked_at is not None:
            raise NotFound
        row.revoked_at = clock.now()


def end_other_sessions(session: Session, account_id: UUID, keep: UUID | None) -> None:
    """Sign every browser of the account out but ``keep``, within the caller's transaction."""
    query = update(LoginSession).where(
        LoginSession.account_id == account_id, LoginSession.revoked_at.is_(None)
    )
    if keep is not None:
        query = query.where(LoginSession.id != keep)
    session.execute(query.values(revoked_at=clock.now()))


def change_password(actor: Actor, old: str, new: str) -> None:
    """Set a new password and sign the other browsers out.

    Raises WrongPassword for the old one, WeakPassword for the new one.
    """
    proof.require_password(actor, old)
    hashed = _hash_of_new(actor.login, new)
    with unit_of_work() as session:
        session.get_one(Account, actor.account_id).password_hash = hashed
        end_other_sessions(session, actor.account_id, actor.session_id)
        trace.password_set(session, actor, actor.account_id)


def _hash_of_new(login: str, password: str) -> str:
    weakness = rules.weakness(login, password)
    if weakness is not None:
        raise WeakPassword(weakness_sentence(weakness))
    return passwords.hash_password(password)


def choose_language(actor: Actor, locale: str) -> None:
    """Keep the language (``zh-CN`` or ``en``) with the account."""
    with unit_of_work() as session:
        session.get_one(Account, actor.account_id).locale = locale


def issue_code(session: Session, by: Actor, account_id: UUID) -> tuple[str, datetime]:
    """A one-time activation code and when it expires; earlier ones of the account end.

    Within the caller's transaction. Only its keyed hash is stored: shown once, then gone.
    """
    code = "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(rules.CODE_LENGTH))
    expires = clock.now() + CODE_LIFETIME
    _use_up(session, account_id)
    row = ActivationCode(
        id=ids.new_id(),
        account_id=account_id,
        code_hash=_code_hash(account_id, code),
        expires_at=expires,
        created_by=by.account_id,
    )
    session.add(row)
    trace.enrolled(session, by, "activation_code", row.id)
    return rules.grouped_code(code), expires


def activate(login: str, code: str, password: str) -> Actor:
    """Set the first (or a new) password with an activation code and sign in.

    Raises WrongCode, or WeakPassword, which leaves the code unused.
    """
    with read_session() as session:
        if _open_code(session, login, code) is None:
            raise WrongCode(slip_sentence(rules.slip_in_login(login) or rules.slip_in_code(code)))
    hashed = _hash_of_new(rules.plain_login(login), password)
    with unit_of_work() as session:
        row = _open_code(session, login, code)
        if row is None:
            raise WrongCode
        account = session.get_one(Account, row.account_id)
        account.password_hash = hashed
        _use_up(session, account.id)
        end_other_sessions(session, account.id, None)
        begun = sessions.begin(session, account, "activation", stepped_up=True)
        actor = sessions.actor_of(account, begun)
        trace.password_set(session, actor, account.id)
        return actor


def _open_code(session: Session, login: str, code: str) -> ActivationCode | None:
    """The unused code of an active account; the same work whether the account exists or not."""
    account = session.execute(
        select(Account.id, Account.active).where(Account.login == rules.plain_login(login))
    ).one_or_none()
    owner = account.id if account is not None and account.active else UUID(int=0)
    offered = _code_hash(owner, rules.plain_code(code))
    rows = session.scalars(
        select(ActivationCode)
        .where(
            ActivationCode.account_id == owner,
            ActivationCode.used_at.is_(None),
            ActivationCode.expires_at > clock.now(),
        )
        .with_for_update()
    ).all()
    return next((row for row in rows if hmac.compare_digest(row.code_hash, offered)), None)


def _code_hash(account_id: UUID, code: str) -> str:
    key = keys.derive("activation code")
    return hmac.new(key, account_id.bytes + code.encode(), hashlib.sha256).hexdigest()


def _use_up(session: Session, account_id: UUID) -> None:
    session.execute(
        update(ActivationCode)
        .where(ActivationCode.account_id == account_id, ActivationCode.used_at.is_(None))
        .values(used_at=clock.now())
    )

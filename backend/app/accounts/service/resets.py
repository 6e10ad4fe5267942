"""Renewing the access of an account that was in use: ordered by one person, agreed to by another.

The owner is told and can object; the code is made a day after the agreement, or at once when
oversight agreed. The first code of an account that nobody has used yet stays in ``people``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ...platform import clock, ids
from ...platform.access import OVERSIGHT, Actor
from ...platform.errors import NotFound
from ...platform.forms import Submission, made_before, note_made
from ...platform.transactions import read_alone, unit_of_work
from ..errors import ResetOpen, ResetSettled, ResetTooEarly
from ..models import Account, CredentialReset, Passkey
from . import directory, own, trace
from .independence import note_act, require_independent

DELAY = timedelta(hours=24)
LIFETIME = timedelta(days=30)
ORDERED, AGREED, OBJECTED, WITHDRAWN, USED = "ordered", "agreed", "objected", "withdrawn", "used"
OPEN = (ORDERED, AGREED)


class OwnReset(NamedTuple):
    """What the owner of an account is told of its reset: its state, when it was ordered, and when
    it was settled."""

    state: str
    ordered_at: datetime
    settled_at: datetime | None


def order(
    session: Session, actor: Actor, account: Account, kept_passkeys: Collection[UUID]
) -> None:
    """Order a reset; passkeys that are not among ``kept_passkeys`` end when the code is made.

    Raises ResetOpen while another one is open.
    """
    if open_of_account(session, account.id) is not None:
        raise ResetOpen
    row = CredentialReset(
        id=ids.new_id(),
        account_id=account.id,
        ordered_by=actor.account_id,
        ordered_at=clock.now(),
        kept_passkeys=sorted(str(one) for one in kept_passkeys),
        state=ORDERED,
    )
    session.add(row)
    note_act(session, actor.account_id, account.id, "credentials")
    trace.reset(session, actor, account.id, ORDERED)


def agree(actor: Actor, reset_id: UUID) -> None:
    """Agree as the second person; the code can be made a day later, at once if oversight agrees.

    Twice is once. Raises NotFound, ResetSettled, NotIndependent.
    """
    with unit_of_work() as session:
        row = _reached(session, actor, reset_id)
        if row.state == AGREED and row.agreed_by == actor.account_id:
            return
        if row.state != ORDERED or _is_over(row):
            raise ResetSettled
        account = session.get_one(Account, row.account_id)
        require_independent(
            session,
            "credential.agree",
            first=[row.ordered_by],
            second=actor.account_id,
            departments=[account.department_id],
            about=[account.id],
        )
        now = clock.now()
        row.state, row.agreed_by, row.agreed_at = AGREED, actor.account_id, now
        row.works_at = now if OVERSIGHT in actor.roles else now + DELAY
        note_act(session, actor.account_id, account.id, "credentials")
        trace.reset(session, actor, account.id, AGREED)


def object_to(actor: Actor) -> None:
    """Stop the reset of the own account; without an open one nothing changes."""
    with unit_of_work() as session:
        row = open_of_account(session, actor.account_id)
        if row is not None:
            row.state, row.settled_at = OBJECTED, clock.now()
            trace.reset(session, actor, actor.account_id, OBJECTED)


def withdraw(actor: Actor, reset_id: UUID) -> None:
    """Take an own order back; twice is once. Raises NotFound, ResetSettled."""
    with unit_of_work() as session:
        row = session.get(CredentialReset, reset_id, with_for_update=True)
        if row is None or row.ordered_by != actor.account_id:
            raise NotFound
        if row.state == WITHDRAWN:
            return
        if row.state not in OPEN:
            raise ResetSettled
        row.state, row.settled_at = WITHDRAWN, clock.now()
        trace.reset(session, actor, row.account_id, WITHDRAWN)


def make_code(
    actor: Actor, reset_id: UUID, form: Submission | None = None
) -> tuple[UUID, str | None]:
    """Make the code of an agreed reset whose time has come, by who ordered it; passkeys that are
    not kept end. Return the account and the code, None for a form that was taken before.

    Raises NotFound, ResetTooEarly, ResetSettled.
    """
    with unit_of_work() as session:
        row = session.get(CredentialReset, reset_id, with_for_update=True)
        if row is None or row.ordered_by != actor.account_id:
            raise NotFound
        if made_before(session, form, twins=False) is not None:
            return row.account_id, None
        if row.state != AGREED or row.works_at is None or _is_over(row):
            raise ResetSettled
        if clock.now() < row.works_at:
            raise ResetTooEarly
        note_made(session, form, row.account_id)
        row.state, row.settled_at = USED, clock.now()
        _end_passkeys(session, actor, row)
        trace.reset(session, actor, row.account_id, USED)
        code, _expires = own.issue_code(session, actor, row.account_id)
        return row.account_id, code


def open_of_account(session: Session, account_id: UUID) -> CredentialReset | None:
    """Return the account's reset that is ordered or agreed to and not over, or None."""
    query = select(CredentialReset).where(
        CredentialReset.account_id == account_id, CredentialReset.state.in_(OPEN)
    )
    return next((row for row in session.scalars(query) if not _is_over(row)), None)


_OF_OWNER = (
    select(CredentialReset.state, CredentialReset.ordered_at, CredentialReset.settled_at)
    .where(CredentialReset.account_id == bindparam("owner"), CredentialReset.read_at.is_(None))
    .order_by(CredentialReset.ordered_at.desc())
    .limit(1)
)


def of_owner(account_id: UUID) -> OwnReset | None:
    """Return the newest reset of an account whose end its owner has not read, or None; one that
    nobody settled in time counts as withdrawn."""
    rows: Sequence[Any] = read_alone(_OF_OWNER, {"owner": account_id})
    if not rows:
        return None
    row = rows[0]
    found = OwnReset(row.state, row.ordered_at, row.settled_at)
    over = found.state in OPEN and clock.now() >= found.ordered_at + LIFETIME
    return found._replace(state=WITHDRAWN) if over else found


def read(actor: Actor) -> None:
    """Note that the owner has read what became of resets that are settled."""
    with unit_of_work() as session:
        query = select(CredentialReset).where(
            CredentialReset.account_id == actor.account_id, CredentialReset.read_at.is_(None)
        )
        for row in session.scalars(query):
            if row.state not in OPEN or _is_over(row):
                row.read_at = clock.now()


def waiting(session: Session, actor: Actor) -> Sequence[CredentialReset]:
    """Return the open resets that the actor ordered or may agree to, the oldest first."""
    query = select(CredentialReset).where(CredentialReset.state.in_(OPEN))
    rows = session.scalars(query.order_by(CredentialReset.ordered_at)).all()
    return [
        row
        for row in rows
        if not _is_over(row)
        and (row.ordered_by == actor.account_id or _reaches(session, actor, row))
    ]


def _is_over(row: CredentialReset) -> bool:
    return bool(clock.now() >= row.ordered_at + LIFETIME)


def _reached(session: Session, actor: Actor, reset_id: UUID) -> CredentialReset:
    row = session.get(CredentialReset, reset_id, with_for_update=True)
    if row is None or not _reaches(session, actor, row):
        raise NotFound
    return row


def _reaches(session: Session, actor: Actor, row: CredentialReset) -> bool:
    if actor.account_id in (row.account_id, row.ordered_by):
        return False
    home = session.get_one(Account, row.account_id).department_id
    return home in directory.permitted(session, actor, "role.agree")


def _end_passkeys(session: Session, actor: Actor, row: CredentialReset) -> None:
    live = select(Passkey).where(Passkey.account_id == row.account_id, Passkey.revoked_at.is_(None))
    for passkey in session.scalars(live):
        if str(passkey.id) not in row.kept_passkeys:
            passkey.revoked_at = clock.now()
            trace.revoked(session, actor, "passkey", passkey.id)

"""Deciding roles are given by two persons: one proposes, another one agrees.

An inspector's role stays with one person, and a role is taken away by one person at once; both are
in ``service.people``. Who may agree is decided here and in ``independence``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...platform import clock, ids
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.transactions import unit_of_work
from .. import rules
from ..errors import OtherDepartmentAgrees, ProposalSettled, ReasonNeeded
from ..models import Account, Department, RoleGrant, RoleProposal
from . import directory, trace
from .independence import note_act, require_independent

LIFETIME = timedelta(days=30)
WAITING, AGREED, REFUSED, WITHDRAWN = "waiting", "agreed", "refused", "withdrawn"


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A role that waits for a second person, as the page shows it; ``own`` if the reader proposed
    it."""

    id: UUID
    account: Account
    role: str
    place: Department
    proposed_by: str
    proposal: RoleProposal
    own: bool


def propose(
    session: Session, actor: Actor, account: Account, given: Collection[rules.Grant]
) -> None:
    """Keep that the actor proposes these roles; one that waits already is not proposed again."""
    open_now = {
        (one.role, one.department_id) for one in _open(session) if one.account_id == account.id
    }
    new = sorted(set(given) - open_now, key=str)
    for role, place in new:
        row = RoleProposal(
            id=ids.new_id(),
            account_id=account.id,
            role=role,
            department_id=place,
            proposed_by=actor.account_id,
            proposed_at=clock.now(),
            state=WAITING,
            words="",
        )
        session.add(row)
    if new:
        note_act(session, actor.account_id, account.id, "roles")
        trace.role_proposed(session, actor, account.id, _tokens(session, new))


def agree(actor: Actor, proposal_id: UUID) -> None:
    """Give the proposed role as the second person; twice is once.

    Raises NotFound, ProposalSettled, OtherDepartmentAgrees, NotIndependent.
    """
    with unit_of_work() as session:
        row = _reached(session, actor, proposal_id)
        if row.state == AGREED and row.decided_by == actor.account_id:
            return
        account = _decidable(session, row)
        _refuse_near(session, actor, row)
        places = [row.department_id] if row.role not in rules.WIDE else []
        require_independent(
            session,
            "role.agree",
            first=[row.proposed_by],
            second=actor.account_id,
            departments=places,
            about=[row.account_id],
        )
        _settle(row, actor, AGREED)
        grant = (row.role, row.department_id)
        if grant not in {(one.role, one.department_id) for one in account.grants}:
            session.add(
                RoleGrant(
                    id=ids.new_id(),
                    account_id=account.id,
                    department_id=row.department_id,
                    role=row.role,
                    granted_at=clock.now(),
                    granted_by=actor.account_id,
                )
            )
        note_act(session, actor.account_id, account.id, "roles")
        trace.roles_changed(
            session, actor, account.id, _tokens(session, [grant]), [], proposed_by=row.proposed_by
        )


def refuse(actor: Actor, proposal_id: UUID, words: str) -> None:
    """Say no to a proposed role, with a reason; twice is once.

    Raises NotFound, ProposalSettled, ReasonNeeded.
    """
    if len(words.strip()) < 2:
        raise ReasonNeeded
    with unit_of_work() as session:
        row = _reached(session, actor, proposal_id)
        if row.state == REFUSED and row.decided_by == actor.account_id:
            return
        _decidable(session, row)
        row.words = words.strip()[:500]
        _settle(row, actor, REFUSED)
        _trace_end(session, actor, row)


def withdraw(actor: Actor, proposal_id: UUID) -> None:
    """Take an own proposal back; twice is once. Raises NotFound, ProposalSettled."""
    with unit_of_work() as session:
        row = session.get(RoleProposal, proposal_id, with_for_update=True)
        if row is None or row.proposed_by != actor.account_id:
            raise NotFound
        if row.state == WITHDRAWN:
            return
        _refuse_settled(row)
        _settle(row, actor, WITHDRAWN)
        _trace_end(session, actor, row)


def waiting(session: Session, actor: Actor) -> list[ProposalView]:
    """Return the proposals that the actor made or may answer, the oldest first."""
    rows = [
        one
        for one in _open(session)
        if one.proposed_by == actor.account_id
        or (_reaches(session, actor, one) and not _is_near(session, actor, one))
    ]
    names = directory.names(session, {one.proposed_by for one in rows})
    return [
        ProposalView(
            id=one.id,
            account=session.get_one(Account, one.account_id),
            role=one.role,
            place=session.get_one(Department, one.department_id),
            proposed_by=names[one.proposed_by],
            proposal=one,
            own=one.proposed_by == actor.account_id,
        )
        for one in rows
    ]


def of_account(session: Session, account_id: UUID) -> list[RoleProposal]:
    """Return the proposals for an account that wait."""
    return [one for one in _open(session) if one.account_id == account_id]


def expires_at(row: RoleProposal) -> object:
    """Return the moment after which a proposal cannot be agreed to."""
    return row.proposed_at + LIFETIME


def _open(session: Session) -> Sequence[RoleProposal]:
    query = select(RoleProposal).where(
        RoleProposal.state == WAITING, RoleProposal.proposed_at > clock.now() - LIFETIME
    )
    return session.scalars(query.order_by(RoleProposal.proposed_at, RoleProposal.id)).all()


def _reached(session: Session, actor: Actor, proposal_id: UUID) -> RoleProposal:
    row = session.get(RoleProposal, proposal_id, with_for_update=True)
    if row is None or not _reaches(session, actor, row):
        raise NotFound
    return row


def _reaches(session: Session, actor: Actor, row: RoleProposal) -> bool:
    """Return True if the actor may answer: not about themselves; a role of one department where
    they administer it or oversee all, a wide role from anywhere."""
    if actor.account_id in (row.account_id, row.proposed_by):
        return False
    if row.role in rules.WIDE:
        return actor.may("role.agree")
    return row.department_id in directory.permitted(session, actor, "role.agree")


def _decidable(session: Session, row: RoleProposal) -> Account:
    _refuse_settled(row)
    account = session.get_one(Account, row.account_id)
    if not account.active:
        raise ProposalSettled
    return account


def _refuse_settled(row: RoleProposal) -> None:
    if row.state != WAITING or clock.now() >= row.proposed_at + LIFETIME:
        raise ProposalSettled


def _refuse_near(session: Session, actor: Actor, row: RoleProposal) -> None:
    if _is_near(session, actor, row):
        raise OtherDepartmentAgrees


def _is_near(session: Session, actor: Actor, row: RoleProposal) -> bool:
    """Return True if a wide role would be given within the proposer's department."""
    proposer = session.get_one(Account, row.proposed_by)
    return row.role in rules.WIDE and proposer.department_id == actor.department_id


def _settle(row: RoleProposal, actor: Actor, state: str) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.account_id, clock.now()


def _trace_end(session: Session, actor: Actor, row: RoleProposal) -> None:
    tokens = _tokens(session, [(row.role, row.department_id)])
    trace.role_declined(session, actor, row.account_id, tokens, row.state)


def _tokens(session: Session, grants: Collection[rules.Grant]) -> list[str]:
    return [directory.role_token(session, role, place) for role, place in grants]

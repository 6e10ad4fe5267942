"""Officers 执法人员: the register, leave and recusal grounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform import clock, ids
from backend.app.platform.access import Actor
from backend.app.platform.errors import NotFound
from backend.app.platform.pagination import Page, paginate
from backend.app.registry.errors import UnknownAccount, UnknownEnterprise
from backend.app.registry.models import Enterprise, Officer, OfficerLeave, RecusalGround
from backend.app.registry.service import history
from backend.app.registry.service.search import matches, searchable
from backend.app.registry.service.writing import Register, may_keep, refuse_foreign

EXPIRY_NOTICE = timedelta(days=60)
"""How long before its last day a certificate is shown as running out."""


@dataclass(frozen=True, slots=True)
class OfficerFilter:
    """What a list of officers is narrowed to.

    state: active | inactive | expired | expiring | on_leave.
    """

    query: str = ""
    department_id: UUID | None = None
    state: str = ""


def certificate_state(expires_on: date, today: date) -> str:
    """expired | expiring | valid; a certificate is good on its last day."""
    if expires_on < today:
        return "expired"
    return "expiring" if expires_on <= today + EXPIRY_NOTICE else "valid"


def list_officers(session: Session, actor: Actor, wanted: OfficerFilter, page: int) -> Page[Any]:
    """Officers of the departments this person sees, by certificate number."""
    today = clock.today()
    query = select(Officer).where(
        Officer.department_id.in_(actor.scope), matches(Officer.search_text, wanted.query)
    )
    if wanted.department_id is not None:
        query = query.where(Officer.department_id == wanted.department_id)
    if wanted.state in {"active", "inactive"}:
        query = query.where(Officer.active.is_(wanted.state == "active"))
    elif wanted.state == "expired":
        query = query.where(Officer.certificate_expires_on < today)
    elif wanted.state == "expiring":
        last = today + EXPIRY_NOTICE
        query = query.where(Officer.certificate_expires_on.between(today, last))
    elif wanted.state == "on_leave":
        query = query.where(Officer.id.in_(_away_on(today)))
    return paginate(session, query.order_by(Officer.certificate), page)


def _away_on(day: date) -> Any:
    leave = OfficerLeave
    return select(leave.officer_id).where(leave.starts_on <= day, leave.ends_on >= day)


def get_officer(session: Session, actor: Actor, officer_id: UUID) -> Officer:
    """The officer; raises NotFound outside the departments this person sees."""
    found = session.get(Officer, officer_id)
    if found is None or found.department_id not in actor.scope:
        raise NotFound
    return found


def officers_by_ids(session: Session, officer_ids: Sequence[UUID]) -> list[Officer]:
    """The officers with these ids, by certificate; unknown ids are left out."""
    query = select(Officer).where(Officer.id.in_(officer_ids))
    return list(session.scalars(query.order_by(Officer.certificate)))


def active_officers(session: Session, department_ids: frozenset[UUID]) -> list[Officer]:
    """Active officers of these departments, by certificate."""
    query = select(Officer).where(Officer.active, Officer.department_id.in_(department_ids))
    return list(session.scalars(query.order_by(Officer.certificate)))


def officer_of_account(session: Session, account_id: UUID) -> Officer | None:
    """The officer an account belongs to, or None."""
    return session.scalar(select(Officer).where(Officer.account_id == account_id))


def login_of(session: Session, officer: Officer) -> str:
    """The name the officer signs in with, "" without an account."""
    if officer.account_id is None:
        return ""
    return accounts.account(session, officer.account_id).login


def officer_search_text(values: Mapping[str, Any]) -> str:
    """Return what an officer is found by: name and certificate."""
    return searchable(values["name"], values["certificate"])


class _Officers(Register[Officer]):
    """The register of officers; a certificate may be corrected, and no two officers share one."""

    name, code, model = "officer", "certificate", Officer
    keeps_code = False

    def find(self, session: Session, by: Actor, row_id: UUID) -> Officer:
        """Return the officer; raises NotFound."""
        return get_officer(session, by, row_id)

    def refuse_foreign(self, session: Session, by: Actor, places: Sequence[UUID]) -> None:
        """Raise OutsideYourDepartment unless this person keeps these departments' officers."""
        for department_id in places:
            refuse_foreign(session, by, department_id)

    def place(self, values: Mapping[str, Any]) -> Any:
        """Return the officer's department."""
        return values["department_id"]

    def search_text(self, values: Mapping[str, Any]) -> str:
        """Return what an officer is found by."""
        return officer_search_text(values)

    def read(
        self, session: Session, values: Mapping[str, Any], own: UUID | None, by: Actor
    ) -> dict[str, Any]:
        """Return the values with the sign-in name turned into the account it stands for.

        Raises UnknownAccount for a name of nobody, of a department that this person does not keep,
        of another officer.
        """
        read = dict(values)
        if "login" not in read:
            return read
        login = read.pop("login")
        if not login:
            return {**read, "account_id": None}
        account = accounts.account_by_login(session, login)
        if account is None or not may_keep(session, by, account.department_id):
            raise UnknownAccount
        holder = officer_of_account(session, account.id)
        if holder is not None and holder.id != own:
            raise UnknownAccount
        return {**read, "account_id": account.id}


OFFICERS = _Officers()
add_officer, change_officer = OFFICERS.add, OFFICERS.change


def leaves(session: Session, officer_id: UUID) -> Sequence[OfficerLeave]:
    """An officer's leave, latest first."""
    query = select(OfficerLeave).where(OfficerLeave.officer_id == officer_id)
    return session.scalars(query.order_by(OfficerLeave.starts_on.desc())).all()


def add_leave(
    session: Session, officer_id: UUID, starts_on: date, ends_on: date, note: str, *, by: Actor
) -> None:
    """Enter leave, first and last day included; the same leave twice is entered once."""
    officer = get_officer(session, by, officer_id)
    refuse_foreign(session, by, officer.department_id)
    known = select(OfficerLeave.id).where(
        OfficerLeave.officer_id == officer_id,
        OfficerLeave.starts_on == starts_on,
        OfficerLeave.ends_on == ends_on,
    )
    if session.scalar(known) is not None:
        return
    session.add(
        OfficerLeave(
            id=ids.new_id(), officer_id=officer_id, starts_on=starts_on, ends_on=ends_on, note=note
        )
    )
    if officer.account_id is not None:
        accounts.note_act(session, by.account_id, officer.account_id, "leave")
    span = f"{starts_on} – {ends_on}"
    history.record(
        session, "officer", officer.id, officer.name, by=by, changes={"leave": (None, span)}
    )


def drop_leave(session: Session, officer_id: UUID, leave_id: UUID, by: Actor) -> None:
    """Take leave back; gone already is no error."""
    officer = get_officer(session, by, officer_id)
    refuse_foreign(session, by, officer.department_id)
    leave = session.get(OfficerLeave, leave_id)
    if leave is None or leave.officer_id != officer_id:
        return
    if officer.account_id is not None:
        accounts.note_act(session, by.account_id, officer.account_id, "leave")
    span = f"{leave.starts_on} – {leave.ends_on}"
    session.delete(leave)
    history.record(
        session, "officer", officer.id, officer.name, by=by, changes={"leave": (span, None)}
    )


def grounds(session: Session, officer_id: UUID) -> list[tuple[RecusalGround, Enterprise]]:
    """An officer's recusal grounds in force, newest first, each with its enterprise."""
    query = (
        select(RecusalGround, Enterprise)
        .join(Enterprise, Enterprise.id == RecusalGround.enterprise_id)
        .where(RecusalGround.officer_id == officer_id, RecusalGround.revoked_at.is_(None))
        .order_by(RecusalGround.declared_at.desc())
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def add_ground(
    session: Session, officer_id: UUID, enterprise_code: str, ground: str, note: str, *, by: Actor
) -> None:
    """Declare why an officer must not inspect an enterprise; declared twice counts once.

    Raises UnknownEnterprise when no enterprise has the code.
    """
    officer = get_officer(session, by, officer_id)
    refuse_foreign(session, by, officer.department_id)
    enterprise = session.scalar(select(Enterprise).where(Enterprise.code == enterprise_code))
    if enterprise is None:
        raise UnknownEnterprise
    declare_ground(session, officer, enterprise, ground, note, by=by)


def declare_ground(
    session: Session,
    officer: Officer,
    enterprise: Enterprise,
    ground: str,
    note: str,
    *,
    by: history.Author,
    event_id: UUID | None = None,
) -> None:
    """Declare a ground whoever one is: an officer declares their own, by the recusal ``event_id``.
    Declared twice is once; in the register and by a recusal are two, since each can end alone."""
    known = select(RecusalGround.id).where(
        RecusalGround.officer_id == officer.id,
        RecusalGround.enterprise_id == enterprise.id,
        RecusalGround.revoked_at.is_(None),
        RecusalGround.event_id == event_id,
    )
    if session.scalar(known) is not None:
        return
    session.add(
        RecusalGround(
            id=ids.new_id(),
            officer_id=officer.id,
            enterprise_id=enterprise.id,
            ground=ground,
            note=note,
            declared_at=clock.now(),
            declared_by=by.account_id,
            event_id=event_id,
        )
    )
    history.record(
        session,
        "officer",
        officer.id,
        officer.name,
        by=by,
        changes={"recusal": (None, enterprise.name)},
    )


def revoke_ground_of(session: Session, event_id: UUID, by: Actor) -> None:
    """End the ground that a recusal declared and no other; see ``revoke_ground``."""
    declared = select(RecusalGround).where(RecusalGround.event_id == event_id)
    ground = session.scalar(declared)
    if ground is not None:
        revoke_ground(session, ground.officer_id, ground.id, by)


def revoke_ground(session: Session, officer_id: UUID, ground_id: UUID, by: Actor) -> None:
    """End a recusal ground; its row stays. Ended already is no error."""
    officer = get_officer(session, by, officer_id)
    refuse_foreign(session, by, officer.department_id)
    ground = session.get(RecusalGround, ground_id)
    if ground is None or ground.officer_id != officer_id or ground.revoked_at is not None:
        return
    ground.revoked_at = clock.now()
    enterprise = session.get_one(Enterprise, ground.enterprise_id)
    history.record(
        session,
        "officer",
        officer.id,
        officer.name,
        by=by,
        changes={"recusal": (enterprise.name, None)},
    )

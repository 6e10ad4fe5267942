"""Looking after other people's accounts: adding, roles, ending, activation codes.

Who may touch whom is decided in ``rules``; nobody changes their own roles or account here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from ...platform import clock, events, ids
from ...platform.access import DEPARTMENT_ADMIN, SYSTEM_ADMIN, WIDE_ROLES, Actor
from ...platform.errors import NotFound
from ...platform.forms import Submission, made_before, note_made
from ...platform.i18n import gettext as _
from ...platform.pagination import Page, paginate
from ...platform.text import clean
from ...platform.transactions import unit_of_work
from .. import rules
from ..errors import LoginTaken, NotYourself, NumberTaken, ResetNeeded, RoleNotYours
from ..models import Account, Department, Passkey, RoleGrant
from . import own, proposals, resets, trace
from .independence import note_act


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of people is narrowed to."""

    query: str = ""
    role: str = ""
    department_id: UUID | None = None
    state: str = "active"


def people(session: Session, actor: Actor, wanted: Wanted, page: int) -> Page[Account]:
    """Accounts within the actor's scope that fit ``wanted``, by name."""
    query = select(Account).where(Account.department_id.in_(actor.scope))
    query = _narrowed(query, wanted)
    return paginate(session, query.order_by(Account.name, Account.login), page)


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    for word in clean(wanted.query)[0].split():
        query = query.where(
            or_(
                Account.name.contains(word, autoescape=True),
                Account.login.contains(rules.plain_login(word), autoescape=True),
                Account.employee_number.contains(rules.plain_number(word), autoescape=True),
            )
        )
    if wanted.role:
        holders = select(RoleGrant.account_id).where(RoleGrant.role == wanted.role)
        query = query.where(Account.id.in_(holders))
    if wanted.department_id is not None:
        query = query.where(Account.department_id == wanted.department_id)
    if wanted.state in {"active", "ended"}:
        query = query.where(Account.active.is_(wanted.state == "active"))
    return query


def person(session: Session, actor: Actor, account_id: UUID) -> Account:
    """An account within the actor's scope; raises :class:`NotFound`."""
    found = session.get(Account, account_id)
    if found is None or found.department_id not in actor.scope:
        raise NotFound
    return found


def may_edit(session: Session, actor: Actor, account: Account) -> bool:
    """Whether the actor may change this account: not their own, and all its roles in reach."""
    if account.id == actor.account_id:
        return False
    if SYSTEM_ADMIN in actor.roles:
        return True
    scope = admin_scope(session, actor)
    held = {grant.role for grant in account.grants}
    places = {grant.department_id for grant in account.grants} | {account.department_id}
    return places <= scope and held.isdisjoint(WIDE_ROLES)


def admin_scope(session: Session, actor: Actor) -> frozenset[UUID]:
    """Departments whose people the actor administers; all for a system administrator."""
    tree = dict(session.execute(select(Department.id, Department.parent_id)).all())
    if SYSTEM_ADMIN in actor.roles:
        return frozenset(tree)
    own_places = session.scalars(
        select(RoleGrant.department_id).where(
            RoleGrant.account_id == actor.account_id, RoleGrant.role == DEPARTMENT_ADMIN
        )
    ).all()
    return rules.with_those_below(tree, own_places)


def add_person(
    actor: Actor,
    *,
    login: str,
    name: str,
    employee_number: str,
    department_id: UUID,
    locale: str = "zh-CN",
    form: Submission | None = None,
) -> tuple[UUID, str | None]:
    """Add an account without roles; return its id and its activation code, which is None for a
    form that was taken before: a code is shown once.

    Raises LoginTaken, NumberTaken, RoleNotYours for a department the actor does not administer.
    """
    with unit_of_work() as session:
        known = made_before(session, form)
        if known is not None:
            return known, None
        _refuse_department(session, actor, department_id)
        _refuse_taken(session, login, None)
        _refuse_number(session, employee_number, None)
        account = Account(
            id=ids.new_id(),
            login=rules.plain_login(login),
            name=name.strip(),
            employee_number=rules.plain_number(employee_number),
            number_checked=True,
            department_id=department_id,
            active=True,
            locale=locale,
            created_at=clock.now(),
        )
        session.add(account)
        session.flush()
        note_act(session, actor.account_id, account.id, "created")
        _tell(session, account.id, "added")
        note_made(session, form, account.id)
        code, _expires = own.issue_code(session, actor, account.id)
        return account.id, code


def change_person(
    actor: Actor,
    account_id: UUID,
    *,
    login: str,
    name: str,
    employee_number: str,
    department_id: UUID,
    locale: str,
) -> None:
    """Correct name, login, employee number, home department.

    Raises NotFound, NotYourself, RoleNotYours, LoginTaken, NumberTaken.
    """
    with unit_of_work() as session:
        account = _editable(session, actor, account_id)
        _refuse_department(session, actor, department_id)
        _refuse_taken(session, login, account_id)
        _refuse_number(session, employee_number, account_id)
        account.login = rules.plain_login(login)
        account.name = name.strip()
        account.employee_number = rules.plain_number(employee_number)
        account.number_checked = True
        account.department_id = department_id
        account.locale = locale
        _tell(session, account_id, "corrected")


def set_roles(actor: Actor, account_id: UUID, wanted: Collection[rules.Grant]) -> None:
    """Make ``wanted`` the account's roles; what changes goes to the ledger. Roles are taken at
    once; of those that are given, a deciding one waits for a second person (``proposals``).

    Raises NotFound, NotYourself, RoleNotYours.
    """
    with unit_of_work() as session:
        account = _editable(session, actor, account_id)
        present = {(grant.role, grant.department_id) for grant in account.grants}
        given, taken = set(wanted) - present, present - set(wanted)
        refused = rules.refused_grants(
            changed=given | taken,
            grantor_roles=actor.roles,
            admin_scope=admin_scope(session, actor),
            oversight_office=oversight_office(session),
        )
        if refused:
            raise RoleNotYours
        deciding = {one for one in given if one[0] in rules.DECIDING}
        proposals.propose(session, actor, account, deciding)
        if given - deciding or taken:
            _write_roles(session, actor, account, given - deciding, taken)


def _write_roles(
    session: Session,
    actor: Actor,
    account: Account,
    given: set[rules.Grant],
    taken: set[rules.Grant],
) -> None:
    for role, place in taken:
        session.execute(
            delete(RoleGrant).where(
                RoleGrant.account_id == account.id,
                RoleGrant.role == role,
                RoleGrant.department_id == place,
            )
        )
    for role, place in given:
        session.add(
            RoleGrant(
                id=ids.new_id(),
                account_id=account.id,
                department_id=place,
                role=role,
                granted_at=clock.now(),
                granted_by=actor.account_id,
            )
        )
    note_act(session, actor.account_id, account.id, "roles")
    codes = dict(session.execute(select(Department.id, Department.code)).all())
    trace.roles_changed(
        session,
        actor,
        account.id,
        [rules.role_token(role, codes[place]) for role, place in given],
        [rules.role_token(role, codes[place]) for role, place in taken],
    )
    _tell(session, account.id, "roles")


def oversight_office(session: Session) -> UUID | None:
    """The one oversight office, if it is named yet."""
    return session.scalar(select(Department.id).where(Department.is_oversight))


def set_active(actor: Actor, account_id: UUID, active: bool) -> None:
    """End an account (its browsers are signed out at once) or open it again."""
    with unit_of_work() as session:
        account = _editable(session, actor, account_id)
        account.active = active
        _tell(session, account_id, "reopened" if active else "ended")
        if not active:
            own.end_other_sessions(session, account_id, None)
            trace.account_ended(session, actor, account_id)


def new_code(actor: Actor, account_id: UUID, form: Submission | None = None) -> str | None:
    """Return a fresh first code of an account that nobody has used; earlier ones end. None for a
    form that was taken before: a code is shown once. Raises ResetNeeded for an account in use."""
    with unit_of_work() as session:
        account = _editable(session, actor, account_id)
        if was_used(session, account):
            raise ResetNeeded
        if made_before(session, form, twins=False) is not None:
            return None
        note_made(session, form, account.id)
        note_act(session, actor.account_id, account.id, "credentials")
        code, _expires = own.issue_code(session, actor, account.id)
        return code


def was_used(session: Session, account: Account) -> bool:
    """Return True if somebody has signed in to the account or could: it has a password, or had a
    passkey."""
    keys = select(Passkey.id).where(Passkey.account_id == account.id).limit(1)
    return account.password_hash is not None or session.scalar(keys) is not None


def order_reset(actor: Actor, account_id: UUID, kept_passkeys: Collection[UUID]) -> None:
    """Order that the access of an account in use is renewed; a second person has to agree.

    Raises NotFound, NotYourself, RoleNotYours, ResetOpen.
    """
    with unit_of_work() as session:
        account = _editable(session, actor, account_id)
        resets.order(session, actor, account, kept_passkeys)


def _tell(session: Session, account_id: UUID, change: str) -> None:
    events.publish(session, events.ACCOUNT_CHANGED, account_id, change=change)


def _editable(session: Session, actor: Actor, account_id: UUID) -> Account:
    account = person(session, actor, account_id)
    if account.id == actor.account_id:
        raise NotYourself
    if not may_edit(session, actor, account):
        raise RoleNotYours
    return account


def _refuse_department(session: Session, actor: Actor, department_id: UUID) -> None:
    if department_id not in admin_scope(session, actor):
        raise RoleNotYours


def _refuse_taken(session: Session, login: str, but: UUID | None) -> None:
    """Raise LoginTaken for a login that somebody has, or that looks like one somebody has."""
    for other in session.execute(select(Account.id, Account.login)):
        if other.id != but and rules.look_the_same(login, other.login):
            same = other.login == rules.plain_login(login)
            raise LoginTaken(None if same else _("It looks like “%(other)s”", other=other.login))


def _refuse_number(session: Session, number: str, but: UUID | None) -> None:
    """Raise NumberTaken for an employee number that another account has, ended ones too."""
    query = select(Account).where(Account.employee_number == rules.plain_number(number))
    other = session.scalar(query)
    if other is not None and other.id != but:
        raise NumberTaken(
            _("It is that of %(name)s, %(place)s", name=other.name, place=other.department.name)
        )

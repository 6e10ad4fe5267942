"""The demo county's departments, accounts and officers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from ...accounts.models import Account, Department, RoleGrant
from ...accounts.passwords import hash_password
from ...platform import clock, ids
from ...platform.access import (
    DEPARTMENT_ADMIN,
    INSPECTOR,
    OVERSIGHT,
    SUPERVISOR,
    SYSTEM_ADMIN,
    WIDE_ROLES,
    Actor,
)
from ...registry import service as registry
from . import names

DEMO_PASSWORD = "demo county 2026"  # noqa: S105 - printed on purpose, fictional people only
DEPARTMENTS = (
    ("SCJG", "青禾县市场监督管理局", 34, ("食品", "药品", "登记", "特种设备")),
    ("YJGL", "青禾县应急管理局", 18, ("危化", "工贸", "粉尘")),
    ("XFJY", "青禾县消防救援大队", 14, ("消防",)),
    ("WSJK", "青禾县卫生健康局", 16, ("公共卫生", "医疗", "职业卫生")),
    ("STHJ", "市生态环境局青禾分局", 14, ("环保",)),
    ("WHLY", "青禾县文化和旅游局", 12, ("文化", "旅游")),
    ("ZJJG", "青禾县住房和城乡建设局", 12, ("建筑", "燃气")),
    ("SGB", "青禾县审批改革办公室", 0, ()),
)
DEMO_ACCOUNTS = (
    ("admin", DEPARTMENT_ADMIN, "市场监督管理局: registers, draws"),
    ("chen", SUPERVISOR, "市场监督管理局: reviews and confirms, may be a draw's witness"),
    ("wang", INSPECTOR, "市场监督管理局: visits on the phone"),
    ("zhao", INSPECTOR, "市场监督管理局: visits on the phone"),
    ("oversight", OVERSIGHT, "审批改革办公室: sees everything, joint draws"),
    ("system", SYSTEM_ADMIN, "审批改革办公室: people and departments"),
    ("yjadmin", DEPARTMENT_ADMIN, "应急管理局: registers, draws"),
    ("yjchen", SUPERVISOR, "应急管理局: reviews and confirms"),
)
_NAMES = {
    "admin": "刘志远",
    "chen": "陈思雨",
    "wang": "王敏",
    "zhao": "赵立",
    "oversight": "周文博",
    "system": "高雨晴",
    "yjadmin": "孙建国",
    "yjchen": "韩雪梅",
}


@dataclass(slots=True)
class People:
    """The people of the county: departments by code, officers by the code of their department."""

    departments: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    officers: dict[str, list[UUID]] = field(default_factory=dict)
    account_of_officer: dict[UUID, UUID] = field(default_factory=dict)


def make_people(session: Session, random: Random, today: date) -> People:
    """Make departments, an account for each role, and 120 officers with account and certificate;
    some are on leave. Returns them."""
    people = People()
    for code, name, _count, _specialities in DEPARTMENTS:
        made = Department(
            id=ids.new_id(),
            code=code,
            name=name,
            region_code=names.REGION,
            is_oversight=code == "SGB",
            active=True,
        )
        session.add(made)
        people.departments[code] = made.id
    session.flush()
    password = hash_password(DEMO_PASSWORD)
    for login, role, _what in DEMO_ACCOUNTS:
        code = "YJGL" if login.startswith("yj") else "SGB" if role in _COUNTY else "SCJG"
        _account(session, people, login, _NAMES[login], code, role, password)
    for code, name, _count, _specialities in DEPARTMENTS[2:7]:
        _account(
            session,
            people,
            f"{code.lower()}admin",
            f"{name}管理员",
            code,
            DEPARTMENT_ADMIN,
            password,
        )
        _account(
            session, people, f"{code.lower()}chen", f"{name}监督人员", code, SUPERVISOR, password
        )
    session.flush()
    _make_officers(session, people, random, today, password)
    return people


_ACCOUNTS_ARE_OLD = timedelta(days=400)
"""So that a second person is at hand in each department from the first day."""
_COUNTY = {OVERSIGHT, SYSTEM_ADMIN}


def _account(
    session: Session,
    people: People,
    login: str,
    name: str,
    code: str,
    role: str,
    password: str,
) -> UUID:
    department, number = people.departments[code], len(people.accounts) + 1
    account = Account(
        id=ids.new_id(),
        login=login,
        name=name,
        employee_number=f"{code}{number:04d}",
        number_checked=True,
        password_hash=password,
        department_id=department,
        active=True,
        locale="zh-CN",
        created_at=clock.now() - _ACCOUNTS_ARE_OLD,
    )
    session.add(account)
    session.flush()
    session.add(
        RoleGrant(id=ids.new_id(), account_id=account.id, department_id=department, role=role)
    )
    people.accounts[login] = account.id
    return account.id


def actor(session: Session, people: People, login: str) -> Actor:
    """Return the person ``login`` as the services know them, with a proof given just now."""
    account = session.get_one(Account, people.accounts[login])
    wide = any(grant.role in WIDE_ROLES for grant in account.grants)
    own = frozenset(people.departments.values()) if wide else frozenset({account.department_id})
    return Actor(
        account_id=account.id,
        login=login,
        name=account.name,
        department_id=account.department_id,
        department_name=account.department.name,
        roles=frozenset(grant.role for grant in account.grants),
        find_scope=lambda: own,
        session_id=ids.new_id(),
        step_up_at=clock.now(),
    )


def _make_officers(
    session: Session, people: People, random: Random, today: date, password: str
) -> None:
    by = actor(session, people, "system")
    for number, (code, _name, count, specialities) in enumerate(DEPARTMENTS, 1):
        people.officers[code] = []
        for place in range(count):
            login = ("wang", "zhao")[place] if code == "SCJG" and place < 2 else ""
            name = _NAMES.get(login) or names.person(random)
            account = people.accounts.get(login) or _account(
                session, people, f"{code.lower()}{place + 1:02d}", name, code, INSPECTOR, password
            )
            held = (
                list(specialities)
                if place < 2
                else random.sample(specialities, random.randint(1, len(specialities)))
            )
            officer = registry.add_officer(
                session,
                {
                    "account_id": account,
                    "department_id": people.departments[code],
                    "name": name,
                    "certificate": names.certificate(random, number, place + 1),
                    "certificate_expires_on": _expiry(random, today, place),
                    "specialities": held,
                    "phone": names.phone(random),
                    "active": not (place > 4 and random.random() < 0.03),
                },
                by,
            )
            people.officers[code].append(officer.id)
            people.account_of_officer[officer.id] = account
            if place > 3 and random.random() < 0.06:
                starts = today + timedelta(days=random.randint(-3, 10))
                ends = starts + timedelta(days=12)
                registry.add_leave(session, officer.id, starts, ends, "年休假", by=by)


def _expiry(random: Random, today: date, place: int) -> date:
    """Return the last day of a certificate: mostly years away, now and then near or past."""
    if place > 4 and random.random() < 0.05:
        return today + timedelta(days=random.randint(-40, 40))
    return today + timedelta(days=random.randint(200, 1500))

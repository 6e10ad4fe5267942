"""People for tests, made as rows with the program's own models."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Department, RoleGrant
from backend.app.accounts.passwords import hash_password
from backend.app.platform.database import db

PASSWORD = "correct horse battery"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""Accounts of tests are old unless a test is about young ones."""
_numbers = count(1)


def make_department(
    name: str = "市场监督管理局",
    *,
    parent: Department | None = None,
    region_code: str = "370399",
    is_oversight: bool = False,
) -> Department:
    """A department, committed."""
    number = next(_numbers)
    with Session(db.engine, expire_on_commit=False) as session:
        made = Department(
            code=f"D{number:03d}",
            name=f"{name}{number}",
            parent_id=parent.id if parent else None,
            region_code=region_code,
            is_oversight=is_oversight,
            active=True,
        )
        session.add(made)
        session.commit()
        return made


def make_account(
    *,
    role: str | None = "supervisor",
    department: Department | None = None,
    name: str = "测试人员",
    login: str | None = None,
    active: bool = True,
    activated: bool = True,
    created_at: datetime = LONG_AGO,
) -> Account:
    """An account with one role (or none) in a department, committed, and with a password unless it
    was never activated."""
    where = department or make_department()
    number = next(_numbers)
    with Session(db.engine, expire_on_commit=False) as session:
        made = Account(
            login=login or f"person{number}",
            name=f"{name}{number}",
            employee_number=f"N{number:05d}",
            created_at=created_at,
            password_hash=hash_password(PASSWORD) if activated else None,
            department_id=where.id,
            active=active,
            locale="zh-CN",
        )
        session.add(made)
        session.flush()
        if role is not None:
            session.add(RoleGrant(account_id=made.id, department_id=where.id, role=role))
        session.commit()
        session.refresh(made)
        return made


def add_role(account: Account, role: str) -> None:
    """One more role in the account's own department, committed."""
    with Session(db.engine) as session:
        session.add(
            RoleGrant(account_id=account.id, department_id=account.department_id, role=role)
        )
        session.commit()

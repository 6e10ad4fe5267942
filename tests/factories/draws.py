"""A small county to draw in: departments, an item with a checklist, officers, enterprises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Department
from backend.app.draws.models import Draw, DrawRow
from backend.app.draws.service import drawing, holding, outcome, planning
from backend.app.platform import clock, ids
from backend.app.platform.access import PERMISSIONS, Actor
from backend.app.platform.database import db
from backend.app.registry.models import (
    Checklist,
    ChecklistPoint,
    Enterprise,
    InspectionItem,
    Officer,
)
from tests.factories.accounts import make_account, make_department

DICE = "63454660390103169462"
TEXT = "骰子 4163"
RAND = bytes(range(32))
_numbers = count(1)


def actor_of(account: Account, *roles: str, scope: frozenset[UUID] | None = None) -> Actor:
    """The actor that an account is, freshly proven."""
    assert set(roles) <= set().union(*PERMISSIONS.values())
    return Actor(
        account_id=account.id,
        login=account.login,
        name=account.name,
        department_id=account.department_id,
        department_name="",
        roles=frozenset(roles),
        find_scope=lambda: scope or frozenset({account.department_id}),
        session_id=ids.new_id(),
        step_up_at=clock.now(),
    )


@dataclass
class County:
    """What a draw needs; ``operator`` and ``witness`` are of the same department."""

    department: Department
    operator_account: Account
    witness_account: Account
    operator: Actor
    witness: Actor
    item: InspectionItem
    officers: list[Officer] = field(default_factory=list)
    enterprises: list[Enterprise] = field(default_factory=list)


def make_county(
    *, officers: int = 6, risks: str = "AAAAAAAAAABBBBBB", department: Department | None = None
) -> County:
    """A department with an item, ``officers`` officers and one enterprise a letter of ``risks``."""
    where = department or make_department()
    operator = make_account(role="department_admin", department=where)
    witness = make_account(role="supervisor", department=where)
    with Session(db.engine, expire_on_commit=False) as session:
        item = make_item(session, where)
        county = County(
            department=where,
            operator_account=operator,
            witness_account=witness,
            operator=actor_of(operator, "department_admin"),
            witness=actor_of(witness, "supervisor"),
            item=item,
            officers=[make_officer(session, where) for _ in range(officers)],
            enterprises=[make_enterprise(session, risk_class=risk) for risk in risks],
        )
        session.commit()
        return county


def make_item(session: Session, department: Department, **changes: Any) -> InspectionItem:
    """A published item with a checklist of one point."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"ITEM{number:04d}",
        "name": f"食品经营监督检查{number}",
        "department_id": department.id,
        "published": True,
    }
    item = InspectionItem(id=ids.new_id(), **(values | changes))
    session.add(item)
    session.flush()
    sheet = Checklist(
        id=ids.new_id(), item_id=item.id, title="检查表", version=1, content_hash="0" * 64
    )
    point = ChecklistPoint(id=ids.new_id(), position=1, no="1", text="亮证经营", kind="pass")
    sheet.points.append(point)
    session.add(sheet)
    session.flush()
    return item


def make_officer(session: Session, department: Department, **changes: Any) -> Officer:
    """An active officer whose certificate is good for a year."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "department_id": department.id,
        "name": f"执法员{number}",
        "certificate": f"ZF{number:06d}",
        "certificate_expires_on": clock.today() + timedelta(days=365),
        "specialities": [],
        "active": True,
    }
    officer = Officer(id=ids.new_id(), **(values | changes))
    session.add(officer)
    session.flush()
    return officer


def make_enterprise(session: Session, **changes: Any) -> Enterprise:
    """An enterprise in business."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"91370399MA{number:08d}",
        "name": f"青禾县第{number}食品店",
        "region_code": "370399",
        "risk_class": "A",
        "industry": "食品",
        "status": "active",
    }
    enterprise = Enterprise(id=ids.new_id(), **(values | changes))
    session.add(enterprise)
    session.flush()
    return enterprise


def stratum(position: int = 0, **changes: Any) -> dict[str, Any]:
    """A stratum as the form's schema leaves it: half of risk class A."""
    values: dict[str, Any] = {
        "code": f"S{position + 1:02d}",
        "label": "A",
        "risk_classes": ["A"],
        "regions": [],
        "industries": [],
        "kinds": [],
        "tags": [],
        "mode": "ratio",
        "ratio": "50%",
        "num": 50,
        "den": 100,
        "count": None,
        "min": 0,
        "max": None,
    }
    return values | changes


def what(county: County, **changes: Any) -> dict[str, Any]:
    """The first step: half of class A, two of class B."""
    values: dict[str, Any] = {
        "name": "食品经营双随机抽查",
        "department_id": county.department.id,
        "item_ids": [county.item.id],
        "strata": [
            stratum(0),
            stratum(1, label="B", risk_classes=["B"], mode="number", num=0, den=1, count=2),
        ],
        "exclusions": {"recent_months": 0, "other_draw": False},
        "revision": 1,
    }
    return values | changes


def who(county: County, **changes: Any) -> dict[str, Any]:
    """The second step: two officers of the department."""
    values: dict[str, Any] = {
        "team": [{"department_id": str(county.department.id), "speciality": "", "n": 2}],
        "cap": 20,
        "last_day": clock.today() + timedelta(days=30),
        "revision": 1,
    }
    return values | changes


def plan(county: County, *, last_day: date | None = None, **changes: Any) -> UUID:
    """A plan ready to be frozen at revision 2."""
    draw_id = planning.prepare(what(county, **changes), county.operator)
    team = {} if last_day is None else {"last_day": last_day}
    planning.change_who(draw_id, who(county, **team), county.operator)
    return draw_id


def accept(draw_id: UUID, other: County, **changes: Any) -> None:
    """The other department accepts with its item, one seat and the whole register, unless
    ``changes`` say otherwise."""
    seat = {"department_id": str(other.department.id), "speciality": "", "n": 1}
    values: dict[str, Any] = {
        "item_ids": [other.item.id],
        "team": [seat],
        "roster": {},
        "revision": stored(draw_id).revision,
    }
    planning.accept(draw_id, other.department.id, values | changes, other.operator)


def frozen(county: County, **changes: Any) -> UUID:
    """A frozen draw."""
    draw_id = plan(county, **changes)
    holding.freeze(draw_id, 2, county.operator)
    return draw_id


def drawn(county: County, **changes: Any) -> UUID:
    """A draw with its result, made step by step by the program itself."""
    draw_id = frozen(county, **changes)
    drawing.run_routine(draw_id, county.operator, county.witness, text=TEXT, rand=RAND, dice=DICE)
    return draw_id


def throw_all(draw_id: UUID, county: County, dice: str = DICE, each: int = 5) -> None:
    """Type every throw and let the witness's account confirm it."""
    for number, at in enumerate(range(0, len(dice), each), 1):
        digits = dice[at : at + each]
        holding.type_throw(draw_id, number, digits, county.operator)
        holding.confirm_throw(draw_id, holding.Seen(number, 1, digits), county.witness)


def stored(draw_id: UUID) -> Draw:
    """The draw as the database has it now."""
    with Session(db.engine, expire_on_commit=False) as session:
        return session.get_one(Draw, draw_id)


def proof_of_row(session: Session, draw_id: UUID, number: int) -> dict[str, Any]:
    """The proof of a drawn row as its package carries it."""
    draw, row = session.get_one(Draw, draw_id), session.get_one(DrawRow, (draw_id, number))
    largest = outcome.largest_lots(session, draw, row.extension)
    return outcome.row_proof(draw, row, outcome.seats_in(session, draw_id, number), largest)

"""Published draws and results for tests, made through the program's own publishing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Department
from backend.app.disclosure import service as disclosure
from backend.app.draws.models import Draw, DrawRow
from backend.app.platform import clock, ids
from backend.app.platform.transactions import unit_of_work
from backend.app.registry.models import Enterprise
from backend.app.visits.models import Visit

from .accounts import make_account, make_department

_numbers = count(1)
DIGEST = "d" * 64


@dataclass(frozen=True)
class Place:
    """A department with a supervisor and a draw of its own."""

    department: Department
    supervisor: Account
    draw_id: UUID
    number: str


def make_draw(session: Session, department: Department, name: str = "食品安全抽查") -> Draw:
    """A drawn draw as a row, flushed."""
    number = next(_numbers)
    draw = Draw(
        id=ids.new_id(),
        number=f"370399-2026-{number}-1",
        name=name,
        state="dispatched",
        department_id=department.id,
        pool_rows=4429,
        seats=220,
        vacant_seats=2,
        seed="5eed" * 16,
        counts={"strata": [{"code": "A", "label": "A 类", "rows": 4429, "k": 110}]},
        frozen_at=clock.now(),
        drawn_at=clock.now(),
    )
    session.add(draw)
    session.flush()
    return draw


def add_row(session: Session, draw: Draw, enterprise: Enterprise, row: int, lot: int) -> None:
    """Put an enterprise among the drawn ones."""
    session.add(
        DrawRow(
            draw_id=draw.id,
            row=row,
            lot_number=lot,
            stratum="A",
            object=enterprise.code,
            enterprise_id=enterprise.id,
            enterprise_name=enterprise.name,
            lot=f"{lot:032x}",
            path=[],
        )
    )


def make_enterprise(session: Session, name: str, code: str | None = None) -> Enterprise:
    """An enterprise of the register, flushed."""
    number = next(_numbers)
    made = Enterprise(
        id=ids.new_id(),
        code=code or f"91370399MA3C{number:06d}",
        name=name,
        kind="company",
        region_code="370399",
    )
    session.add(made)
    session.flush()
    return made


def make_visit(session: Session, draw: Draw, enterprise: Enterprise, **changes: Any) -> Visit:
    """A visit as a row, flushed; complete with a digest unless changed."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": ids.new_id(),
        "draw_id": draw.id,
        "draw_number": draw.number,
        "enterprise_id": enterprise.id,
        "enterprise_code": enterprise.code,
        "enterprise_name": enterprise.name,
        "department_id": draw.department_id,
        "lot_number": number,
        "pool_row": number,
        "due_on": clock.today() + timedelta(days=20),
        "state": "complete",
        "challenge": "c" * 64,
        "package_sha256": "b" * 64,
        "digest": DIGEST,
    }
    visit = Visit(**{**values, **changes})
    session.add(visit)
    session.flush()
    return visit


def make_place(name: str = "市场监督管理局") -> Place:
    """A department, its supervisor and a draw, committed."""
    department = make_department(name)
    supervisor = make_account(role="supervisor", department=department)
    with unit_of_work() as session:
        draw = make_draw(session, department)
        return Place(department, supervisor, draw.id, str(draw.number))


def draw_document(number: str, **changes: Any) -> dict[str, Any]:
    """The public JSON of a draw."""
    document: dict[str, Any] = {
        "v": "evenhand-public/1",
        "number": number,
        "name": "食品安全与消防联合抽查",
        "department": "市场监督管理局",
        "departments": ["市场监督管理局"],
        "authority": "370399",
        "last_day": "2026-12-20",
        "exclusions": {"closed": 12},
        "witness_offices": ["县人大代表联络站"],
        "drawn_on": "2026-11-20",
        "mode": "open",
        "state": "drawn",
        "items": [
            {"code": "SC-01", "name": "食品生产监督检查", "category": "key", "department": "x"}
        ],
        "digests": {"freeze": "1" * 64, "pool_root": "2" * 64, "result": "3" * 64},
        "pool_rows": 4429,
        "seed": "5eed" * 16,
        "strata": [
            {"code": "A", "name": "A 类", "rows": 1429, "k": 10, "largest_lot": "0f" * 16},
            {"code": "D", "name": "D 类", "rows": 3000, "k": 100, "largest_lot": "0e" * 16},
        ],
        "seats": 220,
        "vacant": 2,
        "officers": 46,
        "witnesses": 1,
        "drawn": [],
    }
    return {**document, **changes}


def record(number: str, enterprise: Enterprise, row: int, code: str = "1") -> dict[str, Any]:
    """A handed-in record with something personal in every corner that must stay inside."""
    return {
        "v": "evenhand-record/1",
        "revision": 1,
        "previous": None,
        "draw": {"id": number, "freeze": "1" * 64, "row": row, "lot": "0a" * 16, "seats": []},
        "enterprise": {"code": enterprise.code, "name": enterprise.name},
        "officers": [{"id": str(ids.new_id()), "name": "canary-officer", "certificate": "x"}],
        "checklists": [],
        "result": {"system": "cn-8", "code": code, "label": "canary-label"},
        "follow_up": {"code": "none", "note": "canary-follow-up"},
        "evidence": [],
    }


def publish(
    place: Place,
    enterprise_name: str,
    *,
    category: str = "1",
    ended_on: date | None = None,
    enterprise: Enterprise | None = None,
) -> disclosure.PublicResult:
    """A published result of a visit of this place, committed."""
    with unit_of_work() as session:
        draw = session.get_one(Draw, place.draw_id)
        seen = enterprise or make_enterprise(session, enterprise_name)
        visit = make_visit(session, draw, seen, state="disclosed")
        add_row(session, draw, seen, visit.pool_row, visit.lot_number)
        facts = disclosure.ResultFacts(
            visit_id=visit.id,
            draw_id=draw.id,
            draw_name=draw.name,
            lot_number=visit.lot_number,
            department_id=place.department.id,
            department_name=place.department.name,
            items=[disclosure.InspectedItem("SC-01", "食品生产", "key", place.department.name)],
            record=record(place.number, seen, visit.pool_row, category),
            record_sha256=DIGEST,
            end=disclosure.VisitEnd(ended_on or clock.today() - timedelta(days=2), "phone"),
        )
        return disclosure.publish_result(session, facts, by=place.supervisor.id)


def publish_draw(place: Place, **changes: Any) -> UUID:
    """The publication of this place's draw, committed."""
    with unit_of_work() as session:
        return disclosure.publish_draw(
            session,
            draw_id=place.draw_id,
            number=place.number,
            department_id=place.department.id,
            document=draw_document(place.number, **changes),
            by=place.supervisor.id,
        )

"""Visits for tests: a draw's row, two officers with accounts, one enterprise, one checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Department
from backend.app.draws.models import Draw
from backend.app.platform import ids
from backend.app.platform.database import db
from backend.app.registry.models import (
    Checklist,
    ChecklistPoint,
    Enterprise,
    InspectionItem,
    Officer,
)
from backend.app.registry.service.checklists import POINT_FIELDS, put_checklist
from backend.app.visits import service as visits
from tests.factories.accounts import make_account, make_department

__all__ = ["Checklist", "ChecklistPoint", "Team", "make_team", "make_visit", "passing_points"]

_numbers = count(1)


@dataclass(frozen=True)
class Team:
    """Two officers of a department with what a draw of theirs needs."""

    department: Department
    accounts: list[Account]
    officers: list[Officer]
    item: InspectionItem
    draw: Draw


def point(no: str, **changes: Any) -> dict[str, Any]:
    """A point of kind pass that needs no photo, unless changed."""
    plain: dict[str, Any] = dict.fromkeys(POINT_FIELDS)
    plain |= {
        "no": no,
        "text": f"检查要点 {no}",
        "kind": "pass",
        "required": True,
        "key_point": False,
        "evidence": "none",
        "options": [],
        "remarks": [],
    }
    return plain | changes


def passing_points(number: int) -> list[dict[str, Any]]:
    """So many points, numbered 1, 2, 3."""
    return [point(str(n)) for n in range(1, number + 1)]


def make_team(
    points: Sequence[dict[str, Any]] | None = None, *, department: Department | None = None
) -> Team:
    """Two inspectors with officers, an item with a checklist, a drawn draw; committed."""
    where = department or make_department()
    accounts = [make_account(role="inspector", department=where) for _ in range(2)]
    number = next(_numbers)
    with Session(db.engine, expire_on_commit=False) as session:
        item = InspectionItem(
            id=ids.new_id(), code=f"ITEM{number:04d}", name="日常检查", department_id=where.id
        )
        officers = [
            Officer(
                id=ids.new_id(),
                account_id=account.id,
                department_id=where.id,
                name=account.name,
                certificate=f"C{number:05d}{seat}",
                certificate_expires_on=date(2036, 1, 1),
            )
            for seat, account in enumerate(accounts)
        ]
        draw = Draw(
            id=ids.new_id(),
            number=f"370399-2026-H2-{number:03d}",
            name="抽查",
            state="drawn",
            department_id=where.id,
        )
        session.add_all([item, *officers, draw])
        session.flush()
        put_checklist(session, item, "检查表", list(points or passing_points(3)), by=None)
        session.commit()
        return Team(where, accounts, officers, item, draw)


def make_visit(team: Team | None = None, *, officers: int = 2, due_in: int = 10) -> UUID:
    """A dispatched visit of ``team`` to a new enterprise; its id."""
    team = team or make_team()
    number = next(_numbers)
    with Session(db.engine, expire_on_commit=False) as session:
        enterprise = Enterprise(
            id=ids.new_id(),
            code=f"91370399MA{number:08d}"[:18],
            name=f"青禾食品有限公司{number}",
            region_code="370399",
            address="青禾县人民路 1 号",
        )
        session.add(enterprise)
        session.flush()
        wanted = visits.NewVisit(
            draw_id=team.draw.id,
            enterprise_id=enterprise.id,
            pool_row=number,
            lot_number=number,
            officer_ids=[officer.id for officer in team.officers[:officers]],
            item_ids=[team.item.id],
            due_on=date(2026, 12, 1) + timedelta(days=due_in),
            draw_proof=draw_proof(team, number),
        )
        visits.create_visits(session, [wanted])
        session.commit()
        found = visits.of_draw(session, team.draw.id)
        return next(row.id for row in found if row.pool_row == number)


def draw_proof(team: Team, row: int) -> dict[str, Any]:
    """The package's ``draw`` member, with made-up proofs of the right shape."""
    return {
        "id": str(team.draw.id),
        "number": team.draw.number,
        "name": team.draw.name,
        "freeze_sha256": "f" * 64,
        "pool_root": "a" * 64,
        "pool_rows": 4400,
        "row": row,
        "line": f"A\tROW{row}",
        "path": ["b" * 64],
        "seed": "c" * 64,
        "lot": "0" * 32,
        "stratum": {"code": "A", "start": 0, "end": 4400, "k": 44, "largest_lot": "1" * 32},
        "seats": [
            {"no": seat, "officer": str(officer.id)} for seat, officer in enumerate(team.officers)
        ],
        "drawn_on": "2026-11-20",
    }

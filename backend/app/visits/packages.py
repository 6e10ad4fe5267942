"""Making visits out of a draw's winners, each with the package its phones will pin.

The package is built once, at dispatch, and never again: later edits of the registers do not reach
an open visit. Everything in it comes from other features' services.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..platform import canonical, clock, events, ids
from ..registry import service as registry
from .intake import project
from .models import Visit, VisitItem, VisitOfficer, VisitPackage
from .rules import points
from .shapes import Package, PackagePart
from .snapshot import Folding

VERSION = "evenhand-package/1"


@dataclass(frozen=True, slots=True)
class NewPart:
    """A department's part of a joint visit: its items, and the places of its seats in the team."""

    department_id: UUID
    item_ids: Sequence[UUID]
    seats: Sequence[int]


@dataclass(frozen=True, slots=True)
class NewVisit:
    """One drawn enterprise to be visited.

    ``officer_ids`` in the order of the seats, vacant ones left out. ``draw_proof`` is the
    package's ``draw`` member, complete. ``parts``: of a joint draw, the leading department's
    first; empty for one department. Who owns the first item leads the visit.
    """

    draw_id: UUID
    enterprise_id: UUID
    pool_row: int
    lot_number: int
    officer_ids: Sequence[UUID]
    item_ids: Sequence[UUID]
    due_on: date
    draw_proof: dict[str, Any]
    parts: Sequence[NewPart] = ()


def create_visits(session: Session, wanted: Sequence[NewVisit]) -> int:
    """Make the visits that do not exist yet (same draw and pool row); returns how many.

    The caller holds the lock on the draw; without it the unique key refuses the second of two.
    """
    known = _known_rows(session, {visit.draw_id for visit in wanted})
    new = [visit for visit in wanted if (visit.draw_id, visit.pool_row) not in known]
    if not new:
        return 0
    register = _Register(session, new)
    rows = [register.rows(visit) for visit in new]
    for model, position in ((Visit, 0), (VisitPackage, 1), (VisitOfficer, 2), (VisitItem, 3)):
        values = [row for made in rows for row in made[position]]
        if values:
            session.execute(insert(model), values)
    made = [row for made in rows for row in made[0]]
    told = [(row["id"], {"draw": str(row["draw_id"])}) for row in made]
    events.publish_many(session, events.VISIT_DISPATCHED, told)
    return len(new)


def _known_rows(session: Session, draw_ids: set[UUID]) -> set[tuple[UUID, int]]:
    query = select(Visit.draw_id, Visit.pool_row).where(Visit.draw_id.in_(draw_ids))
    return {(row.draw_id, row.pool_row) for row in session.execute(query)}


class _Register:
    """What the registers say, asked once for all visits of a dispatch."""

    def __init__(self, session: Session, wanted: Sequence[NewVisit]) -> None:
        item_ids = {item for visit in wanted for item in visit.item_ids}
        officer_ids = {officer for visit in wanted for officer in visit.officer_ids}
        self.session = session
        self.items: dict[UUID, Any] = {
            item: registry.checklist_snapshot(session, item) for item in item_ids
        }
        self.owners = {
            item.id: item.department_id for item in registry.items_by_ids(session, sorted(item_ids))
        }
        self.officers = {
            officer.id: officer
            for officer in registry.officers_by_ids(session, sorted(officer_ids))
        }
        self.names = {row.id: row.name for row in accounts.departments(session)}

    def rows(self, visit: NewVisit) -> tuple[list[dict[str, Any]], ...]:
        """The rows of one visit: itself, its package, officers, items."""
        visit_id = ids.new_id()
        package = self._package(visit_id, visit)
        body = canonical.dumps(package)
        counts = project(package, Folding(package).state())
        return (
            [self._visit_row(visit_id, visit, package, canonical.digest(package)) | counts],
            [{"visit_id": visit_id, "body": body.decode()}],
            [
                {
                    "visit_id": visit_id,
                    "officer_id": officer,
                    "account_id": self.officers[officer].account_id,
                    "department_id": self.officers[officer].department_id,
                    "seat": seat,
                }
                for seat, officer in enumerate(visit.officer_ids)
            ],
            [
                {"visit_id": visit_id, "item_id": item, "department_id": self.owners[item]}
                for item in visit.item_ids
            ],
        )

    def _visit_row(
        self, visit_id: UUID, visit: NewVisit, package: Package, sha256: str
    ) -> dict[str, Any]:
        return {
            "id": visit_id,
            "draw_id": visit.draw_id,
            "draw_number": str(visit.draw_proof.get("number", "")),
            "enterprise_id": visit.enterprise_id,
            "enterprise_code": package["enterprise"]["code"],
            "enterprise_name": package["enterprise"]["name"],
            "department_id": self.owners[visit.item_ids[0]],
            "lot_number": visit.lot_number,
            "pool_row": visit.pool_row,
            "due_on": visit.due_on,
            "challenge": package["challenge"],
            "package_sha256": sha256,
            "created_at": clock.now(),
            "changed_at": clock.now(),
            "points_total": len(points(package)),
        }

    def _package(self, visit_id: UUID, visit: NewVisit) -> Package:
        lead = self.names.get(self.owners[visit.item_ids[0]], "")
        number = visit.draw_proof.get("number", "")
        package: Package = {
            "v": VERSION,
            "visit": str(visit_id),
            "lot": visit.lot_number,
            "due": visit.due_on.isoformat(),
            "issued_at": clock.rfc3339(clock.now()),
            "challenge": secrets.token_hex(32),
            "enterprise": registry.enterprise_snapshot(self.session, visit.enterprise_id),
            "draw": visit.draw_proof,
            "officers": [
                {
                    "id": str(officer),
                    "name": self.officers[officer].name,
                    "certificate": self.officers[officer].certificate,
                    "department": self.names.get(self.officers[officer].department_id, ""),
                    "seat": seat,
                    "account": str(self.officers[officer].account_id or ""),
                }
                for seat, officer in enumerate(visit.officer_ids)
            ],
            "items": [self.items[item] for item in visit.item_ids],
            "notice": {
                "number": f"{number}-{visit.lot_number}",
                "issued_on": clock.today().isoformat(),
                "contact": lead,
            },
        }
        if visit.parts:
            package["parts"] = [self._part(part) for part in visit.parts]
        return package

    def _part(self, part: NewPart) -> PackagePart:
        return {
            "department": self.names.get(part.department_id, ""),
            "items": [self.items[item]["code"] for item in part.item_ids],
            "seats": list(part.seats),
        }

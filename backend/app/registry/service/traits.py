"""What the fairness of draws is counted by: class, kind and region of enterprises. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.registry.models import Enterprise

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Traits:
    """An enterprise as draws are counted by; see `choices` for the values."""

    id: UUID
    risk_class: str
    kind: str
    region_code: str


def traits_in_business(session: Session) -> Iterator[Traits]:
    """Every enterprise in business, read in pieces: a county's whole register passes through."""
    query = select(
        Enterprise.id, Enterprise.risk_class, Enterprise.kind, Enterprise.region_code
    ).where(Enterprise.status == "active")
    for row in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield Traits(row[0], row[1], row[2], row[3])

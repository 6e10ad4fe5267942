"""What the fairness of draws is counted by: class, kind and region of enterprises. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from backend.app.registry.models import Enterprise
from backend.app.registry.service.pools import hex_id

_AT_ONCE = 10_000


class Traits(NamedTuple):
    """An enterprise as draws are counted by; see `choices` for the values. ``id`` is 32 hex
    digits, for the reason that a pool's is (see `pools`)."""

    id: str
    risk_class: str
    kind: str
    region_code: str


def traits_in_business(session: Session) -> Iterator[Traits]:
    """Every enterprise in business, read in pieces: a county's whole register passes through."""
    id_ = type_coerce(Enterprise.id, String)
    query = select(id_, Enterprise.risk_class, Enterprise.kind, Enterprise.region_code)
    found = session.connection().execute(query.where(Enterprise.status == "active"))
    for key, risk_class, kind, region_code in found.yield_per(_AT_ONCE):
        yield Traits(hex_id(key), risk_class, kind, region_code)

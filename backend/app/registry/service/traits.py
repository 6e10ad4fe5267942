"""What the fairness of draws is counted by: class, kind and region of enterprises. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.registry.models import Enterprise
from backend.app.registry.service.pools import id_as_text

_BETWEEN = "|"
"""Stands between traits that are read as one text; none of them has it."""


class Traits(NamedTuple):
    """An enterprise as draws are counted by; see `choices` for the values."""

    risk_class: str
    kind: str
    region_code: str


def traits_in_business(session: Session) -> Iterator[tuple[str, str]]:
    """Every enterprise in business: its id (32 hex digits) and its traits as one text, for
    `traits_of`. A county's whole register passes through, and has few different traits: they are
    taken apart once each."""
    together = Enterprise.risk_class + _BETWEEN + Enterprise.kind + _BETWEEN
    query = select(id_as_text(session), together + Enterprise.region_code)
    found = session.connection().execute(query.where(Enterprise.status == "active"))
    return ((key, traits) for key, traits in found)


def traits_of(text: str) -> Traits:
    """The traits in a text that `traits_in_business` gave."""
    return Traits(*text.split(_BETWEEN))

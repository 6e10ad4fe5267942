"""Pages of a list: fifty rows, a total, and where one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

PER_PAGE = 50
LARGEST_PAGE = 100_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page; ``number`` counts from 1, ``total`` is of all rows."""

    items: Sequence[T]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return max(1, -(-self.total // self.per_page))


def paginate(
    session: Session, query: Select[Any], page: int, per_page: int = PER_PAGE
) -> Page[Any]:
    """Return page ``page`` of a query with one entity a row, or the nearest page that there is."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(max(1, page), max(1, -(-total // per_page)))
    rows = session.scalars(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(rows, number, per_page, total)

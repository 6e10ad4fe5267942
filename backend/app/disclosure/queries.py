"""Reading what is public: results by page, search and filter; one document; figures; the feed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ..platform import clock
from ..platform.pagination import Page, paginate
from .errors import BadCursor
from .models import CORRECTION, DRAW_RESULT, Publication, PublishedName, PublishedResult
from .search import LONGEST, code_sought, pairs
from .views import (
    Counts,
    Document,
    PublicDraw,
    PublicResult,
    document_of,
    draw_of,
    result_of,
)

SETTLE = timedelta(seconds=5)
"""Rows younger than this are not in the feed: a transaction begun earlier may still commit."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked for; ``None`` means all. Dates are days in China, and both ends are
    included."""

    words: str = ""
    department_id: UUID | None = None
    category_code: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    departments: frozenset[UUID] | None = None
    late_only: bool = False


def results(
    session: Session, filters: Filters | None = None, page: int = 1, per_page: int = 50
) -> Page[PublicResult]:
    """Return the published results, newest first."""
    query = _filtered(filters or Filters()).order_by(
        PublishedResult.published_at.desc(), PublishedResult.publication_id.desc()
    )
    found = paginate(session, query, page, per_page)
    return Page([result_of(row) for row in found.items], found.number, per_page, found.total)


def _filtered(filters: Filters) -> Select[PublishedResult]:
    query = select(PublishedResult)
    if filters.words:
        query = query.where(_matches(filters.words[:LONGEST]))
    if filters.department_id is not None:
        query = query.where(PublishedResult.department_id == filters.department_id)
    if filters.category_code is not None:
        query = query.where(PublishedResult.category_code == filters.category_code)
    if filters.departments is not None:
        query = query.where(PublishedResult.department_id.in_(filters.departments))
    if filters.late_only:
        query = query.where(PublishedResult.late)
    if filters.first_day is not None:
        query = query.where(PublishedResult.published_at >= _start(filters.first_day))
    if filters.last_day is not None:
        query = query.where(PublishedResult.published_at <= _end(filters.last_day))
    return query


def _start(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=clock.CHINA)


def _end(day: date) -> datetime:
    return datetime.combine(day, datetime.max.time(), tzinfo=clock.CHINA)


def _matches(words: str) -> Any:
    """Return the condition that a code begins with ``words``, or that a name holds every pair of
    their characters."""
    terms = pairs(words)
    if not terms:
        return PublishedResult.publication_id.is_(None)
    named = (
        select(PublishedName.publication_id)
        .where(PublishedName.term.in_(terms))
        .group_by(PublishedName.publication_id)
        .having(func.count() == len(terms))
    )
    by_name = PublishedResult.publication_id.in_(named)
    code = code_sought(words)
    if code is None:
        return by_name
    return or_(by_name, PublishedResult.enterprise_code.startswith(code))


def result(session: Session, publication_id: UUID) -> PublicResult | None:
    """Return the published result with this id, or None."""
    row = session.get(PublishedResult, publication_id)
    return None if row is None else result_of(row)


def result_of_visit(session: Session, visit_id: UUID) -> PublicResult | None:
    """Return the published result of a visit, or None if it is not public."""
    row = session.scalar(select(PublishedResult).where(PublishedResult.visit_id == visit_id))
    return None if row is None else result_of(row)


def of_enterprise(session: Session, code: str) -> list[PublicResult]:
    """Return all published results of an enterprise, the newest first."""
    query = (
        select(PublishedResult)
        .where(PublishedResult.enterprise_code == code)
        .order_by(PublishedResult.published_at.desc())
    )
    return [result_of(row) for row in session.scalars(query)]


def of_draw(session: Session, draw_id: UUID) -> dict[str, PublicResult]:
    """Return the published results that a draw caused, by enterprise code."""
    rows = session.scalars(select(PublishedResult).where(PublishedResult.draw_id == draw_id))
    return {row.enterprise_code: result_of(row) for row in rows}


def corrections(session: Session, publication_id: UUID) -> list[Document]:
    """Return the corrections published beside a document, oldest first."""
    query = (
        select(Publication)
        .where(Publication.kind == CORRECTION, Publication.corrects_id == publication_id)
        .order_by(Publication.published_at)
    )
    return [document_of(row) for row in session.scalars(query)]


def draws(session: Session, page: int = 1, per_page: int = 20) -> Page[PublicDraw]:
    """Return the published draws, newest first."""
    query = (
        select(Publication)
        .where(Publication.kind == DRAW_RESULT)
        .order_by(Publication.published_at.desc(), Publication.id.desc())
    )
    found = paginate(session, query, page, per_page)
    return Page([draw_of(row) for row in found.items], found.number, per_page, found.total)


def draw(session: Session, number: str) -> PublicDraw | None:
    """Return the published draw with this number, or None."""
    row = session.scalar(_of_draw(Publication.subject == f"draw:{number}"))
    return None if row is None else draw_of(row)


def draw_document(session: Session, draw_id: UUID) -> Document | None:
    """Return the publication of a draw's result, or None if it is not public."""
    row = session.scalar(_of_draw(Publication.draw_id == draw_id))
    return None if row is None else document_of(row)


def _of_draw(condition: ColumnElement[bool]) -> Select[Publication]:
    return (
        select(Publication)
        .where(Publication.kind == DRAW_RESULT, condition)
        .order_by(Publication.ordinal)
        .limit(1)
    )


def document(session: Session, publication_id: UUID) -> Document | None:
    """Return the publication with this id, or None."""
    row = session.get(Publication, publication_id)
    return None if row is None else document_of(row)


def counts(session: Session) -> Counts:
    """Return how many results are public, how many of them came late, and the median time they
    took."""
    total, late = session.execute(
        select(func.count(), func.count().filter(PublishedResult.late)).select_from(PublishedResult)
    ).one()
    middle = session.scalar(
        select(PublishedResult.minutes_taken)
        .order_by(PublishedResult.minutes_taken)
        .offset((total - 1) // 2 if total else 0)
        .limit(1)
    )
    return Counts(total, late, middle)


def feed(
    session: Session, *, since: datetime | None, cursor: str | None, limit: int
) -> tuple[Sequence[PublicResult], str | None]:
    """Return the results after ``since`` or ``cursor``, the oldest first, and the cursor of what
    follows.

    The last page has a cursor too, so that a reader can come back with it for newer results; the
    cursor is null only when no result was ever given out. Raises :class:`BadCursor`.
    """
    query = select(PublishedResult).where(PublishedResult.published_at <= clock.now() - SETTLE)
    if cursor is not None:
        moment, last = read_cursor(cursor)
        query = query.where(
            or_(
                PublishedResult.published_at > moment,
                and_(PublishedResult.published_at == moment, PublishedResult.publication_id > last),
            )
        )
    elif since is not None:
        query = query.where(PublishedResult.published_at >= since)
    ordered = query.order_by(PublishedResult.published_at, PublishedResult.publication_id)
    rows = session.scalars(ordered.limit(limit)).all()
    following = write_cursor(rows[-1].published_at, rows[-1].publication_id) if rows else cursor
    return [result_of(row) for row in rows], following


def write_cursor(moment: datetime, publication_id: UUID) -> str:
    """Return the opaque text that stands for a place in the feed."""
    plain = f"{moment.isoformat()}|{publication_id}".encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Return the place in the feed that a cursor stands for; raises :class:`BadCursor`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, _, publication_id = base64.urlsafe_b64decode(padded).decode().partition("|")
        place = datetime.fromisoformat(moment), UUID(publication_id)
    except (ValueError, binascii.Error) as error:
        raise BadCursor from error
    if place[0].tzinfo is None:
        raise BadCursor
    return place

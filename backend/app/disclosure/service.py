"""Publishing 公示: results and draws as append-only documents, the disclosure clock, and what
readers may ask.

Publishing runs inside the caller's transaction, beside the ledger entry: either the decision, the
document and the trace all exist, or none does. Nothing here changes a publication.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..ledger import service as ledger
from ..platform import clock, events, ids
from ..platform.access import Actor
from ..platform.pagination import Page
from ..platform.transactions import unit_of_work
from .errors import AlreadyPublished, DayKnown, RecordNotPublishable
from .labels import category_colour, category_label, follow_up_label, lot_label
from .models import (
    DRAW_RESULT,
    INSPECTION_RESULT,
    Publication,
    PublishedName,
    PublishedResult,
    WorkingDayOverride,
)
from .queries import (
    Filters,
    corrections,
    counts,
    document,
    draw,
    draw_document,
    draws,
    feed,
    of_draw,
    of_enterprise,
    result,
    result_of_visit,
    results,
)
from .redaction import (
    InspectedItem,
    NotPublishable,
    ResultFacts,
    Timing,
    public_draw,
    public_result,
    without_long_numbers,
)
from .rules import Deadline, DueDate, VisitEnd, WorkCalendar, is_late, minutes_between
from .running_clocks import RunningClock, RunningVisit, calendar, clocks, end_of_visit, running
from .search import terms_of_name
from .views import Counts, Document, PublicDraw, PublicResult, result_of

__all__ = [
    "Counts",
    "Deadline",
    "Document",
    "DueDate",
    "Filters",
    "InspectedItem",
    "PublicDraw",
    "PublicResult",
    "ResultFacts",
    "RunningClock",
    "RunningVisit",
    "VisitEnd",
    "WorkCalendar",
    "add_override",
    "calendar",
    "category_colour",
    "category_label",
    "clocks",
    "corrections",
    "counts",
    "deadline",
    "document",
    "draw",
    "draw_document",
    "draws",
    "due_on",
    "end_of_visit",
    "feed",
    "follow_up_label",
    "lot_label",
    "of_draw",
    "of_enterprise",
    "office_list",
    "overrides",
    "preview_result",
    "publish_draw",
    "publish_result",
    "remove_override",
    "result",
    "result_of_visit",
    "results",
    "running",
    "without_long_numbers",
]


def due_on(session: Session, ended_on: date) -> DueDate:
    """Return the last day on which the result of a visit that ended on ``ended_on`` is in time."""
    return calendar(session).due(ended_on)


def deadline(session: Session, ended_on: date, today: date | None = None) -> Deadline:
    """Return the clock of a visit as it stands today."""
    return calendar(session).deadline(ended_on, today or clock.today())


def preview_result(session: Session, facts: ResultFacts) -> dict[str, Any]:
    """Return the public document as publishing it now would make it; writes nothing."""
    return _document(facts, _timing(session, facts, _this_moment()))


def publish_result(
    session: Session, facts: ResultFacts, *, by: UUID | None, role: str = "supervisor"
) -> PublicResult:
    """Publish a confirmed visit's result in the caller's transaction.

    ``role`` is the role in which ``by`` acts; the ledger names it with the department's code.

    Raises :class:`AlreadyPublished` for a visit that has a result in public, and
    :class:`RecordNotPublishable` when the record lacks what the document must say.
    """
    known = select(PublishedResult).where(PublishedResult.visit_id == facts.visit_id)
    if session.scalar(known) is not None:
        raise AlreadyPublished
    at = _this_moment()
    timing = _timing(session, facts, at)
    body = _document(facts, timing)
    publication = _append(
        session,
        kind=INSPECTION_RESULT,
        subject=f"visit:{facts.visit_id}",
        about=facts.visit_id,
        draw_id=facts.draw_id,
        department_id=facts.department_id,
        body=body,
        by=by,
        role=role,
        at=at,
    )
    row = PublishedResult(
        publication_id=publication.id,
        visit_id=facts.visit_id,
        draw_id=facts.draw_id,
        department_id=facts.department_id,
        enterprise_code=body["enterprise"]["code"],
        enterprise_name=body["enterprise"]["name"],
        category_code=body["result"]["code"],
        ended_on=facts.end.day,
        due_on=timing.due_on,
        late=timing.late,
        minutes_taken=minutes_between(facts.end.day, clock.local(at)),
        published_at=at,
        publication=publication,
    )
    session.add(row)
    session.flush()
    terms = sorted(terms_of_name(row.enterprise_name))
    session.add_all(PublishedName(term=term, publication_id=publication.id) for term in terms)
    return result_of(row)


def publish_draw(
    session: Session,
    *,
    draw_id: UUID,
    number: str,
    department_id: UUID,
    document: Mapping[str, Any],
    by: UUID | None = None,
) -> UUID:
    """Publish a draw's result in the caller's transaction and return the publication's id.

    A second call changes nothing. ``document``: see ``redaction.public_draw``; its other fields
    stay inside.
    """
    known = draw_document(session, draw_id)
    if known is not None:
        return known.id
    at = _this_moment()
    publication = _append(
        session,
        kind=DRAW_RESULT,
        subject=f"draw:{number}",
        about=draw_id,
        draw_id=draw_id,
        department_id=department_id,
        body=public_draw(document, clock.rfc3339(at)),
        by=by,
        role="department_admin",
        at=at,
    )
    return publication.id


def _this_moment() -> datetime:
    """Return the present moment in whole milliseconds, so that document and row say the same."""
    now = clock.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _timing(session: Session, facts: ResultFacts, at: datetime) -> Timing:
    due = due_on(session, facts.end.day)
    late = is_late(clock.local(at).date(), due.day)
    return Timing(due.day, due.certain, clock.rfc3339(at), late)


def _document(facts: ResultFacts, timing: Timing) -> dict[str, Any]:
    try:
        return public_result(facts, timing)
    except NotPublishable as error:
        raise RecordNotPublishable(field=str(error.args[0])) from error


def _append(
    session: Session,
    *,
    kind: str,
    subject: str,
    about: UUID,
    draw_id: UUID,
    department_id: UUID,
    body: Mapping[str, Any],
    by: UUID | None,
    role: str,
    at: datetime,
) -> Publication:
    canonical = rfc8785.dumps(dict(body))
    publication = Publication(
        id=ids.new_id(),
        kind=kind,
        subject=subject,
        ordinal=1,
        draw_id=draw_id,
        department_id=department_id,
        body=canonical.decode(),
        sha256=hashlib.sha256(canonical).hexdigest(),
        published_at=at,
        published_by=by,
    )
    session.add(publication)
    session.flush()
    ledger.append(
        session,
        "disclosure.published",
        actor=accounts.role_token(session, role, department_id),
        subject=str(publication.id),
        body={"kind": kind, "sha256": publication.sha256},
    )
    events.publish(
        session, events.RESULT_PUBLISHED, about, publication=str(publication.id), kind=kind
    )
    return publication


def office_list(
    session: Session, actor: Actor, *, words: str, late_only: bool, page: int
) -> Page[PublicResult]:
    """Return the published results of the departments this person sees, newest first."""
    scope = None if actor.sees_all else actor.scope
    filters = Filters(words=words, departments=scope, late_only=late_only)
    return results(session, filters, page)


def overrides(session: Session) -> list[WorkingDayOverride]:
    """Return the days set by hand, newest first."""
    return list(session.scalars(select(WorkingDayOverride).order_by(WorkingDayOverride.day.desc())))


def add_override(day: date, *, works: bool, note: str, by: UUID) -> None:
    """Set a day as worked or free; raises :class:`DayKnown` when the table has the day already."""
    with unit_of_work() as session:
        if session.get(WorkingDayOverride, day) is not None:
            raise DayKnown
        session.add(WorkingDayOverride(day=day, works=works, note=note, created_by=by))


def remove_override(day: date) -> None:
    """Let ``day`` follow the calendar again; a day that is not in the table is no error."""
    with unit_of_work() as session:
        row = session.get(WorkingDayOverride, day)
        if row is not None:
            session.delete(row)

"""Work on files after their arrival: putting pieces together, dropping what was given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from ..platform import clock, jobs, storage
from ..platform.transactions import after_commit, read_session, unit_of_work
from . import store
from .models import Evidence, EvidencePiece, Upload
from .objects import keys_of

log = structlog.get_logger(__name__)
DAILY = timedelta(days=1)
_BATCH = 200
_PLANNED = "evenhand.evidence_sweep_planned"


@jobs.handler("evidence.assemble")
def assemble(job_id: UUID, payload: dict[str, Any]) -> None:
    """Put a verified file's pieces together under its SHA-256, then drop the pieces.

    Pieces that the store has changed since make the file damaged again: the record is not
    confirmed without it, and its phone may send it anew.
    """
    del job_id
    evidence_id = UUID(payload["evidence"])
    with read_session() as session:
        evidence = session.get_one(Evidence, evidence_id)
        if evidence.assembled or evidence.state != "verified":
            return
        keys, digest = keys_of(session, evidence), evidence.sha256
    if not store.assemble(keys, digest):
        _note_changed(evidence_id)
        return
    with unit_of_work() as session:
        session.execute(update(Evidence).where(Evidence.id == evidence_id).values(assembled=True))
        session.execute(delete(EvidencePiece).where(_of(evidence_id)))
    storage.delete(keys)


def _of(evidence_id: UUID) -> ColumnElement[bool]:
    uploads = select(Upload.id).where(Upload.evidence_id == evidence_id, Upload.state == "verified")
    return EvidencePiece.upload_id.in_(uploads)


def _note_changed(evidence_id: UUID) -> None:
    """What is left of the pieces stays in the store, for whoever looks into it."""
    with unit_of_work() as session:
        row = session.get_one(Evidence, evidence_id, with_for_update=True)
        if row.assembled or row.state != "verified":
            return  # another worker was faster, and took the pieces away
        row.state, row.received, row.verified_at = "damaged", 0, None
        mine = update(Upload).where(Upload.evidence_id == evidence_id, Upload.state == "verified")
        session.execute(mine.values(state="damaged"))
    log.error("evidence.changed_in_store", evidence=str(evidence_id))


@jobs.handler("evidence.sweep")
def sweep(job_id: UUID, payload: dict[str, Any]) -> None:
    """Close uploads nobody went on with for 30 days and drop their pieces; once a day.

    The evidence stays expected: its phone may send it again. Bytes without a row come after, as
    a job of their own.
    """
    del job_id, payload
    while _expire_some():
        continue
    with unit_of_work() as session:
        jobs.enqueue(session, "evidence.sweep", {}, run_at=clock.now() + DAILY)
        jobs.enqueue(session, "evidence.orphans", {})


def _expire_some() -> bool:
    now = clock.now()
    with unit_of_work() as session:
        overdue = session.scalars(
            select(Upload.id)
            .where(Upload.state == "open", Upload.expires_at < now)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        of_these = EvidencePiece.upload_id.in_(overdue)
        keys = list(session.scalars(select(EvidencePiece.key).where(of_these)))
        session.execute(delete(EvidencePiece).where(of_these))
        session.execute(
            update(Upload).where(Upload.id.in_(overdue)).values(state="expired", closed_at=now)
        )
    storage.delete(keys)
    if overdue:
        log.info("evidence.expired", uploads=len(overdue))
    return len(overdue) == _BATCH


def plan_sweep(session: Session) -> None:
    """Have the first sweep tomorrow, unless one is planned; asked once a process."""
    if current_app.extensions.get(_PLANNED):
        return
    after_commit(session, _note_planned)
    if not jobs.is_planned(session, "evidence.sweep"):
        jobs.enqueue(session, "evidence.sweep", {}, run_at=clock.now() + DAILY)


def _note_planned() -> None:
    current_app.extensions[_PLANNED] = True

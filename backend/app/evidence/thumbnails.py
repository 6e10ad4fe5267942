"""Making and finding derivatives: in a job when the visit is complete, at once when looked at."""

from __future__ import annotations

from threading import Lock
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ..platform import jobs, storage
from ..platform.transactions import read_session, unit_of_work
from . import media, store
from .errors import TooManyPixels
from .models import Derivative, Evidence
from .objects import keys_of, open_pieces

log = structlog.get_logger(__name__)
_one_at_a_time = Lock()
"""Unpacked, a picture can take some hundred megabytes; a page asks for many at once."""


@jobs.handler("evidence.thumbnails")
def make_for_visit(job_id: UUID, payload: dict[str, Any]) -> None:
    """The list's thumbnail of every picture of a visit that has none yet.

    The large one is made when somebody first opens it: most are never opened, and it costs ten
    times as much.
    """
    with read_session() as session:
        waiting = _without_thumbnails(session, UUID(payload["visit"]))
    for done, evidence_id in enumerate(waiting, start=1):
        make(evidence_id)
        jobs.report_progress(job_id, done, len(waiting))


def _without_thumbnails(session: Session, visit_id: UUID) -> list[UUID]:
    made = select(Derivative.evidence_id)
    rows = session.scalars(
        select(Evidence.id).where(
            Evidence.visit_id == visit_id,
            Evidence.state == "verified",
            Evidence.media_type.in_(media.PICTURES),
            Evidence.problem.is_(None),
            Evidence.id.not_in(made),
        )
    )
    return list(rows)


def make(evidence_id: UUID, variant: str = media.SMALLEST) -> None:
    """Make one derivative of a verified picture; making it again changes nothing."""
    with read_session() as session:
        evidence = session.get_one(Evidence, evidence_id)
        keys, digest, media_type = keys_of(session, evidence), evidence.sha256, evidence.media_type
    try:
        with open_pieces(keys) as file, _one_at_a_time:
            small = media.small_picture(file, media_type or "", variant)
    except (media.Undecodable, TooManyPixels) as error:
        _note(evidence_id, type(error).__name__.lower())
        return
    key = store.derivative_key(digest, variant)
    storage.put_bytes(key, small.data)
    row = {
        "evidence_id": evidence_id,
        "variant": variant,
        "key": key,
        "width": small.width,
        "height": small.height,
        "size": len(small.data),
    }
    same = (Derivative.evidence_id == evidence_id, Derivative.variant == variant)
    with unit_of_work() as session:
        session.execute(delete(Derivative).where(*same))
        session.execute(insert(Derivative).values(**row))


def _note(evidence_id: UUID, problem: str) -> None:
    """The bytes stay verified evidence; the reviewer is told that no decoder reads them."""
    log.warning("evidence.no_thumbnail", evidence=str(evidence_id), problem=problem)
    with unit_of_work() as session:
        session.execute(update(Evidence).where(Evidence.id == evidence_id).values(problem=problem))

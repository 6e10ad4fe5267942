"""Beginning an upload, again and again if need be: the same evidence gives the same upload.

A phone that lost the reply, or its memory of it, asks again and goes on where it was. Only a
damaged or expired attempt gives a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..platform import clock, ids
from ..platform.access import Actor
from ..platform.errors import NotFound
from ..platform.settings import current_settings
from ..platform.transactions import unit_of_work
from ..visits import service as visits
from .errors import Differs, OverQuota, TooLarge, TooManyPixels, WrongType
from .models import Evidence, Upload
from .upkeep import plan_sweep

KEPT = timedelta(days=30)
MOST_PER_VISIT = 16 << 30
"""Bytes that one account sends for one visit."""
REFUSALS = {WrongType.code: WrongType, TooManyPixels.code: TooManyPixels}


@dataclass(frozen=True, slots=True)
class Announced:
    """What a phone says about a file before it sends it. ``size`` in bytes."""

    evidence: UUID
    visit: UUID
    sha256: str
    size: int
    mime: str
    filename: str


@dataclass(frozen=True, slots=True)
class Progress:
    """An upload as tus shows it: how far it is, of how much, until when it is kept."""

    id: UUID
    evidence: UUID
    visit: UUID
    sha256: str
    attempt: int
    received: int
    length: int
    state: str
    expires_at: datetime


def begin(announced: Announced, actor: Actor) -> Progress:
    """The open upload of this evidence, made if there is none.

    Raises NotFound for a visit that is not the account's, Differs, TooLarge, OverQuota, and the
    problem for which the file was refused before.
    """
    if announced.size > current_settings().max_evidence_bytes:
        raise TooLarge(most_bytes=current_settings().max_evidence_bytes)
    try:
        with unit_of_work() as session:
            return _begin(session, announced, actor)
    except IntegrityError:  # another connection began the same one at this moment
        with unit_of_work() as session:
            return _begin(session, announced, actor)


def _begin(session: Session, announced: Announced, actor: Actor) -> Progress:
    evidence = session.get(Evidence, announced.evidence)
    if evidence is None:
        evidence = _unannounced(session, announced, actor)
    else:
        _refuse_other(evidence, announced, actor)
    latest = session.scalar(
        select(Upload)
        .where(Upload.evidence_id == evidence.id)
        .order_by(Upload.attempt.desc())
        .limit(1)
    )
    if latest is not None and latest.state in {"open", "verified"}:
        return progress_of(latest, evidence)
    return _next_attempt(session, evidence, latest, announced, actor)


def _refuse_other(evidence: Evidence, announced: Announced, actor: Actor) -> None:
    if evidence.account_id != actor.account_id:
        raise NotFound
    same = (evidence.visit_id, evidence.sha256, evidence.size)
    if same != (announced.visit, announced.sha256, announced.size):
        raise Differs
    if evidence.state == "refused":
        raise REFUSALS.get(evidence.problem or "", WrongType)


def _unannounced(session: Session, announced: Announced, actor: Actor) -> Evidence:
    """Bytes may come before their event; the account must be one of the visit's officers."""
    if not visits.is_assigned(session, announced.visit, actor.account_id):
        raise NotFound
    evidence = Evidence(
        id=announced.evidence,
        visit_id=announced.visit,
        account_id=actor.account_id,
        sha256=announced.sha256,
        size=announced.size,
        mime=announced.mime,
        filename=announced.filename,
    )
    session.add(evidence)
    session.flush()
    return evidence


def _next_attempt(
    session: Session,
    evidence: Evidence,
    latest: Upload | None,
    announced: Announced,
    actor: Actor,
) -> Progress:
    if _begun(session, evidence) + evidence.size > MOST_PER_VISIT:
        raise OverQuota(most_bytes=MOST_PER_VISIT)
    plan_sweep(session)
    now = clock.now()
    upload = Upload(
        id=ids.new_id(),
        evidence_id=evidence.id,
        account_id=actor.account_id,
        attempt=latest.attempt + 1 if latest else 1,
        length=evidence.size,
        received=0,
        state="open",
        created_at=now,
        expires_at=now + KEPT,
    )
    session.execute(
        update(Evidence)
        .where(Evidence.id == evidence.id)
        .values(state="pending", received=0, filename=announced.filename)
    )
    session.execute(insert(Upload).values(**_columns(upload)))  # in this order: as at_once does
    return progress_of(upload, evidence)


def _begun(session: Session, evidence: Evidence) -> int:
    """Bytes of the visit's files that this account sends or has sent. What is merely announced
    does not count, nor what others send: else one person could shut a visit for the rest."""
    sent = select(Upload.evidence_id).where(Upload.state.in_(("open", "verified")))
    total = session.scalar(
        select(func.sum(Evidence.size)).where(
            Evidence.visit_id == evidence.visit_id,
            Evidence.account_id == evidence.account_id,
            Evidence.id.in_(sent),
        )
    )
    return int(total or 0)


def _columns(upload: Upload) -> dict[str, object]:
    names = ("id", "evidence_id", "account_id", "attempt", "length", "received", "state")
    values = {name: getattr(upload, name) for name in names}
    return values | {"created_at": upload.created_at, "expires_at": upload.expires_at}


def progress_of(upload: Upload, evidence: Evidence) -> Progress:
    """An upload's row as tus shows it."""
    return Progress(
        id=upload.id,
        evidence=evidence.id,
        visit=evidence.visit_id,
        sha256=evidence.sha256,
        attempt=upload.attempt,
        received=upload.received,
        length=upload.length,
        state=upload.state,
        expires_at=upload.expires_at,
    )


def find(session: Session, upload_id: UUID, actor: Actor) -> Progress:
    """An upload of this account; raises NotFound."""
    row = session.execute(
        select(Upload, Evidence)
        .join(Evidence, Evidence.id == Upload.evidence_id)
        .where(Upload.id == upload_id, Upload.account_id == actor.account_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return progress_of(row.Upload, row.Evidence)

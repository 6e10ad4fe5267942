"""Evidence for other features and for its own endpoints: what is expected, arrived, shown.

``create`` and ``receive`` own their transactions; everything else takes the caller's session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..platform import storage
from ..platform.access import Actor
from ..platform.errors import NotFound
from ..platform.transactions import read_session
from ..visits import service as visits
from . import store, thumbnails
from .at_once import create
from .begin import Announced, Progress, find
from .completeness import complete_if_whole, missing
from .media import PICTURES, SHOWN_AS, VARIANTS
from .models import Derivative, Evidence
from .objects import keys_of
from .receive import receive, refuse_over
from .register import register_expected

__all__ = [
    "Announced",
    "EvidenceInfo",
    "Progress",
    "Shown",
    "complete_if_whole",
    "counts",
    "create",
    "for_office",
    "missing",
    "of_visit",
    "progress",
    "read_whole",
    "receive",
    "register_expected",
    "status",
]


@dataclass(frozen=True, slots=True)
class EvidenceInfo:
    """One file of a visit as reviewers see it.

    ``thumbnails``: variants that can be shown, empty for what is no picture. ``problem`` of a
    verified file says that no decoder could read it.
    """

    id: UUID
    visit_id: UUID
    point: str | None
    sha256: str
    size: int
    mime: str
    filename: str
    state: str
    problem: str | None
    received: int
    source: str | None
    position: dict[str, str] | None
    width: int | None
    height: int | None
    verified_at: datetime | None
    thumbnails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Bytes for a browser: what they are, how many, and the bytes in chunks."""

    media_type: str
    size: int
    filename: str
    chunks: Iterator[bytes]


def of_visit(session: Session, visit_id: UUID) -> list[EvidenceInfo]:
    """The files the visit lists, withdrawn ones left out, in the order of their ids."""
    rows = session.scalars(
        select(Evidence)
        .where(Evidence.visit_id == visit_id, Evidence.standing)
        .order_by(Evidence.id)
    )
    return [_info(row) for row in rows]


def _info(row: Evidence) -> EvidenceInfo:
    seen = row.state == "verified" and row.media_type in PICTURES and row.problem is None
    return EvidenceInfo(
        id=row.id,
        visit_id=row.visit_id,
        point=row.point,
        sha256=row.sha256,
        size=row.size,
        mime=row.media_type or row.mime,
        filename=row.filename,
        state=row.state,
        problem=row.problem,
        received=row.received,
        source=row.source,
        position=row.position,
        width=row.width,
        height=row.height,
        verified_at=row.verified_at,
        thumbnails=tuple(VARIANTS) if seen else (),
    )


def counts(session: Session, visit_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """(verified, expected) files of each visit, for "evidence 3 of 5"."""
    wanted = list(visit_ids)
    verified = dict.fromkeys(wanted, 0)
    rows = session.execute(
        select(Evidence.visit_id, func.count())
        .where(Evidence.visit_id.in_(wanted), Evidence.standing, Evidence.state == "verified")
        .group_by(Evidence.visit_id)
    )
    verified.update({visit_id: count for visit_id, count in rows})
    expected = visits.by_ids(session, wanted)
    return {key: (verified[key], visit.evidence_total) for key, visit in expected.items()}


def status(session: Session, visit_id: UUID, actor: Actor) -> list[dict[str, Any]]:
    """How far each file is that this account sends for a visit, withdrawn ones included."""
    columns = (Evidence.id, Evidence.state, Evidence.received, Evidence.size, Evidence.problem)
    rows = session.execute(
        select(*columns)
        .where(Evidence.visit_id == visit_id, Evidence.account_id == actor.account_id)
        .order_by(Evidence.id)
    )
    return [dict(row._mapping) for row in rows]


def progress(upload_id: UUID, actor: Actor) -> Progress:
    """How far an upload of this account is; raises NotFound, UploadGone."""
    with read_session() as session:
        found = find(session, upload_id, actor)
    refuse_over(found)
    return found


def for_office(evidence_id: UUID, variant: str, actor: Actor) -> Shown:
    """A verified file or one of its thumbnails, for whoever may see the visit.

    A thumbnail that no job has made yet is made now. Raises NotFound.
    """
    with read_session() as session:
        evidence = session.get(Evidence, evidence_id)
        if evidence is None or evidence.state != "verified":
            raise NotFound
        visits.get(session, evidence.visit_id, actor)
        if variant == "original":
            return _original(evidence, keys_of(session, evidence))
        if not _info(evidence).thumbnails:
            raise NotFound
        found = _derivative(session, evidence_id, variant)
    if found is None:
        thumbnails.make(evidence_id, variant)
        with read_session() as session:
            found = _derivative(session, evidence_id, variant)
    if found is None:
        raise NotFound
    return found


def _original(evidence: Evidence, keys: Sequence[str]) -> Shown:
    return Shown(
        media_type=evidence.media_type or "application/octet-stream",
        size=evidence.size,
        filename=evidence.filename or evidence.sha256[:16],
        chunks=store.chain(keys),
    )


def _derivative(session: Session, evidence_id: UUID, variant: str) -> Shown | None:
    row = session.get(Derivative, (evidence_id, variant))
    if row is None:
        return None
    media_type = SHOWN_AS[variant]
    name = f"{variant}.{media_type.removeprefix('image/')}"
    return Shown(media_type, row.size, name, storage.stream(row.key))


def read_whole(session: Session, evidence_id: UUID) -> bytes:
    """All bytes of a verified file, for small ones such as signatures; raises NotFound."""
    evidence = session.get(Evidence, evidence_id)
    if evidence is None or evidence.state != "verified":
        raise NotFound
    return b"".join(store.chain(keys_of(session, evidence)))

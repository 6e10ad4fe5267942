"""Receiving bytes: store, make durable, move the offset; at the end compare the hash.

The order is what makes it safe. A segment is an object of its own and durable before the offset
moves; the offset moves only from where it was read, so late bytes of an old connection lose. The
last segment, the verdict over the whole file and the visit's completeness are one transaction: a
process killed before it has received nothing of that segment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.orm import Session

from ..platform import clock, jobs, storage
from ..platform.access import Actor
from ..platform.transactions import read_session, unit_of_work
from ..visits import service as visits
from . import store
from .begin import KEPT, Progress, find
from .completeness import complete_if_whole
from .errors import UploadGone, WrongOffset
from .hashing import hashed
from .judging import Piece, Verdict, hashes, judge, refuse
from .models import Evidence, EvidencePiece, Upload


def receive(upload_id: UUID, offset: int, read: store.Read, actor: Actor) -> Progress:
    """Append what ``read`` gives to an upload of this account; see ``take``. Raises NotFound."""
    with read_session() as session:
        upload = find(session, upload_id, actor)
    return take(upload, offset, read)


def take(upload: Progress, offset: int, read: store.Read) -> Progress:
    """Append what ``read`` gives, from ``offset`` on; how far the upload is then.

    ``read(n)`` returns at most n bytes, b"" at the end or when the connection is gone.
    Raises UploadGone, WrongOffset, StorageFull, StorageUnavailable; Damaged, WrongType
    or TooManyPixels when the file is whole and is not what it should be.
    """
    if upload.state == "verified" and offset == upload.length:
        return upload
    refuse_over(upload)
    if offset != upload.received:
        raise WrongOffset(offset=upload.received)
    store.refuse_when_full(upload.length - offset)
    while upload.received < upload.length:
        start = upload.received
        key = store.new_piece_key(upload.id, start)
        hasher = hashes().until(upload.id, start)
        through = hashed(read, hasher)
        size = store.write_segment(key, through, min(store.SEGMENT, upload.length - start))
        if size == 0:  # the request has ended, and nothing went through the hash
            hashes().keep(upload.id, start, hasher)
            break
        if start + size == upload.length:
            return _finish(upload, (start, size, key), hasher)
        _append(upload, (start, size, key))
        hashes().keep(upload.id, start + size, hasher)
        upload = replace(upload, received=start + size)
    return upload


def refuse_over(upload: Progress) -> None:
    """Raise UploadGone for an attempt that is over without success."""
    if upload.state not in {"open", "verified"}:
        raise UploadGone(state=upload.state)


def _append(upload: Progress, piece: Piece) -> None:
    """Count a durable piece that does not end the file; raises UploadGone, WrongOffset."""
    start, size, key = piece
    with unit_of_work() as session:
        if not _move(session, upload, size):
            storage.delete([key])
            _refuse_late(session, upload)
        session.execute(
            insert(EvidencePiece).values(upload_id=upload.id, start=start, size=size, key=key)
        )
        session.execute(
            update(Evidence)
            .where(Evidence.id == upload.evidence)
            .values(state="receiving", received=start + size)
        )


def _move(session: Session, upload: Progress, size: int, **closing: Any) -> bool:
    """Compare and set: False when another connection moved the offset meanwhile."""
    statement = (
        update(Upload)
        .where(Upload.id == upload.id, Upload.received == upload.received, Upload.state == "open")
        .values(received=upload.received + size, expires_at=clock.now() + KEPT, **closing)
    )
    moved: CursorResult[Any] = session.connection().execute(statement)
    return moved.rowcount == 1


def _refuse_late(session: Session, upload: Progress) -> None:
    """Say where the other connection has brought the upload; raises UploadGone, WrongOffset."""
    query = select(Upload.received, Upload.state).where(Upload.id == upload.id)
    now = session.execute(query).one()
    refuse_over(replace(upload, state=now.state))
    raise WrongOffset(offset=now.received)


def _finish(upload: Progress, last: Piece, hasher: Any) -> Progress:
    """Judge the whole file, ``last`` being durable, and close the attempt; ``hasher`` has seen
    all of it, or is None.

    Raises UploadGone or WrongOffset when another connection was faster, and Damaged, WrongType or
    TooManyPixels when the file is not taken.
    """
    pieces = [last]
    if upload.received > 0:
        with read_session() as session:
            pieces = [*_pieces(session, upload.id), last]
    verdict = judge(upload, pieces, hasher)
    single = len(pieces) == 1 and verdict.state == "verified"
    if single:
        store.become_final(last[2], upload.sha256)
    now = clock.now()
    with unit_of_work() as session:
        if not _move(session, upload, last[1], state=verdict.state, closed_at=now):
            if not single:
                storage.delete([last[2]])
            _refuse_late(session, upload)
        if verdict.state == "verified":
            _keep_verified(session, upload, last, verdict, now, single=single)
        else:
            _keep_failed(session, upload, verdict)
    if verdict.state != "verified":
        storage.delete([key for _, _, key in pieces])
        refuse(upload, verdict)
    return replace(upload, received=upload.length, state="verified")


def _pieces(session: Session, upload_id: UUID) -> list[Piece]:
    rows = session.execute(
        select(EvidencePiece.start, EvidencePiece.size, EvidencePiece.key)
        .where(EvidencePiece.upload_id == upload_id)
        .order_by(EvidencePiece.start)
    )
    return [(row.start, row.size, row.key) for row in rows]


def _keep_verified(
    session: Session,
    upload: Progress,
    last: Piece,
    verdict: Verdict,
    now: datetime,
    *,
    single: bool,
) -> None:
    state = session.connection().scalar(visits.LOCKED_STATE, {"visit": upload.visit})
    session.execute(
        update(Evidence)
        .where(Evidence.id == upload.evidence)
        .values(
            state="verified",
            problem=None,
            received=upload.length,
            media_type=verdict.media_type,
            width=verdict.width,
            height=verdict.height,
            assembled=single,
            verified_at=now,
        )
    )
    if not single:
        start, size, key = last
        session.execute(
            insert(EvidencePiece).values(upload_id=upload.id, start=start, size=size, key=key)
        )
        jobs.enqueue(session, "evidence.assemble", {"evidence": str(upload.evidence)})
    if state == "sealed":
        complete_if_whole(session, upload.visit)


def _keep_failed(session: Session, upload: Progress, verdict: Verdict) -> None:
    session.execute(
        update(Evidence)
        .where(Evidence.id == upload.evidence)
        .values(state=verdict.state, problem=verdict.problem, received=0)
    )
    session.execute(
        EvidencePiece.__table__.delete().where(  # type: ignore[attr-defined]
            EvidencePiece.upload_id == upload.id
        )
    )

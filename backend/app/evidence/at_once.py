"""A file that comes whole in the request that announces it, as photos do: the bytes first, then
one transaction.

What is not plain (an upload begun before, bytes before their event, a line that breaks, a file
that is not taken, an account that may not send it) goes the way of ``begin`` and ``receive``,
which this only shortens.
"""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..platform import clock, ids, storage
from ..platform.access import Actor
from ..platform.settings import current_settings
from ..platform.transactions import unit_of_work
from ..visits import service as visits
from . import receive, store
from .begin import KEPT, MOST_PER_VISIT, Announced, Progress, begin
from .completeness import complete_if_whole
from .judging import Verdict, judge_whole
from .models import Evidence, Upload
from .upkeep import plan_sweep

_EVIDENCE: Any = Evidence.__table__
_UPLOAD: Any = Upload.__table__
_before = _EVIDENCE.alias()
_WRITTEN = (
    "state",
    "filename",
    "received",
    "media_type",
    "width",
    "height",
    "assembled",
    "verified_at",
)

_bytes_begun = (
    select(func.coalesce(func.sum(_before.c.size), 0))
    .where(
        _before.c.visit_id == bindparam("visit"),
        _before.c.account_id == bindparam("account"),
        _before.c.id.in_(
            select(_UPLOAD.c.evidence_id).where(_UPLOAD.c.state.in_(("open", "verified")))
        ),
    )
    .scalar_subquery()
)

_TAKE = (
    update(_EVIDENCE)
    .where(
        _EVIDENCE.c.id == bindparam("evidence"),
        _EVIDENCE.c.visit_id == bindparam("visit"),
        _EVIDENCE.c.account_id == bindparam("account"),
        _EVIDENCE.c.sha256 == bindparam("announced"),
        _EVIDENCE.c.size == bindparam("length"),
        _EVIDENCE.c.state == "pending",
        ~exists().where(_UPLOAD.c.evidence_id == _EVIDENCE.c.id),
        _bytes_begun + bindparam("length") <= MOST_PER_VISIT,
    )
    .values({name: bindparam(f"to_{name}") for name in _WRITTEN})
)
"""Only what an event has announced just so, nothing was sent of, and the account has room for."""


_BEGIN = insert(_UPLOAD)


def _in_one_statement() -> Any:
    """Lock the visit, then take, then begin, in the one round trip that PostgreSQL allows: its
    state, and whether there was a file to take. SQLite has no writing in a WITH."""
    locked = visits.LOCKED_STATE.cte("locked")
    taken = _TAKE.where(exists(select(locked.c.state))).returning(_EVIDENCE.c.id).cte("taken")
    row = [bindparam(f"of_{column.name}", type_=column.type) for column in _UPLOAD.c]
    made = insert(_UPLOAD).from_select(list(_UPLOAD.c), select(*row).select_from(taken))
    begun = made.returning(_UPLOAD.c.id).cte("begun")
    return select(locked.c.state, exists(select(begun.c.id)).label("begun"))


_TAKE_AND_BEGIN = _in_one_statement()

MOST_AT_ONCE = 1 << 20
"""Bytes held in memory by a request; phones send what is larger in pieces."""


def create(announced: Announced, read: store.Read | None, actor: Actor) -> Progress:
    """Begin an upload, or find the one begun before; ``read`` gives its first bytes.

    Raises what ``begin`` and ``receive.take`` raise.
    """
    if read is not None and _small_enough(announced.size):
        store.refuse_when_full(announced.size)
        data = store.read_whole(read, announced.size)
        upload = _keep_whole(announced, data, actor) if len(data) == announced.size else None
        if upload is not None:
            return upload
        read = _after(data, read)
    upload = begin(announced, actor)
    if read is not None and upload.received == 0 and upload.state == "open":
        return receive.take(upload, 0, read)
    return upload


def _small_enough(size: int) -> bool:
    """And kept in a folder: no transaction waits for a distant store."""
    most = min(MOST_AT_ONCE, current_settings().max_evidence_bytes)
    return size <= most and storage.folder() is not None


def _after(data: bytes, read: store.Read) -> store.Read:
    """A reader of ``data``, and then of what else comes."""
    first = io.BytesIO(data)
    return lambda size: first.read(size) or read(size)


def _keep_whole(announced: Announced, data: bytes, actor: Actor) -> Progress | None:
    """None when this is not a file to be taken so; then nothing has changed."""
    verdict = judge_whole(announced.sha256, data)
    if verdict.state != "verified":
        return None
    upload = _first_attempt(announced)
    return upload if _keep(upload, announced, verdict, data, actor) else None


def _first_attempt(announced: Announced) -> Progress:
    return Progress(
        id=ids.new_id(),
        evidence=announced.evidence,
        visit=announced.visit,
        sha256=announced.sha256,
        attempt=1,
        received=announced.size,
        length=announced.size,
        state="verified",
        expires_at=clock.now() + KEPT,
    )


def _keep(
    upload: Progress, announced: Announced, verdict: Verdict, data: bytes, actor: Actor
) -> bool:
    """The bytes become durable last, just before the commit: only what an event has announced
    takes room in the store."""
    try:
        with unit_of_work() as session:
            state = _taken(session, upload, announced, verdict, actor)
            if state is None:
                session.rollback()
                return False
            plan_sweep(session)
            if state == "sealed":
                complete_if_whole(session, upload.visit)
            store.keep_whole(data, announced.sha256)
    except IntegrityError:
        return False
    return True


def _taken(
    session: Session, upload: Progress, announced: Announced, verdict: Verdict, actor: Actor
) -> str | None:
    """The state of the visit, which is locked then; None when this is nothing to be taken."""
    connection, visit = session.connection(), {"visit": upload.visit}
    taking = _to_be(upload, announced, verdict, actor)
    row = _row(upload, actor.account_id)
    if connection.dialect.name == "postgresql":
        of_upload = {f"of_{name}": value for name, value in row.items()}
        found = connection.execute(_TAKE_AND_BEGIN, taking | of_upload | visit).first()
        return found.state if found is not None and found.begun else None
    state: str | None = connection.scalar(visits.LOCKED_STATE, visit)
    if state is None or connection.execute(_TAKE, taking).rowcount == 0:
        return None
    connection.execute(_BEGIN, row)
    return state


def _row(upload: Progress, account_id: UUID) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": upload.id,
        "evidence_id": upload.evidence,
        "account_id": account_id,
        "attempt": upload.attempt,
        "length": upload.length,
        "received": upload.received,
        "state": upload.state,
        "created_at": now,
        "expires_at": upload.expires_at,
        "closed_at": now,
    }


def _to_be(
    upload: Progress, announced: Announced, verdict: Verdict, actor: Actor
) -> dict[str, Any]:
    return {
        "evidence": upload.evidence,
        "visit": upload.visit,
        "account": actor.account_id,
        "announced": upload.sha256,
        "length": upload.length,
        "to_state": "verified",
        "to_filename": announced.filename,
        "to_received": upload.length,
        "to_media_type": verdict.media_type,
        "to_width": verdict.width,
        "to_height": verdict.height,
        "to_assembled": True,
        "to_verified_at": clock.now(),
    }

"""Making and finding derivatives: in a job when the visit is complete, at once when looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, get_native_id
from typing import IO, Any
from uuid import UUID

import structlog
from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import Session

from ..platform import jobs, storage
from ..platform.database import upsert
from ..platform.transactions import read_session, unit_of_work
from . import media, store
from .errors import TooManyPixels
from .models import Derivative, Evidence
from .objects import keys_of, open_pieces

_EVIDENCE: Any = Evidence.__table__
_DERIVATIVE: Any = Derivative.__table__
log = structlog.get_logger(__name__)
_one_at_a_time = Lock()
"""Unpacked, a picture can take some hundred megabytes; a page asks for many at once."""


def _give_way() -> None:
    with suppress(AttributeError, OSError):  # a thread's own priority is Linux's
        os.setpriority(os.PRIO_PROCESS, get_native_id(), 19)


_in_spare_time = ThreadPoolExecutor(1, "thumbnails", initializer=_give_way)
"""Nobody waits for a job's pictures: phones that hand in and people who import go first."""


_AT_A_TIME = 24
"""Pictures after which rows are written and the lease of the jobs is renewed."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A verified picture and the objects in the store that make it up, in order."""

    id: UUID
    sha256: str
    media_type: str
    keys: Sequence[str]


@jobs.handler_of_many("evidence.thumbnails")
def make_for_visits(job_ids: Sequence[UUID], payloads: Sequence[dict[str, Any]]) -> None:
    """The list's thumbnail of every picture of these visits that has none yet.

    The large one is made when somebody first opens it: most are never opened, and it costs ten
    times as much.
    """
    with read_session() as session:
        of = {"visits": [UUID(payload["visit"]) for payload in payloads]}
        rows = session.connection().execute(_WITHOUT_THUMBNAILS, of).all()
        waiting = [_picture(session, row) for row in rows]
    for done in range(0, len(waiting), _AT_A_TIME):
        some = waiting[done : done + _AT_A_TIME]
        _keep([_draw(picture, media.SMALLEST, _later) for picture in some])
        if done + len(some) < len(waiting):
            jobs.renew(job_ids)


_PICTURES = select(
    _EVIDENCE.c.id, _EVIDENCE.c.sha256, _EVIDENCE.c.media_type, _EVIDENCE.c.assembled
)
_WITHOUT_THUMBNAILS = _PICTURES.where(
    _EVIDENCE.c.visit_id.in_(bindparam("visits", expanding=True)),
    _EVIDENCE.c.state == "verified",
    _EVIDENCE.c.media_type.in_(media.PICTURES),
    _EVIDENCE.c.problem.is_(None),
    ~exists().where(_DERIVATIVE.c.evidence_id == _EVIDENCE.c.id),
)


def make(evidence_id: UUID, variant: str = media.SMALLEST) -> None:
    """Make one derivative of a verified picture; making it again changes nothing."""
    with read_session() as session:
        one = _PICTURES.where(_EVIDENCE.c.id == evidence_id)
        picture = _picture(session, session.connection().execute(one).one())
    _keep([_draw(picture, variant)])


def _later(file: IO[bytes], media_type: str, variant: str) -> media.Small:
    return _in_spare_time.submit(media.small_picture, file, media_type, variant).result()


def _picture(session: Session, row: Any) -> Picture:
    return Picture(row.id, row.sha256, row.media_type or "", keys_of(session, row))


def _draw(
    picture: Picture,
    variant: str,
    draw: Callable[[IO[bytes], str, str], media.Small] = media.small_picture,
) -> dict[str, Any]:
    """The derivative's row, its bytes stored; for what no decoder reads the problem's name."""
    try:
        with open_pieces(picture.keys) as file, _one_at_a_time:
            small = draw(file, picture.media_type, variant)
    except (media.Undecodable, TooManyPixels) as error:
        return {"evidence_id": picture.id, "problem": type(error).__name__.lower()}
    key = store.derivative_key(picture.sha256, variant)
    storage.put_bytes(key, small.data)
    return {
        "evidence_id": picture.id,
        "variant": variant,
        "key": key,
        "width": small.width,
        "height": small.height,
        "size": len(small.data),
    }


def _keep(rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of one variant; bytes that no decoder reads stay verified evidence, and the
    reviewer is told."""
    made = [row for row in rows if "problem" not in row]
    with unit_of_work() as session:
        if made:
            _put(session, made)
        for row in rows:
            if "problem" in row:
                _note(session, row["evidence_id"], row["problem"])


def _put(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert, or replace what somebody who looked meanwhile has made."""
    connection = session.connection()
    statement = upsert(connection, _DERIVATIVE)
    new = {name: statement.excluded[name] for name in ("key", "width", "height", "size")}
    which = ["evidence_id", "variant"]
    connection.execute(statement.on_conflict_do_update(index_elements=which, set_=new), rows)


def _note(session: Session, evidence_id: UUID, problem: str) -> None:
    log.warning("evidence.no_thumbnail", evidence=str(evidence_id), problem=problem)
    session.execute(update(Evidence).where(Evidence.id == evidence_id).values(problem=problem))

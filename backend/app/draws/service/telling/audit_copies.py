"""The auditors' copy of a draw, and the trace of each copy that is taken away.

The copy tells who is recused from whom, so every taking is seen: whoever sees the draw reads who
took a copy and when, and the ledger has an entry with the file's digest. Taking a copy is no step
of the draw, so the person who took one may still declare it void.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ....accounts import service as accounts
from ....ledger import service as ledger
from ....platform import clock
from ....platform.access import Actor
from ....platform.transactions import read_session, unit_of_work
from ...models import DrawCopy
from ..ground import finding, recording
from . import bundles

EXPORTED = "export.made"


@dataclass(frozen=True, slots=True)
class Taken:
    """A copy that was taken: by whom (their name), of which department, when."""

    name: str
    department: str
    at: datetime


def take_copy(draw_id: UUID, by: Actor) -> tuple[str, bytes]:
    """Return the draw's number and its auditors' copy, traced before it is handed out. Raises
    NotFound.

    The copy is made outside the transaction that traces it, since a large one takes seconds.
    """
    with read_session() as session:
        draw = finding.get(session, draw_id, by)
        number, copy = draw.number or "", bundles.auditors_bundle(session, draw)
    digest = drawkit.digest(copy)
    with unit_of_work() as session:
        session.add(
            DrawCopy(draw_id=draw_id, account_id=by.account_id, sha256=digest, taken_at=clock.now())
        )
        actor = recording.actor_token(session, by)
        ledger.append(session, EXPORTED, actor=actor, subject=number, body={"sha256": digest})
        recording.moved(finding.get(session, draw_id, by, lock=True))
    return number, copy


def copies_taken(session: Session, draw_id: UUID) -> Sequence[Taken]:
    """Return every copy of a draw that was taken, the newest first."""
    query = select(DrawCopy).where(DrawCopy.draw_id == draw_id)
    rows = session.scalars(query.order_by(DrawCopy.taken_at.desc(), DrawCopy.id)).all()
    names = {row.id: row.name for row in accounts.departments(session)}
    people = {one: accounts.account(session, one) for one in {row.account_id for row in rows}}
    return [
        Taken(person.name, names.get(person.department_id, ""), row.taken_at)
        for row, person in ((row, people[row.account_id]) for row in rows)
    ]

"""Proof that what is stored of a visit follows from its events.

Reads only. For the integrity command and for tests: a cache that cannot be checked is a guess.
"""

from __future__ import annotations

from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..platform import canonical
from . import store
from .incoming import sent_hash
from .intake import as_folded, project
from .models import Visit, VisitEvent
from .reducer import fold
from .snapshot import Folding


def check(session: Session, visit_id: UUID) -> list[str]:
    """Names of what does not follow from the events: projection columns, hashes, snapshot.

    Empty when every stored event still has its hash and the visit's columns equal what folding
    all its events from the start gives.
    """
    pinned = store.package(session, visit_id)
    visit = session.get_one(Visit, visit_id)
    rows = session.execute(
        select(VisitEvent.sent, VisitEvent.hash, VisitEvent.officer, VisitEvent.revision).where(
            VisitEvent.visit_id == visit_id
        )
    ).all()
    wrong = [f"hash of {row.hash[:8]}" for row in rows if sent_hash(row.sent.encode()) != row.hash]
    events = [as_folded(orjson.loads(row.sent), row.officer, row.revision) for row in rows]
    expected = project(pinned, fold(pinned, events))
    expected["event_count"] = len(rows)
    expected["revision"] = max((row.revision for row in rows), default=0)
    expected["package_sha256"] = canonical.digest(pinned)
    wrong += [name for name, value in expected.items() if getattr(visit, name) != value]
    folded_to, saved = store.saved_fold(session, visit_id)
    resumed = Folding(pinned, saved)
    resumed.feed(store.events_after(session, visit_id, folded_to))
    if project(pinned, resumed.state()) != project(pinned, fold(pinned, events)):
        wrong.append("snapshot")
    return wrong

"""Sending a record back: the server's own event, written like a phone's.

Called in the transaction of the decision that causes it. It decides nothing about who may do so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..platform import clock
from ..platform.access import Actor
from ..platform.errors import NotFound
from . import store
from .errors import WrongState
from .intake import HANDED_IN, project
from .models import Visit
from .server_events import server_row
from .snapshot import Folding


def reopen(
    session: Session,
    visit_id: UUID,
    reason: str,
    by: Actor,
    *,
    reasons: Sequence[Mapping[str, str | None]] = (),
) -> Visit:
    """Send a record back to its officers: the server's event ``visit.reopened``.

    ``reasons`` name single points or files: [{point, evidence, reason}].

    The next record names this one's digest as ``previous``. Raises WrongState when nothing was
    handed in or the record is confirmed already.
    """
    visit = session.scalar(
        select(Visit).where(Visit.id == visit_id).with_for_update(key_share=True)
    )
    if visit is None:
        raise NotFound
    if visit.state not in HANDED_IN:
        raise WrongState
    now = clock.now()
    revision = visit.revision + 1
    body = {
        "reason": reason,
        "reasons": [dict(entry) for entry in reasons],
        "by": str(by.account_id),
    }
    row = server_row(visit_id, revision, "visit.reopened", body, now, by.account_id)
    store.insert_events(session, [row])
    package = store.package(session, visit_id)
    folding = Folding(package)
    folding.feed(store.events_after(session, visit_id, 0))
    session.execute(
        update(Visit)
        .where(Visit.id == visit_id)
        .values(
            **project(package, folding.state()),
            state="sent_back",
            revision=revision,
            event_count=visit.event_count + 1,
            completed_at=None,
            sealed_at=None,
            sealed_by=None,
            changed_at=now,
        )
    )
    store.save_fold(session, visit_id, revision, folding)
    session.refresh(visit)
    return visit

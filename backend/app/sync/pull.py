"""What a phone has not seen: packages it lacks, events of the other officers, visits it may drop.

Reads only. Revisions of a visit order what a phone has; there is no global cursor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from ..platform import clock
from ..visits import service as visits


def unseen(
    session: Session,
    account_id: UUID,
    device_id: UUID,
    have: Mapping[UUID, int],
    just_raised: Mapping[UUID, int],
) -> tuple[list[dict[str, Any]], dict[str, dict[str, str] | None]]:
    """(visits of the reply, released visits with how their officer was replaced, if that is why).

    ``just_raised`` holds visits whose revision this very call raised, with the revision before:
    a phone that had that one has missed nothing.
    """
    open_visits = visits.open_visits(session, account_id)
    lacking = [one.id for one in open_visits if have.get(one.id, -1) < one.package_revision]
    packages = visits.package_bodies(session, lacking)
    found = []
    for visit in open_visits:
        known = have.get(visit.id)
        if known is not None and known >= visit.revision:
            continue
        package = packages.get(visit.id)
        nothing_new = visit.revision == 0 or (
            known is not None and known == just_raised.get(visit.id)
        )
        since = known or 0
        events = (
            []
            if nothing_new
            else visits.events_since(session, visit.id, since, device_id, account_id)
        )
        found.append(
            {
                "visit": str(visit.id),
                "revision": visit.revision,
                "package": orjson.Fragment(package) if package is not None else None,
                "events": events,
            }
        )
    assigned = {visit.id for visit in open_visits}
    return found, _released(session, account_id, [one for one in have if one not in assigned])


def _released(
    session: Session, account_id: UUID, visit_ids: Sequence[UUID]
) -> dict[str, dict[str, str] | None]:
    left = visits.left_of_account(session, account_id, visit_ids)
    return {
        str(visit_id): {"reason": row.reason, "at": clock.rfc3339(row.left_at)}
        if (row := left.get(visit_id))
        else None
        for visit_id in visit_ids
    }

"""What a phone has not seen: packages it lacks, events of the other officers, visits it may drop.

Reads only. Revisions of a visit order what a phone has; there is no global cursor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from ..visits import service as visits


def unseen(
    session: Session,
    account_id: UUID,
    device_id: UUID,
    have: Mapping[UUID, int],
    just_raised: Mapping[UUID, int],
) -> tuple[list[dict[str, Any]], list[str]]:
    """(visits of the reply, ids of released visits).

    ``just_raised`` holds visits whose revision this very call raised, with the revision before:
    a phone that had that one has missed nothing.
    """
    open_visits = visits.open_visits(session, account_id)
    lacking = [visit.id for visit in open_visits if visit.id not in have]
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
        events = (
            [] if nothing_new else visits.events_since(session, visit.id, known or 0, device_id)
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
    return found, [str(visit_id) for visit_id in have if visit_id not in assigned]

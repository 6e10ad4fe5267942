"""Which sealed draws still hide names, and what small numbers may be told beside them. Reads only.

One query for all draws: public pages ask for it each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...visits import service as visits
from .. import rules
from ..models import Draw


def still_hidden(session: Session) -> set[UUID]:
    """Sealed draws some of whose names are not open yet; void ones not, since nobody goes there
    and a void must hide nothing."""
    query = select(Draw.id, Draw.drawn_rows).where(
        Draw.sealed,
        Draw.rehearsal.is_(False),
        Draw.drawn_at.is_not(None),
        Draw.state != rules.VOIDED,
    )
    rows = {draw_id: count for draw_id, count in session.execute(query)}
    opened = visits.count_disclosed(session, rows)
    return {draw_id for draw_id, count in rows.items() if opened[draw_id] < count}


def public_exclusions(draw: Draw) -> dict[str, Any]:
    """How many each rule left out, as the public may read it: of a sealed draw small numbers are
    blurred, since they count what other unannounced draws have drawn."""
    found: Mapping[str, int] = draw.counts.get("exclusions", {})
    return {rule: rules.blurred(n) if draw.sealed else n for rule, n in found.items()}

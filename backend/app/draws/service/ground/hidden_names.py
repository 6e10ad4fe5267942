"""Which sealed draws still hide names, and which small numbers may be told beside them. Reads only.

One query answers for all draws, since public pages ask each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ....visits import service as visits
from ... import rules
from ...models import Draw

LEFT_OUT = "left_out"
"""The member of ``draw.counts`` that says how many enterprises all rules together left out."""


def still_hidden(session: Session) -> set[UUID]:
    """Return the sealed draws some of whose names are not open yet.

    Void draws are not among them: nobody visits those enterprises, and a void must hide nothing.
    """
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
    """Return how many enterprises each rule left out, as the public may read it.

    A sealed draw tells all rules together, and a small number only as small: numbers by rule would
    count what other unannounced draws have drawn. A draw that was frozen before the total was
    counted tells what its exclusions.tsv tells.
    """
    found: Mapping[str, int] = draw.counts.get("exclusions", {})
    if not draw.sealed:
        return dict(found)
    if LEFT_OUT in draw.counts:
        return {rules.SEALED: rules.blurred(draw.counts[LEFT_OUT])}
    return {rule: rules.blurred(n) for rule, n in found.items()}

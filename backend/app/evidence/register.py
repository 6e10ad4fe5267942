"""Evidence as the events announce it: rows for what is to arrive, before a byte has.

Called in the transaction that keeps the events. Quarantined announcements get rows too, since
their bytes are kept as well; only the visit does not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..platform.database import upsert
from ..visits import service as visits
from ..visits.service import Incoming
from .models import Evidence, Upload

_EVIDENCE: Any = Evidence.__table__


def register_expected(
    session: Session,
    account_id: UUID,
    intakes: Iterable[visits.Intake],
    kept: Sequence[Incoming],
) -> None:
    """Rows for the evidence that a push announced or withdrew.

    ``intakes`` have taken their events already; ``kept`` are events that went to quarantine.
    """
    wanted: dict[UUID, dict[str, Any]] = {}
    for intake in intakes:
        wanted.update(_announced(intake, account_id))
        _withdraw(session, intake)
    held = [event for event in kept if event.kind == "evidence.added"]
    if held:
        known = visits.by_ids(session, {event.visit for event in held})
        for event in held:
            if event.visit in known:
                row = _row(event, account_id, standing=False)
                wanted.setdefault(row["id"], row)
    if wanted:
        _put(session, wanted)


def _announced(intake: visits.Intake, account_id: UUID) -> dict[UUID, dict[str, Any]]:
    added = [event for event in intake.accepted if event.kind == "evidence.added"]
    if not added:
        return {}
    standing = intake.standing_evidence()
    rows = [
        _row(event, account_id, standing=event.event["body"]["evidence"] in standing)
        for event in added
    ]
    return {row["id"]: row for row in reversed(rows)}


def _row(event: Incoming, account_id: UUID, *, standing: bool) -> dict[str, Any]:
    body = event.event["body"]
    return {
        "id": UUID(body["evidence"]),
        "visit_id": event.visit,
        "account_id": account_id,
        "sha256": body["sha256"],
        "size": body["size"],
        "mime": body["mime"].replace("\0", ""),
        "point": (body.get("point") or "").replace("\0", "") or None,
        "source": body["source"],
        "position": _place(body.get("position")),
        "standing": standing,
    }


def _place(told: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is known of a position; a phone may say more, and not all of that fits a column."""
    if told is None:
        return None
    return {name: told[name] for name in ("lat", "lon", "accuracy") if name in told}


def _withdraw(session: Session, intake: visits.Intake) -> None:
    gone = [
        UUID(event.event["body"]["evidence"])
        for event in intake.accepted
        if event.kind == "evidence.withdrawn"
    ]
    if gone:
        session.execute(
            update(Evidence)
            .where(Evidence.id.in_(gone), Evidence.visit_id == intake.visit_id)
            .values(standing=False)
        )


def _put(session: Session, wanted: dict[UUID, dict[str, Any]]) -> None:
    connection = session.connection()
    statement = upsert(connection, _EVIDENCE).on_conflict_do_nothing(index_elements=["id"])
    rows = connection.execute(statement.returning(_EVIDENCE.c.id), list(wanted.values()))
    known = wanted.keys() - set(rows.scalars())
    if known:
        for row in session.scalars(select(Evidence).where(Evidence.id.in_(known))):
            _fill_in(session, row, wanted[row.id])
        session.flush()


def _fill_in(session: Session, row: Evidence, told: dict[str, Any]) -> None:
    """What the event says of bytes that came before it. The first of two announcements counts,
    but one that the visit took replaces one that went to quarantine: the record names its hash."""
    if (row.visit_id, row.account_id) != (told["visit_id"], told["account_id"]):
        return
    if row.source is not None and (row.standing or not told["standing"]):
        return
    if (row.sha256, row.size) != (told["sha256"], told["size"]):
        row.state, row.received, row.problem = "pending", 0, None
        session.execute(update(Upload).where(Upload.evidence_id == row.id).values(state="expired"))
    for name, value in told.items():
        setattr(row, name, value)

"""Re-drawing single seats of drawn teams 补派: the present roster, the next links, the batch.

Who left and why is decided in ``replacements``. Here the drawn teams are computed anew from the
frozen bytes, every earlier batch is run again, and drawkit draws the next one. The caller owns the
transaction and holds the draw's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import drawkit

from ....ledger import service as ledger
from ....platform import clock
from ... import rules
from ...errors import ChainUsedUp, WrongState
from ...models import Draw, DrawReplacement, DrawSeat
from .. import outcome
from ..ground import finding, vault
from ..ground.records import DrawRecord


@dataclass(frozen=True, slots=True)
class SeatChange:
    """What a batch did to one seat; without a ``joining_officer`` the seat is vacant now."""

    seat_no: int
    row: int
    position: int
    departing_officer: UUID | None
    joining_officer: UUID | None
    cause: str


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """The input of a batch: (seat, public cause) of the seats, pairs (officer, object) recused
    since the freeze, officers who take no seat now. ``held``: see ``DrawReplacement``."""

    vacated: Sequence[tuple[int, str]]
    recused: Sequence[tuple[UUID, str]]
    absent: Sequence[UUID]
    held: Mapping[str, Any] = field(default_factory=dict)


def redraw(
    session: Session, record: DrawRecord, start: drawkit.Roster, asked: BatchRequest, actor: str
) -> tuple[int, list[SeatChange]]:
    """Draw the next batch, write seats, trace and entry, and return the batch's number with the
    change of each seat, ascending.

    ``start`` comes from :func:`roster` in the same transaction; ``actor``: the ledger's token.
    Raises WrongState without a result, ChainUsedUp.
    """
    draw = finding.row_of(session, record)
    if draw.state not in rules.RESULT_KNOWN:
        raise WrongState(state=draw.state)
    operator, supervisor = _next_links(draw, start.batch + 1)
    known = start.recused
    pairs = sorted({(officer.hex, target) for officer, target in asked.recused} - known)
    entry = drawkit.run_batch(
        start,
        operator_link=operator,
        supervisor_link=supervisor,
        vacated=sorted(asked.vacated),
        recused=pairs,
        absent=sorted({officer.hex for officer in asked.absent}),
    )
    filled = _write(session, draw, entry)
    batch = DrawReplacement(
        draw_id=draw.id,
        batch=entry["batch"],
        entry=drawkit.canonical(entry).decode(),
        held=dict(asked.held),
        drawn_at=clock.now(),
    )
    session.add(batch)
    body = outcome.batch_body(batch)
    ledger.append(session, "draw.replacement", actor=actor, subject=draw.number or "", body=body)
    return entry["batch"], filled


def _next_links(draw: Draw, batch: int) -> tuple[bytes, bytes]:
    """Return the links of both chains for a batch; each batch reveals one of each chain,
    backwards."""
    if batch > rules.CHAIN_LENGTH:
        raise ChainUsedUp
    kept = vault.open_(draw.secrets or "")
    starts = (kept.operator_chain, kept.supervisor_chain)
    length = rules.CHAIN_LENGTH - batch
    operator, supervisor = (drawkit.chain(bytes.fromhex(one), length)[-1] for one in starts)
    return operator, supervisor


def _write(session: Session, draw: Draw, entry: Mapping[str, Any]) -> list[SeatChange]:
    changes = []
    for one in entry["vacated"]:
        seat = session.get_one(DrawSeat, (draw.id, one["seat"]))
        joining = None if one["officer"] is None else UUID(hex=one["officer"])
        departing = None if one["left"] is None else UUID(hex=one["left"])
        seat.officer_id = joining
        changes.append(
            SeatChange(seat.seat_no, seat.row, seat.position, departing, joining, one["reason"])
        )
    session.flush()
    empty = (
        select(func.count())
        .select_from(DrawSeat)
        .where(DrawSeat.draw_id == draw.id, DrawSeat.officer_id.is_(None))
    )
    draw.vacant_seats = session.scalar(empty) or 0
    return changes

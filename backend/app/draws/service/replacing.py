"""Re-drawing single seats of drawn teams 补派: the roster as it stands, the next links, the batch.

Who left and why is decided elsewhere (``replacements``). Here the drawn teams are computed anew
from the frozen bytes, every batch so far is run again, and the next one is drawn by drawkit. The
caller owns the transaction and holds the draw's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import drawkit

from ...ledger import service as ledger
from ...platform import clock
from ...platform.errors import NotFound
from .. import rules, vault
from ..errors import ChainUsedUp, WrongState
from ..models import Draw, DrawReplacement, DrawSeat
from . import drawing, extended, recording, recusing, replaced


@dataclass(frozen=True, slots=True)
class Filled:
    """What a batch did to one seat; without ``came`` it is vacant now."""

    seat_no: int
    row: int
    position: int
    left: UUID | None
    came: UUID | None
    cause: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a batch starts from: (seat, public cause), pairs (officer, object) recused since the
    freeze, officers who take no seat now. ``held``: see ``DrawReplacement``."""

    vacated: Sequence[tuple[int, str]]
    recused: Sequence[tuple[UUID, str]]
    absent: Sequence[UUID]
    held: Mapping[str, Any] = field(default_factory=dict)


def locked(session: Session, draw_id: UUID) -> Draw:
    """The draw with its row locked until the end of the transaction; raises NotFound."""
    query = select(Draw).where(Draw.id == draw_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def roster(session: Session, draw: Draw) -> drawkit.Roster:
    """Who sits where after the draw and every batch so far, computed from the frozen bytes."""
    return standing(session, draw, drawing.compute(draw).result)[1]


def roster_ahead(session: Session, draw_id: UUID) -> drawkit.Roster:
    """The roster of a draw that is not locked yet, so that computing it holds nobody up; whether
    it still holds under the lock is for :func:`is_current` to say."""
    return roster(session, session.get_one(Draw, draw_id))


def is_current(session: Session, draw: Draw, made: drawkit.Roster) -> bool:
    """Whether no batch and no extension came since a roster was computed. Needs the lock."""
    return made.batch == len(replaced.batches(session, draw)) and len(made.seats) == draw.seats


def standing(
    session: Session, draw: Draw, result: drawkit.Result
) -> tuple[drawkit.Order, drawkit.Roster]:
    """How far the order of a computed draw was taken, and who sits where, after every batch and
    every extension so far."""
    freeze = recording.frozen(draw)
    lines = drawkit.read_table(recusing.tables(draw, freeze)["recusals.tsv"], "recusals.tsv")
    seed = bytes.fromhex(draw.seed or "")
    made = drawkit.Roster(
        seed=seed,
        seats=result.seats,
        officers=result.officers,
        who=list(result.who),
        load=list(result.load),
        objects=result.objects(),
        recused={_pair(line) for line in lines},
        operator_head=bytes.fromhex(freeze["op_chain"]),
        supervisor_head=bytes.fromhex(freeze["sup_chain"]),
    )
    plan = drawkit.parse_canonical((draw.plan_json or "").encode(), "plan.json")
    order = drawkit.order_of(result, seed, plan)
    batches = [replaced.entry_of(row) for row in replaced.batches(session, draw)]
    added = [extended.entry_of(row) for row in extended.rows(session, draw)]
    extended.replay(order, made, batches, added, _again)
    return order, made


def _pair(line: bytes) -> tuple[str, str]:
    officer, _tab, target = line.decode("ascii").partition("\t")
    return officer, target


def _again(made: drawkit.Roster, entry: Mapping[str, Any]) -> None:
    drawkit.run_batch(
        made,
        operator_link=bytes.fromhex(entry["operator_link"]),
        supervisor_link=bytes.fromhex(entry["supervisor_link"]),
        vacated=[(one["seat"], one["reason"]) for one in entry["vacated"]],
        recused=[(one[0], one[1]) for one in entry["recused"]],
        absent=list(entry["absent"]),
    )


def officers_of(roster_: drawkit.Roster) -> list[UUID]:
    """Everybody who was eligible at the freeze."""
    return [UUID(hex=officer.token) for officer in roster_.officers]


def could_come(
    start: drawkit.Roster,
    vacated: Sequence[int],
    recused: Iterable[tuple[UUID, str]],
    absent: Iterable[UUID],
    but_for: Iterable[tuple[UUID, str]] = (),
) -> dict[int, int]:
    """How many officers could take each vacated seat; ``recused`` and ``absent`` as in a
    ``Request``; ``but_for``: pairs that are left aside, those an earlier batch took along too."""
    away = {one.hex for one in absent}
    return drawkit.could_come(
        start, list(vacated), _tokens(recused), away, but_for=_tokens(but_for)
    )


def _tokens(pairs: Iterable[tuple[UUID, str]]) -> set[tuple[str, str]]:
    return {(officer.hex, target) for officer, target in pairs}


def redraw(
    session: Session, draw: Draw, start: drawkit.Roster, asked: Request, actor: str
) -> tuple[int, list[Filled]]:
    """Draw the next batch: seats, trace and entry are written; gives its number and what became
    of each seat, ascending.

    ``start`` comes from :func:`roster` in the same transaction; ``actor``: the ledger's token.
    Raises WrongState without a result, ChainUsedUp.
    """
    if draw.state not in rules.RESULT_KNOWN:
        raise WrongState(state=draw.state)
    operator, supervisor = _next_links(draw, start.batch + 1)
    known = start.recused
    pairs = sorted(_tokens(asked.recused) - known)
    entry = drawkit.run_batch(
        start,
        operator_link=operator,
        supervisor_link=supervisor,
        vacated=sorted(asked.vacated),
        recused=pairs,
        absent=sorted({officer.hex for officer in asked.absent}),
    )
    filled = _write(session, draw, entry)
    text = drawkit.canonical(entry)
    session.add(
        DrawReplacement(
            draw_id=draw.id,
            batch=entry["batch"],
            entry=text.decode(),
            held=dict(asked.held),
            drawn_at=clock.now(),
        )
    )
    body = {"sha256": drawkit.digest(text), "batch": entry["batch"]}
    ledger.append(session, "draw.replacement", actor=actor, subject=draw.number or "", body=body)
    return entry["batch"], filled


def _next_links(draw: Draw, batch: int) -> tuple[bytes, bytes]:
    """The links of both chains for a batch: revealed backwards, one each."""
    if batch > rules.CHAIN_LENGTH:
        raise ChainUsedUp
    kept = vault.open_(draw.secrets or "")
    starts = (kept.operator_chain, kept.supervisor_chain)
    length = rules.CHAIN_LENGTH - batch
    operator, supervisor = (drawkit.chain(bytes.fromhex(one), length)[-1] for one in starts)
    return operator, supervisor


def _write(session: Session, draw: Draw, entry: Mapping[str, Any]) -> list[Filled]:
    filled = []
    for one in entry["vacated"]:
        seat = session.get_one(DrawSeat, (draw.id, one["seat"]))
        came = None if one["officer"] is None else UUID(hex=one["officer"])
        left = None if one["left"] is None else UUID(hex=one["left"])
        seat.officer_id = came
        filled.append(Filled(seat.seat_no, seat.row, seat.position, left, came, one["reason"]))
    session.flush()
    empty = (
        select(func.count())
        .select_from(DrawSeat)
        .where(DrawSeat.draw_id == draw.id, DrawSeat.officer_id.is_(None))
    )
    draw.vacant_seats = session.scalar(empty) or 0
    return filled

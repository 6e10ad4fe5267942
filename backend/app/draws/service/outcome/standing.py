"""Who sits where now, computed anew: the drawn teams from the frozen bytes, then every batch of
replacements and every extension. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend import drawkit

from ...models import Draw
from .. import holding
from ..ground import finding, recording
from ..ground.records import DrawRecord
from . import batches, computing, extensions

Entry = Mapping[str, Any]


def roster(session: Session, draw: DrawRecord) -> drawkit.Roster:
    """Return who sits where after the draw and every batch so far, computed from the frozen
    bytes."""
    row = finding.row_of(session, draw)
    return order_and_roster(session, row, computing.compute(row).result)[1]


def roster_ahead(session: Session, draw_id: UUID) -> drawkit.Roster:
    """Return the roster of a draw that is not locked yet, so that computing it holds nobody up;
    under the lock :func:`is_current` says whether it still holds."""
    return roster(session, session.get_one(Draw, draw_id))


def is_current(session: Session, draw: DrawRecord, made: drawkit.Roster) -> bool:
    """Return True if no batch and no extension came after the roster was computed. Needs the draw's
    lock."""
    row = finding.row_of(session, draw)
    return made.batch == len(batches.batches_of(session, row)) and len(made.seats) == row.seats


def order_and_roster(
    session: Session, draw: Draw, result: drawkit.Result
) -> tuple[drawkit.Order, drawkit.Roster]:
    """Return how far the order of a computed draw was taken and who sits where, after every batch
    of replacements and every extension so far."""
    freeze = recording.frozen(draw)
    lines = drawkit.read_table(holding.frozen_tables(draw, freeze)["recusals.tsv"], "recusals.tsv")
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
    redrawn = [batches.batch_entry(row) for row in batches.batches_of(session, draw)]
    added = [extensions.extension_entry(row) for row in extensions.extensions_of(session, draw)]
    _replay(order, made, redrawn, added)
    return order, made


def _pair(line: bytes) -> tuple[str, str]:
    officer, _tab, target = line.decode("ascii").partition("\t")
    return officer, target


def _run_batch(made: drawkit.Roster, entry: Mapping[str, Any]) -> None:
    drawkit.run_batch(
        made,
        operator_link=bytes.fromhex(entry["operator_link"]),
        supervisor_link=bytes.fromhex(entry["supervisor_link"]),
        vacated=[(one["seat"], one["reason"]) for one in entry["vacated"]],
        recused=[(one[0], one[1]) for one in entry["recused"]],
        absent=list(entry["absent"]),
    )


def officers_of(roster_: drawkit.Roster) -> list[UUID]:
    """Return everybody who was eligible at the freeze."""
    return [UUID(hex=officer.token) for officer in roster_.officers]


def could_come(
    start: drawkit.Roster,
    vacated: Sequence[int],
    recused: Iterable[tuple[UUID, str]],
    absent: Iterable[UUID],
    but_for: Iterable[tuple[UUID, str]] = (),
) -> dict[int, int]:
    """Return how many officers could take each vacated seat.

    ``recused`` and ``absent`` as in a ``BatchRequest``; ``but_for``: pairs that do not count, even
    if an earlier batch took them along.
    """
    away = {one.hex for one in absent}
    return drawkit.could_come(
        start, list(vacated), _tokens(recused), away, but_for=_tokens(but_for)
    )


def _tokens(pairs: Iterable[tuple[UUID, str]]) -> set[tuple[str, str]]:
    return {(officer.hex, target) for officer, target in pairs}


def _replay(
    order: drawkit.Order,
    made: drawkit.Roster,
    redrawn: Sequence[Entry],
    added: Sequence[Entry],
) -> None:
    """Run every batch of replacements again, and every extension at its place among them."""
    waiting = list(added)
    for place in range(len(redrawn) + 1):
        while waiting and waiting[0]["after"] == place:
            entry = waiting.pop(0)
            more = [(one["stratum"], one["n"]) for one in entry["more"]]
            drawkit.run_extension(order, made, more, entry["reason"])
        if place < len(redrawn):
            _run_batch(made, redrawn[place])

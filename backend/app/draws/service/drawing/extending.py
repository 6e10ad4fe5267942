"""Extending a finished draw 增抽: the next rows of the same order, with a public reason.

Nothing is drawn anew, so nobody chooses: anyone can compute beforehand which rows come next. How
many, why and who decided it are in the ledger and public.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import drawkit

from ....disclosure import service as disclosure
from ....platform import clock
from ....platform.access import Actor
from ... import rules
from ...errors import (
    ChangedMeanwhile,
    LastDayPassed,
    ReasonMissing,
    TooFewLeft,
    WrongState,
)
from ...models import Draw, DrawExtension, DrawRow, DrawSeat
from .. import holding, outcome
from ..ground import finding, frozen_files, recording
from . import dispatching, lots


@dataclass(frozen=True, slots=True)
class Remaining:
    """A stratum with how many of its rows are not drawn yet."""

    code: str
    label: str
    taken: int
    left: int


def remaining_rows(session: Session, draw: Draw) -> list[Remaining]:
    """Return what every stratum of a finished draw has left."""
    query = select(DrawRow.stratum, func.count()).where(DrawRow.draw_id == draw.id)
    counted = session.execute(query.group_by(DrawRow.stratum))
    taken: dict[str, int] = {row[0]: row[1] for row in counted}
    return [
        Remaining(part["code"], part["label"], n, part["rows"] - n)
        for part in draw.counts.get("strata", ())
        for n in (taken.get(part["code"], 0),)
    ]


def may_extend(draw: Draw) -> bool:
    """Return True if the draw is in a state in which it can be extended."""
    passed = draw.last_day is not None and draw.last_day < clock.today()
    return draw.state in rules.RESULT_KNOWN and not draw.rehearsal and not passed


def extend(draw_id: UUID, more: Mapping[str, int], reason: str, seen: int, by: Actor) -> int:
    """Add the next rows of some strata and return how many enterprises were added; visits of a
    dispatched draw are sent at once.

    ``more``: stratum → how many; ``seen``: how many extensions the page showed. Raises NotFound,
    OutsideYourDepartment, WrongState, LastDayPassed, ChangedMeanwhile, ReasonMissing,
    TooFewLeft.
    """
    words = disclosure.without_long_numbers(reason.strip())
    with recording.step() as session:
        draw = finding.get_to_run(session, draw_id, by)
        _refuse(session, draw, more, words, seen)
        result = outcome.compute(draw).result
        order, roster = outcome.order_and_roster(session, draw, result)
        first = len(order.rows)
        wanted = sorted((code, n) for code, n in more.items() if n)
        entry = drawkit.run_extension(order, roster, wanted, words)
        _write(session, draw, result, order.rows[first:], first)
        _seat(session, draw, roster, order.rows, entry)
        row = DrawExtension(
            draw_id=draw.id,
            number=entry["extension"],
            entry=drawkit.canonical(entry).decode(),
            reason=words,
            rows=len(entry["rows"]),
            extended_by=by.account_id,
            extended_at=clock.now(),
        )
        session.add(row)
        session.flush()
        recording.trace(session, draw, "extended", by, outcome.extension_body(row))
        if draw.state == rules.DISPATCHED:
            dispatching.send_ready(session, draw)
        return row.rows


def _refuse(session: Session, draw: Draw, more: Mapping[str, int], words: str, seen: int) -> None:
    if draw.state not in rules.RESULT_KNOWN or draw.rehearsal:
        raise WrongState(state=draw.state)
    if not may_extend(draw):
        raise LastDayPassed
    if len(outcome.extensions_of(session, draw)) != seen:
        raise ChangedMeanwhile
    if not words:
        raise ReasonMissing
    room = {part.code: part.left for part in remaining_rows(session, draw)}
    wanted = {code: n for code, n in more.items() if n}
    if not wanted or any(not 0 < n <= room.get(code, 0) for code, n in wanted.items()):
        raise TooFewLeft


def _write(
    session: Session,
    draw: Draw,
    result: drawkit.Result,
    added: Sequence[drawkit.Drawn],
    first: int,
) -> None:
    seed = bytes.fromhex(draw.seed or "")
    proofs = drawkit.proofs(result, seed, [one.row for one in added])
    index = frozen_files.get(holding.ENTERPRISE_INDEX, draw.index_sha256 or "")
    made = lots.drawn_rows(session, draw, result, added, proofs, index)
    number = len(outcome.extensions_of(session, draw)) + 1
    for row in made:
        row.lot_number += first
        row.extension = number
    session.add_all(made)
    draw.drawn_rows += len(made)


def _seat(
    session: Session,
    draw: Draw,
    roster: drawkit.Roster,
    rows: Sequence[drawkit.Drawn],
    entry: Mapping[str, Any],
) -> None:
    position: Counter[int] = Counter()
    for one in entry["seats"]:
        seat = roster.seats[one["seat"]]
        session.add(
            DrawSeat(
                draw_id=draw.id,
                seat_no=one["seat"],
                row=rows[seat.task].row,
                position=position[seat.task],
                department=seat.department,
                speciality=seat.speciality,
                officer_id=None if one["officer"] is None else UUID(hex=one["officer"]),
            )
        )
        position[seat.task] += 1
        draw.seats += 1
        draw.vacant_seats += one["officer"] is None

"""The draw itself: only from a stored transcript, only from tables that are the frozen ones.

One transaction writes drawn rows with their proofs, seats, the trace and the publication.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend import drawkit

from ...disclosure import service as disclosure
from ...ledger import service as ledger
from ...platform import clock, events
from ...platform.access import Actor
from ...platform.transactions import unit_of_work
from ...registry import service as registry
from .. import files, rules
from ..errors import RosterDiffers, TranscriptNotInLedger, WrongState
from ..models import Draw, DrawRow, DrawSeat
from . import freezing, grouping, preparing, publishing, recording, recusing

RESULT = "result.tsv"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Computed:
    """A result with the proofs of its rows and the bytes it is published as."""

    result: drawkit.Result
    proofs: dict[int, drawkit.RowProof]
    tsv: bytes


def draw_lots(draw_id: UUID, by: Actor) -> None:
    """Compute, store and publish what the stored transcript decides; a second press changes
    nothing. A rehearsal is not published.

    Raises NotFound, OutsideYourDepartment, WrongState, RosterDiffers, TranscriptNotInLedger.
    """
    with unit_of_work() as session:
        draw = preparing.get_to_run(session, draw_id, by)
        if not recording.may_step(draw, rules.REVEALED, rules.DRAWN):
            return
        transcript = recording.entry_type(draw, "transcript")
        if ledger.index_of(session, transcript, draw.number or "") is None:
            raise TranscriptNotInLedger
        computed = compute(draw)
        _write(session, draw, computed)
        draw.state, draw.drawn_at = rules.DRAWN, clock.now()
        session.flush()
        recording.trace(session, draw, "result", by, recording.of_file(computed.tsv))
        if draw.rehearsal:
            return
        events.publish(session, events.DRAW_DRAWN, draw.id, number=draw.number or "")
        disclosure.publish_draw(
            session,
            draw_id=draw.id,
            number=draw.number or "",
            department_id=draw.department_id,
            document=publishing.document(session, draw),
            by=by.account_id,
        )


def compute(draw: Draw) -> Computed:
    """The result of a stored transcript over the checked tables; writes nothing."""
    if draw.transcript_json is None or draw.seed is None:
        raise WrongState(state=draw.state)
    freeze = recording.frozen(draw)
    plan_text = (draw.plan_json or "").encode()
    if drawkit.digest(plan_text) != freeze["plan_sha256"]:
        raise RosterDiffers(file="plan.json")
    transcript = drawkit.parse_canonical(draw.transcript_json.encode(), "transcript.json")
    seed = drawkit.seed(transcript)
    if transcript["freeze"] != draw.freeze_sha256 or seed.hex() != draw.seed:
        raise RosterDiffers(file="transcript.json")
    tables = recusing.tables(draw, freeze)
    inputs = drawkit.Inputs(
        plan=drawkit.parse_canonical(plan_text, "plan.json"),
        pool=tables["pool.tsv"],
        officers=tables["officers.tsv"],
        recusals=tables["recusals.tsv"],
        exclusions=tables["exclusions.tsv"],
    )
    result = drawkit.compute(inputs, seed)
    proofs = drawkit.proofs(result, seed, [task.row for task in result.tasks])
    return Computed(result, proofs, result.tsv())


def _write(session: Session, draw: Draw, computed: Computed) -> None:
    result = computed.result
    draw.result_sha256 = files.put(RESULT, computed.tsv)
    draw.drawn_rows, draw.seats = len(result.tasks), len(result.seats)
    draw.vacant_seats = len(result.vacant)
    strata = recording.frozen(draw)["strata"]
    groups = grouping.of_result(draw, strata, [task.row for task in result.tasks])
    draw.counts = {**draw.counts, "groups_drawn": groups}
    session.add_all(_rows(session, draw, computed))
    position: Counter[int] = Counter()
    for number, (seat, who) in enumerate(zip(result.seats, result.who, strict=True)):
        vacant = who == drawkit.VACANT
        session.add(
            DrawSeat(
                draw_id=draw.id,
                seat_no=number,
                row=result.tasks[seat.task].row,
                position=position[seat.task],
                department=seat.department,
                speciality=seat.speciality,
                officer_id=None if vacant else UUID(hex=result.officers[who].token),
            )
        )
        position[seat.task] += 1


def _rows(session: Session, draw: Draw, computed: Computed) -> list[DrawRow]:
    index = files.get(freezing.INDEX, draw.index_sha256 or "")
    result = computed.result
    return drawn_rows(session, draw, result, result.tasks, computed.proofs, index)


def drawn_rows(
    session: Session,
    draw: Draw,
    result: drawkit.Result,
    tasks: Sequence[drawkit.Drawn],
    proofs: Mapping[int, drawkit.RowProof],
    index: bytes,
) -> list[DrawRow]:
    """``tasks`` as rows numbered from 1, with the enterprises behind them and their proofs.

    ``index``: the frozen enterprise ids, 16 bytes a pool row.
    """
    ids = [UUID(bytes=index[16 * task.row : 16 * task.row + 16]) for task in tasks]
    known: dict[UUID, Any] = {}
    for start in range(0, len(ids), _BATCH):
        found = registry.enterprises_by_ids(session, ids[start : start + _BATCH])
        known |= {enterprise.id: enterprise for enterprise in found}
    made = []
    for lot_number, (task, enterprise_id) in enumerate(zip(tasks, ids, strict=True), 1):
        stratum, _tab, target = result.line(task).decode("ascii").partition("\t")
        made.append(
            DrawRow(
                draw_id=draw.id,
                row=task.row,
                lot_number=lot_number,
                stratum=stratum,
                object=target,
                enterprise_id=enterprise_id,
                code=known[enterprise_id].code if draw.sealed else None,
                enterprise_name=known[enterprise_id].name,
                lot=task.lot.hex(),
                path=[step.hex() for step in proofs[task.row].path],
            )
        )
    return made

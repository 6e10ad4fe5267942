"""The drawing of lots: only from a stored transcript, and only from tables that are the frozen
ones.

One transaction writes drawn rows with their proofs, seats, the trace and the publication.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend import drawkit

from ....disclosure import service as disclosure
from ....ledger import service as ledger
from ....platform import clock, events
from ....platform.access import Actor
from ....registry import service as registry
from ... import rules
from ...errors import TranscriptNotInLedger
from ...models import Draw, DrawRow, DrawSeat
from .. import holding, outcome, telling
from ..ground import finding, frozen_files, recording

RESULT = "result.tsv"
_BATCH = 500


def draw_lots(draw_id: UUID, by: Actor) -> None:
    """Compute, store and publish what the stored transcript decides; a second call changes nothing.
    A rehearsal is not published.

    Raises NotFound, OutsideYourDepartment, WrongState, RosterDiffers, TranscriptNotInLedger.
    """
    with recording.step() as session:
        draw = finding.get_to_run(session, draw_id, by)
        if not recording.may_step(draw, rules.REVEALED, rules.DRAWN):
            return
        transcript = recording.entry_type(draw, "transcript")
        if ledger.index_of(session, transcript, draw.number or "") is None:
            raise TranscriptNotInLedger
        computed = outcome.compute(draw)
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
            document=telling.document(session, draw),
            by=by.account_id,
        )


def _write(session: Session, draw: Draw, computed: outcome.Computed) -> None:
    result = computed.result
    draw.result_sha256 = frozen_files.put(RESULT, computed.tsv)
    draw.drawn_rows, draw.seats = len(result.tasks), len(result.seats)
    draw.vacant_seats = len(result.vacant)
    strata = recording.frozen(draw)["strata"]
    groups = holding.groups_of_result(draw, strata, [task.row for task in result.tasks])
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


def _rows(session: Session, draw: Draw, computed: outcome.Computed) -> list[DrawRow]:
    index = frozen_files.get(holding.ENTERPRISE_INDEX, draw.index_sha256 or "")
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
    """Return ``tasks`` as rows numbered from 1, with their enterprises and proofs.

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

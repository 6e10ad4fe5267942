"""All draws at once, as the fairness report reads them: counts, groups, loads. Reads only.

Nothing here names a person: an officer is a number of seats, and the numbers' order says
nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ... import rules
from ...models import Draw, DrawDepartment, DrawReplacement, DrawSeat, DrawSeries
from .. import holding
from ..ground import hidden_names
from . import unfinished_draws

_COLUMNS = (
    Draw.id,
    Draw.number,
    Draw.name,
    Draw.state,
    Draw.department_id,
    Draw.frozen_at,
    Draw.opened_at,
    Draw.drawn_at,
    Draw.ended_at,
    Draw.pool_rows,
    Draw.drawn_rows,
    Draw.seats,
    Draw.vacant_seats,
    Draw.counts,
    Draw.end_reason,
)


@dataclass(frozen=True, slots=True)
class StratumHistory:
    """One stratum; ``groups``: {dimension: {group: (rows, drawn)}}, empty when not counted."""

    code: str
    name: str
    rows: int
    k: int
    groups: Mapping[str, Mapping[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class DrawHistory:
    """A draw that was ever frozen.

    ``drawn_at`` is empty without a result; ``eligible`` counts the officers of the frozen list;
    ``departments`` take part, the leading one first; ``replaced`` counts the seats that batches of
    replacements drew again; ``left_open``: the draw was not finished in time after its first
    reveal, whether it was finished later or not. The drawn groups of a ``sealed`` draw stay hidden
    until every name is open: few lots of a rare group would tell on whom they fell.
    """

    id: UUID
    number: str
    name: str
    state: str
    department_id: UUID
    departments: Sequence[UUID]
    frozen_at: datetime | None
    drawn_at: datetime | None
    pool_rows: int
    drawn: int
    seats: int
    vacant: int
    eligible: int
    replaced: int
    reason: str | None
    sealed: bool
    left_open: bool
    strata: Sequence[StratumHistory]


@dataclass(frozen=True, slots=True)
class SeriesHistory:
    """The numbers given in one series: ``last`` is the newest, ``given`` are those that exist."""

    series: str
    last: int
    given: Sequence[int]


def history_stamp(session: Session) -> str:
    """Return a text that changes whenever a draw was frozen, drawn, changed or ended; cheap to ask
    for."""
    query = select(
        func.count(Draw.number),
        func.max(Draw.frozen_at),
        func.max(Draw.drawn_at),
        func.count(Draw.drawn_at),
        func.max(Draw.dispatched_at),
        func.max(Draw.ended_at),
        func.sum(Draw.drawn_rows),
    )
    batches = select(func.count(), func.max(DrawReplacement.drawn_at))
    found = session.execute(query).one(), session.execute(batches).one()
    lying = unfinished_draws.count_left_open(session)
    return repr([*(tuple(one) for one in found), sorted(hidden_names.still_hidden(session)), lying])


def histories(session: Session) -> list[DrawHistory]:
    """Return every draw that was ever frozen, the oldest freeze first."""
    taking_part, replaced = _departments(session), _replaced(session)
    sealed = hidden_names.still_hidden(session)
    query = select(*_COLUMNS).where(Draw.number.is_not(None), Draw.rehearsal.is_(False))
    return [
        DrawHistory(
            id=row.id,
            number=row.number or "",
            name=row.name,
            state=row.state,
            department_id=row.department_id,
            departments=taking_part.get(row.id, [row.department_id]),
            frozen_at=row.frozen_at,
            drawn_at=row.drawn_at,
            pool_rows=row.pool_rows,
            drawn=row.drawn_rows if row.drawn_at else 0,
            seats=row.seats if row.drawn_at else 0,
            vacant=row.vacant_seats if row.drawn_at else 0,
            eligible=int(row.counts.get("eligible", 0)),
            replaced=replaced[row.id],
            reason=row.end_reason,
            sealed=row.id in sealed,
            left_open=unfinished_draws.was_left_open(row.opened_at, row.drawn_at or row.ended_at),
            strata=_strata(row.counts, shown=row.drawn_at is not None and row.id not in sealed),
        )
        for row in session.execute(query.order_by(Draw.frozen_at, Draw.number))
    ]


def groups_of(session: Session, number: str) -> dict[str, Any] | None:
    """Return the groups of one draw as fixed at its freeze, with those of its result; None for an
    unknown number and for a draw that was frozen before groups were counted.

    While names of a sealed draw are hidden, small numbers are blurred and the digest's salt is not
    told.
    """
    query = select(Draw).where(Draw.number == number, Draw.rehearsal.is_(False))
    found = session.scalar(query)
    groups = found.counts.get("groups") if found else None
    if found is None or groups is None:
        return None
    hidden = found.id in hidden_names.still_hidden(session) or (
        found.sealed and found.drawn_at is None
    )
    return {
        "frozen": _blurred(groups) if hidden else groups,
        "frozen_sha256": holding.groups_digest(groups),
        "drawn": None if hidden else found.counts.get("groups_drawn"),
    }


def _blurred(groups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the groups of a sealed draw without small numbers and without the salt that would let
    one guess them; the digest stays that of the whole groups."""
    rows = {
        stratum: {name: [rules.blurred(n) for n in counts] for name, counts in found.items()}
        for stratum, found in groups["rows"].items()
    }
    told = {name: value for name, value in groups.items() if name != holding.GROUPS_SALT}
    return {**told, "rows": rows}


def officer_loads(session: Session) -> dict[str, list[int]]:
    """Return how many seats each officer was drawn for, ascending, by department token; void draws
    do not count."""
    query = (
        select(DrawSeat.department, DrawSeat.officer_id, func.count())
        .join(Draw, Draw.id == DrawSeat.draw_id)
        .where(
            DrawSeat.officer_id.is_not(None),
            Draw.state.in_(rules.RESULT_KNOWN),
            Draw.rehearsal.is_(False),
        )
        .group_by(DrawSeat.department, DrawSeat.officer_id)
    )
    loads: defaultdict[str, list[int]] = defaultdict(list)
    for department, _officer, seats in session.execute(query):
        loads[department].append(seats)
    return {department: sorted(found) for department, found in loads.items()}


def series_given(session: Session) -> list[SeriesHistory]:
    """Return each series with its numbers, so that anyone sees whether one is missing."""
    given: defaultdict[str, list[int]] = defaultdict(list)
    numbers = select(Draw.number).where(Draw.number.is_not(None), Draw.rehearsal.is_(False))
    for number in session.scalars(numbers):
        series, _dash, seq = (number or "").rpartition("-")
        given[series].append(int(seq))
    query = select(DrawSeries.series, DrawSeries.last).order_by(DrawSeries.series)
    query = query.where(DrawSeries.series.not_like(f"%{rules.REHEARSED}"))
    return [SeriesHistory(one, last, sorted(given[one])) for one, last in session.execute(query)]


def vacant_by_department(session: Session) -> Counter[str]:
    """Return how many seats are vacant, by department token, in draws whose result stands."""
    query = (
        select(DrawSeat.department, func.count())
        .join(Draw, Draw.id == DrawSeat.draw_id)
        .where(
            DrawSeat.officer_id.is_(None),
            Draw.state.in_(rules.RESULT_KNOWN),
            Draw.rehearsal.is_(False),
        )
        .group_by(DrawSeat.department)
    )
    return Counter({department: seats for department, seats in session.execute(query)})


def department_tokens(session: Session) -> dict[UUID, str]:
    """Return each department's token in the frozen tables."""
    return {one.id: rules.token(one.code) for one in accounts.departments(session)}


def _departments(session: Session) -> dict[UUID, list[UUID]]:
    query = select(DrawDepartment.draw_id, DrawDepartment.department_id)
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for draw_id, department_id in session.execute(query.order_by(DrawDepartment.position)):
        found[draw_id].append(department_id)
    return found


def _replaced(session: Session) -> Counter[UUID]:
    query = select(DrawReplacement.draw_id, DrawReplacement.entry)
    seats: Counter[UUID] = Counter()
    for draw_id, entry in session.execute(query):
        seats[draw_id] += len(json.loads(entry)["vacated"])
    return seats


def _strata(counts: Mapping[str, Any], *, shown: bool) -> list[StratumHistory]:
    groups, result = counts.get("groups"), counts.get("groups_drawn")
    return [
        StratumHistory(
            code=part["code"],
            name=part["label"],
            rows=part["rows"],
            k=part["k"],
            groups=_groups(groups, result, part["code"]) if shown and groups and result else {},
        )
        for part in counts.get("strata", ())
    ]


def _groups(
    groups: Mapping[str, Any], result: Mapping[str, Any], stratum: str
) -> dict[str, dict[str, tuple[int, int]]]:
    return {
        dimension: dict(
            zip(
                codes,
                zip(
                    groups["rows"][stratum][dimension],
                    result[stratum][dimension],
                    strict=True,
                ),
                strict=True,
            )
        )
        for dimension, codes in groups["codes"].items()
    }

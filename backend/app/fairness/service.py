"""The report for the whole county and for each office, kept until a draw moves. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..draws.service import telling
from ..platform import clock
from . import report, rules
from .report import DrawFacts, Loads, Report, StratumFacts

_KEPT = "evenhand.fairness"
_one_at_a_time = Lock()
"""Anyone may ask; when a draw has moved, one makes the report and the others wait for it."""


@dataclass(frozen=True, slots=True)
class Series:
    """The last number of one series of draws, and those that are missing: a gap would show."""

    series: str
    last: int
    missing: Sequence[int]


@dataclass(frozen=True, slots=True)
class Office:
    """An office that led a draw or sent officers; ``loads`` is None when nobody was assigned."""

    code: str
    name: str
    report: Report
    draws: Sequence[DrawFacts]
    loads: Loads | None
    vacant_seats: int


@dataclass(frozen=True, slots=True)
class County:
    """The county's report with that of each office; ``draws`` are the newest first."""

    report: Report
    offices: Sequence[Office]
    series: Sequence[Series]
    draws: Sequence[DrawFacts]

    def office(self, code: str) -> Office | None:
        """Return the office with this code, or None."""
        return next((one for one in self.offices if one.code == code), None)


def county(session: Session) -> County:
    """Return the present report; it is made again only when a draw was frozen, drawn or ended."""
    kept: dict[str, County] = current_app.extensions.setdefault(_KEPT, {})
    stamp = telling.history_stamp(session)
    with _one_at_a_time:
        if stamp not in kept:
            made = _county(session)
            kept.clear()
            kept[stamp] = made
        return kept[stamp]


def groups_of(session: Session, number: str) -> dict[str, Any] | None:
    """The groups of one draw as its freeze fixed them, and of its result."""
    return telling.groups_of(session, number)


def _county(session: Session) -> County:
    departments = {one.id: one for one in accounts.departments(session)}
    codes = {one.id: one.code for one in departments.values()}
    facts = [_facts(one, codes) for one in telling.histories(session)]
    loads, vacant = telling.officer_loads(session), telling.vacant_by_department(session)
    tokens = telling.department_tokens(session)
    led = report.by_office(facts)
    offices = [
        Office(
            code=one.code,
            name=one.name,
            report=report.build(led.get(one.code, [])),
            draws=led.get(one.code, [])[::-1],
            loads=report.loads(loads[tokens[one.id]]) if tokens[one.id] in loads else None,
            vacant_seats=vacant[tokens[one.id]],
        )
        for one in sorted(departments.values(), key=lambda one: one.code)
        if one.code in led or tokens[one.id] in loads
    ]
    series = [
        Series(one.series, one.last, rules.missing_numbers(one.given, one.last))
        for one in telling.series_given(session)
    ]
    return County(report.build(facts), offices, series, facts[::-1])


def _facts(one: telling.DrawHistory, codes: Mapping[UUID, str]) -> DrawFacts:
    return DrawFacts(
        number=one.number,
        name=one.name,
        state=one.state,
        office=codes[one.department_id],
        joint=len(one.departments) > 1,
        day=None if one.drawn_at is None else clock.local(one.drawn_at).date(),
        pool_rows=one.pool_rows,
        drawn=one.drawn,
        seats=one.seats,
        vacant=one.vacant,
        eligible=one.eligible,
        replaced=one.replaced,
        reason=one.reason,
        sealed=one.sealed,
        left_open=one.left_open,
        strata=[StratumFacts(part.rows, part.k, part.groups) for part in one.strata],
    )

"""What the office's pages of replacements show: waiting seats, batches, closed requests, rates.

Reads only, and only what the actor's departments may see. Of another department's officer in a
joint draw the public cause is shown, neither the finer reason nor the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...accounts import service as accounts
from ...draws.service import ground, outcome
from ...platform import clock
from ...platform.access import Actor
from ...platform.pagination import Page, paginate
from ...platform.settings import current_settings
from ...registry import service as registry
from .. import rules
from ..models import ReplacementCall, Vacancy
from . import batches, holding, newcomers, unkeepable_seats

COUNTED = (rules.WAITING, rules.FILLED, rules.UNFILLED)
"""States in which a seat counts as left: not what was withdrawn, nor what came too late."""


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat that an officer left, with the names of its enterprise, of the ``leaving_officer`` and
    of the ``joining_officer`` ("" for none).

    ``shows_words``: reason and words may be shown to the actor; ``may_withdraw``: the actor may
    withdraw the request; ``may_second``: the actor may be the second person for whom it waits.
    """

    vacancy: Vacancy
    enterprise: str
    lot_number: int
    leaving_officer: str
    joining_officer: str
    shows_words: bool
    may_withdraw: bool
    may_second: bool


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw with waiting or vacant seats.

    ``unkeepable`` counts seats of officers who may no longer inspect; ``asked`` are seats that wait
    for a second person; ``call`` waits for its release and was asked for by ``asked_by``, or by
    nobody; ``mark`` goes along with it (see ``holding.mark_of``).
    """

    draw: ground.DrawRecord
    seats: Sequence[SeatView]
    asked: Sequence[SeatView]
    unkeepable: int
    call: ReplacementCall | None
    mark: str
    asked_by: str
    may_ask: bool
    may_release: bool


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with its seats; ``held``: the narrowing in spite of which a second person released
    it, or empty."""

    draw: ground.DrawRecord
    batch: int
    drawn_at: datetime
    held: Mapping[str, int]
    seats: Sequence[SeatView]


@dataclass(frozen=True, slots=True)
class ClosedView:
    """A request that came to no draw; ``second`` is the second person who declined, if one did."""

    draw: ground.DrawRecord
    seat: SeatView
    second: str


@dataclass(frozen=True, slots=True)
class OfficerRate:
    """One officer's line of the table of rates."""

    name: str
    certificate: str
    department: str
    rate: rules.Rate


def next_cut_off() -> datetime:
    """Return the next moment at which waiting seats are drawn."""
    return rules.next_cut_off(clock.local(clock.now()), current_settings().replacement_cut_off)


def waiting_count(session: Session, actor: Actor) -> int:
    """Return how many seats wait in draws that ``actor`` may see."""
    rows = session.execute(
        select(Vacancy.draw_id, func.count())
        .where(Vacancy.state == rules.WAITING)
        .group_by(Vacancy.draw_id)
    ).all()
    counts = {row[0]: row[1] for row in rows}
    return sum(counts[draw.id] for draw in ground.visible_among(session, counts, actor))


def to_second_count(session: Session, actor: Actor) -> int:
    """Return how many seats wait for a second person and may be agreed to by ``actor``."""
    query = select(Vacancy).where(Vacancy.state == rules.ASKED)
    return sum(newcomers.may_second(session, one, actor) for one in session.scalars(query))


def to_release_count(session: Session, actor: Actor) -> int:
    """Return how many batches wait for a release that ``actor`` may give."""
    query = select(ReplacementCall).where(ReplacementCall.state == batches.OPEN)
    open_ = {call.draw_id: call for call in session.scalars(query)}
    seen = ground.visible_among(session, open_, actor)
    return sum(batches.may_release(session, open_[draw.id], actor) for draw in seen)


def board(session: Session, actor: Actor) -> list[DrawView]:
    """Return the draws in which a seat waits or is vacant, the newest first."""
    waiting: dict[UUID, list[Vacancy]] = defaultdict(list)
    query = select(Vacancy).where(Vacancy.state.in_(rules.STANDING))
    for vacancy in session.scalars(query.order_by(Vacancy.seat_no)):
        waiting[vacancy.draw_id].append(vacancy)
    shown = {draw.id: draw for draw in ground.visible_among(session, waiting, actor)}
    shown |= {draw.id: draw for draw in outcome.draws_with_vacant_seats(session, actor)}
    unkeepable = unkeepable_seats.unkeepable(session)
    shown |= {draw.id: draw for draw in ground.visible_among(session, unkeepable, actor)}
    ordered = sorted(shown.values(), key=lambda draw: draw.drawn_at or clock.now(), reverse=True)
    return [
        _draw_view(session, draw, waiting.get(draw.id, []), unkeepable[draw.id], actor)
        for draw in ordered
    ]


def _draw_view(
    session: Session,
    draw: ground.DrawRecord,
    standing: Sequence[Vacancy],
    unkeepable: int,
    actor: Actor,
) -> DrawView:
    waiting = [one for one in standing if one.state == rules.WAITING]
    asked = [one for one in standing if one.state == rules.ASKED]
    call = batches.open_call(session, draw.id)
    return DrawView(
        draw=draw,
        seats=seat_views(session, draw.id, waiting, actor),
        asked=seat_views(session, draw.id, asked, actor),
        unkeepable=unkeepable,
        call=call,
        mark="" if call is None else holding.mark_of(call.held),
        asked_by=_name(session, None if call is None else call.asked_by),
        may_ask=ground.may_run(session, draw, actor),
        may_release=call is not None and batches.may_release(session, call, actor),
    )


def _name(session: Session, account_id: UUID | None) -> str:
    return "" if account_id is None else accounts.account(session, account_id).name


def seat_views(
    session: Session, draw_id: UUID, vacancies: Sequence[Vacancy], actor: Actor
) -> list[SeatView]:
    """Return the seats with the names of their enterprises and officers."""
    rows = outcome.rows_among(session, draw_id, {one.row for one in vacancies})
    names = _names(session, vacancies)
    editable = accounts.permitted(session, actor, "replacement.edit")
    return [
        SeatView(
            vacancy=one,
            enterprise=rows[one.row].enterprise_name if one.row in rows else "",
            lot_number=rows[one.row].lot_number if one.row in rows else 0,
            leaving_officer=names.get(one.officer_id, ""),
            joining_officer=names.get(one.came_id, ""),
            shows_words=one.department_id in actor.scope,
            may_withdraw=one.department_id in editable,
            may_second=one.state == rules.ASKED and newcomers.may_second(session, one, actor),
        )
        for one in vacancies
    ]


def _names(session: Session, vacancies: Iterable[Vacancy]) -> Mapping[UUID | None, str]:
    wanted = {officer for one in vacancies for officer in (one.officer_id, one.came_id) if officer}
    return {one.id: one.name for one in registry.officers_by_ids(session, sorted(wanted))}


def drawn(session: Session, actor: Actor, page: int) -> Page[BatchView]:
    """Return the batches of the draws that ``actor`` may see, the newest first."""
    found = outcome.replacement_batches(session, actor, page)
    known = {
        one.id: one
        for one in ground.visible_among(session, {r.draw_id for r in found.items}, actor)
    }
    views = [_batch_view(session, known[row.draw_id], row, actor) for row in found.items]
    return Page(views, found.number, found.per_page, found.total)


def _batch_view(
    session: Session, draw: ground.DrawRecord, row: ground.BatchRecord, actor: Actor
) -> BatchView:
    query = select(Vacancy).where(Vacancy.draw_id == draw.id, Vacancy.batch == row.batch)
    seats = session.scalars(query.order_by(Vacancy.seat_no)).all()
    shown = seat_views(session, draw.id, seats, actor)
    return BatchView(draw, row.batch, row.drawn_at, row.held, shown)


def closed(session: Session, actor: Actor, page: int) -> Page[ClosedView]:
    """Return the requests that came to no draw, of draws that ``actor`` may see, the newest
    first."""
    ended = Vacancy.state.in_(rules.CLOSED)
    among = session.scalars(select(Vacancy.draw_id).where(ended).distinct())
    known = {draw.id: draw for draw in ground.visible_among(session, among, actor)}
    query = select(Vacancy).where(ended, Vacancy.draw_id.in_(known))
    found = paginate(session, query.order_by(Vacancy.settled_at.desc(), Vacancy.id), page)
    views = [_closed_view(session, known[one.draw_id], one, actor) for one in found.items]
    return Page(views, found.number, found.per_page, found.total)


def _closed_view(
    session: Session, draw: ground.DrawRecord, one: Vacancy, actor: Actor
) -> ClosedView:
    [seat] = seat_views(session, draw.id, [one], actor)
    second = newcomers.declined_by(one)
    return ClosedView(draw, seat, "" if second is None else accounts.account(session, second).name)


def period(day: date) -> tuple[date, date]:
    """Return the first and the last day of the half-year of ``day``."""
    if day.month <= 6:
        return date(day.year, 1, 1), date(day.year, 6, 30)
    return date(day.year, 7, 1), date(day.year, 12, 31)


def officer_rates(session: Session, actor: Actor, since: date, until: date) -> list[OfficerRate]:
    """Return the rates of the officers of the actor's departments over a period, those who left
    most seats first."""
    start, end = _midnight(since), _midnight(until + timedelta(days=1))
    query = select(Vacancy.officer_id, Vacancy.cause, Vacancy.reason).where(
        Vacancy.state.in_(COUNTED),
        Vacancy.officer_id.is_not(None),
        Vacancy.asked_at >= start,
        Vacancy.asked_at < end,
    )
    left = [(str(row[0]), row[1], row[2]) for row in session.execute(query)]
    held = {str(one): n for one, n in outcome.seats_held(session, start, end).items()}
    found = rules.rates(held, left)
    officers = registry.officers_by_ids(session, [UUID(one) for one in found])
    names = {row.id: row.name for row in accounts.departments(session)}
    lines = [
        OfficerRate(one.name, one.certificate, names.get(one.department_id, ""), found[str(one.id)])
        for one in officers
        if one.department_id in actor.scope
    ]
    return sorted(lines, key=lambda one: (-one.rate.seats_left, -one.rate.percent, one.certificate))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.CHINA)

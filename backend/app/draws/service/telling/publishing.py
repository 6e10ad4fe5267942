"""What the world may see of a draw: its page and its JSON. Reads only; nothing here names a
private person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import drawkit

from ....accounts import service as accounts
from ....disclosure import service as disclosure
from ....platform import clock
from ....platform.pagination import Page, paginate
from ....platform.settings import current_settings
from ... import rules
from ...models import Draw, DrawRow, DrawSeat
from .. import holding, outcome, planning
from ..ground import finding, hidden_names
from . import unfinished_draws

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class PublicStratum:
    """A stratum: its name, its rows in the frozen pool, and how many of them are drawn."""

    code: str
    name: str
    rows: int
    k: int
    largest_lot: str | None


@dataclass(frozen=True, slots=True)
class PublicRow:
    """A drawn enterprise, in draw order. ``salt`` (hex) opens its row in a sealed draw."""

    lot_number: int
    row: int
    stratum: str
    code: str
    name: str
    lot: str
    salt: str | None = None


@dataclass(frozen=True, slots=True)
class PublicDraw:
    """A draw from its freeze on, cancelled draws too. ``drawn`` is empty before the result.

    ``left_open_since``: when the first value was revealed, if nobody finishes the draw.
    ``witness_offices``: offices, never names. ``digests``: of the files that are fixed so far, by
    file.
    """

    id: UUID
    number: str
    name: str
    state: str
    department: str
    departments: Sequence[str]
    items: Sequence[dict[str, str]]
    frozen_at: datetime | None
    left_open_since: datetime | None
    drawn_on: date | None
    last_day: date | None
    pool_rows: int
    strata: Sequence[PublicStratum]
    exclusions: dict[str, Any]
    rosters: dict[str, Any] | None
    seats: int
    vacant: int
    officers: int
    witness_offices: Sequence[str]
    digests: dict[str, str]
    seed: str | None
    reason: str | None
    replacements: Sequence[outcome.PublicBatch]
    extensions: Sequence[outcome.PublicExtension]
    drawn: Sequence[PublicRow]


def public_draws(session: Session, page: int = 1) -> Page[PublicDraw]:
    """Return every draw that was ever frozen, newest first; without its rows."""
    query = select(Draw).where(Draw.number.is_not(None), Draw.rehearsal.is_(False))
    query = query.order_by(Draw.frozen_at.desc(), Draw.id)
    found = paginate(session, query, page, PER_PAGE)
    shown = [_public(session, draw, with_rows=False) for draw in found.items]
    return Page(shown, found.number, found.per_page, found.total)


def public_draw(session: Session, number: str) -> PublicDraw | None:
    """Return the frozen draw with this number, or None."""
    draw = finding.by_number(session, number)
    return None if draw is None else _public(session, draw, with_rows=True)


def stratum_name(session: Session, draw_id: UUID, code: str) -> str:
    """Return what a stratum of a frozen draw is called, or its code if it has no name."""
    counted = session.get_one(Draw, draw_id).counts.get("strata", ())
    return next((part["label"] for part in counted if part["code"] == code), code) or code


def count_this_year(session: Session) -> int:
    """Return how many draws were held this year, in China."""
    start = datetime(clock.today().year, 1, 1, tzinfo=clock.CHINA)
    query = select(func.count()).where(Draw.drawn_at >= start, Draw.rehearsal.is_(False))
    return session.scalar(query) or 0


def document(session: Session, draw: Draw) -> dict[str, Any]:
    """Return the public JSON of a draw whose result is known: plain values, nothing personal."""
    shown = _public(session, draw, with_rows=True)
    return {
        "v": "evenhand-public/1",
        "number": shown.number,
        "name": shown.name,
        "state": rules.DRAWN,
        "authority": current_settings().authority,
        "mode": "sealed" if draw.sealed else "open",
        "department": shown.department,
        "departments": list(shown.departments),
        "items": list(shown.items),
        "drawn_on": shown.drawn_on.isoformat() if shown.drawn_on else None,
        "last_day": shown.last_day.isoformat() if shown.last_day else None,
        "pool_rows": shown.pool_rows,
        "exclusions": shown.exclusions,
        "seed": shown.seed,
        "digests": shown.digests,
        "strata": [_fields(stratum) for stratum in shown.strata],
        "seats": shown.seats,
        "vacant": shown.vacant,
        "officers": shown.officers,
        "witnesses": len(shown.witness_offices),
        "witness_offices": list(shown.witness_offices),
        "drawn": [_fields(row) for row in shown.drawn],
    }


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _public(session: Session, draw: Draw, *, with_rows: bool) -> PublicDraw:
    names = {row.id: row.name for row in accounts.departments(session)}
    items = planning.items_of(session, draw)
    places = holding.witnesses(session, draw)
    rows = outcome.rows_of(session, draw) if with_rows else ()
    seated = select(func.count(DrawSeat.officer_id.distinct())).where(DrawSeat.draw_id == draw.id)
    return PublicDraw(
        id=draw.id,
        number=draw.number or "",
        name=draw.name,
        state=draw.state,
        department=names.get(draw.department_id, ""),
        departments=[names.get(one, "") for one in planning.taking_part(session, draw)],
        items=[
            {
                "code": item.code,
                "name": item.name,
                "category": item.category,
                "department": names.get(item.department_id, ""),
            }
            for item in items
        ],
        frozen_at=draw.frozen_at,
        left_open_since=unfinished_draws.left_open_since(draw),
        drawn_on=None if draw.drawn_at is None else clock.local(draw.drawn_at).date(),
        last_day=draw.last_day,
        pool_rows=draw.pool_rows,
        strata=_strata(session, draw),
        exclusions=hidden_names.public_exclusions(draw),
        rosters=draw.counts.get("rosters"),
        seats=draw.seats,
        vacant=draw.vacant_seats,
        officers=session.scalar(seated) or 0,
        witness_offices=[place.office for place in places if place.commitment],
        digests=_digests(draw),
        seed=draw.seed,
        reason=draw.end_reason,
        replacements=outcome.published_batches(session, draw),
        extensions=outcome.published_extensions(session, draw),
        drawn=_open_rows(session, draw, rows),
    )


def _open_rows(session: Session, draw: Draw, rows: Sequence[DrawRow]) -> list[PublicRow]:
    """Return the drawn rows; of a sealed draw those that are open, each with the salt that opens
    it."""
    shown = holding.opened_rows(session, draw.id) if draw.sealed and rows else set()
    return [
        PublicRow(
            lot_number=row.lot_number,
            row=row.row,
            stratum=row.stratum,
            code=row.code or row.object,
            name=disclosure.without_long_numbers(row.enterprise_name),
            lot=row.lot,
            salt=holding.salt_of(draw, row),
        )
        for row in rows
        if not draw.sealed or row.row in shown
    ]


def _strata(session: Session, draw: Draw) -> list[PublicStratum]:
    largest = outcome.largest_lots(session, draw)
    return [
        PublicStratum(
            part["code"], part["label"], part["rows"], part["k"], largest.get(part["code"])
        )
        for part in draw.counts.get("strata", ())
    ]


def _digests(draw: Draw) -> dict[str, str]:
    """Return the digests of the files that are fixed so far, by file name."""
    if draw.freeze_json is None or draw.freeze_sha256 is None:
        return {}
    freeze = json.loads(draw.freeze_json)
    found = {"freeze": draw.freeze_sha256, "pool_root": freeze["pool_root"]}
    found |= {
        name: freeze[f"{name}_sha256"]
        for name in ("plan", "pool", "officers", "recusals", "exclusions")
        if f"{name}_sha256" in freeze
    }
    if holding.RECUSALS_ROOT in freeze:
        found[holding.RECUSALS_ROOT] = freeze[holding.RECUSALS_ROOT]
    if draw.transcript_json is not None:
        found["transcript"] = drawkit.digest(draw.transcript_json.encode())
    if draw.result_sha256 is not None:
        found["result"] = draw.result_sha256
    return found

"""What the portal's pages show, put together from publications, items and running clocks.

Reads only. Whatever is not in a publication, the published item list or the law's clock does not
pass through here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..disclosure import service as disclosure
from ..draws.service import ground, telling
from ..platform.code_lists import RESULTS
from ..platform.errors import NotFound
from ..platform.pagination import Page
from ..platform.settings import current_settings
from ..registry import service as registry
from ..visits import service as visits
from .caching import cacheable

__all__ = [
    "cacheable",
    "draw",
    "draws",
    "enterprise",
    "home",
    "item",
    "items",
    "left_open",
    "results",
    "sitemap",
]

ROWS_PER_PAGE = 100
ITEMS_PER_PAGE = 20
LISTED_IN_SITEMAP = 500


@dataclass(frozen=True, slots=True)
class Figures:
    """The four figures of the home page."""

    enterprises: int
    draws: int
    results: int
    late: int
    median_days: str | None


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A drawn enterprise and how far its inspection is; ``result`` when it is public."""

    lot_number: int
    row: int
    stratum: str
    code: str
    name: str
    result: disclosure.PublicResult | None
    running: disclosure.RunningClock | None


def home(session: Session) -> dict[str, Any]:
    """Figures, the newest draws and the newest results."""
    counts = disclosure.counts(session)
    return {
        "figures": Figures(
            enterprises=registry.count_enterprises(session),
            draws=telling.count_this_year(session),
            results=counts.results,
            late=counts.late,
            median_days=counts.median_days,
        ),
        "left_open": left_open(session),
        "draws": [
            _published_card(session, one) for one in disclosure.draws(session, per_page=4).items
        ],
        "results": disclosure.results(session, per_page=6).items,
    }


def results(session: Session, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A page of results and what the filters can be set to."""
    filters = disclosure.Filters(
        words=asked["q"],
        department_id=asked["department"],
        category_code=asked["category"],
        first_day=asked["first_day"],
        last_day=asked["last_day"],
    )
    return {
        "page": disclosure.results(session, filters, asked["page"]),
        "departments": accounts.departments(session),
        "categories": list(RESULTS.codes),
    }


def enterprise(session: Session, code: str) -> dict[str, Any]:
    """Published results of an enterprise and its running clocks.

    Raises NotFound for a code that is neither in a publication nor has a clock running: the
    portal does not tell who else is in the register.
    """
    published = disclosure.of_enterprise(session, code)
    waiting = visits.unpublished(session, enterprise_code=code)
    if not published and not waiting:
        raise NotFound
    name = published[0].enterprise_name if published else waiting[0].enterprise_name
    clocks = disclosure.clocks(session, waiting)
    return {
        "code": code,
        "name": disclosure.without_long_numbers(name),
        "results": published,
        "waiting": [clocks[visit.id] for visit in waiting if visit.id in clocks],
    }


def _published_card(session: Session, draw: disclosure.PublicDraw) -> telling.ListedDraw:
    """Return the line of a published draw, with what became of the draw since."""
    now = ground.by_number(session, draw.number)
    voided = now is not None and now.state == "voided"
    return _shown(
        telling.ListedDraw(
            number=draw.number,
            name=draw.name,
            state="voided" if voided else "drawn",
            drawn_on=draw.drawn_on,
            reason=now.end_reason if now is not None and voided else None,
            drawn=draw.drawn,
            officers=draw.officers,
            vacant=draw.vacant,
        )
    )


def _card(draw: telling.PublicDraw) -> telling.ListedDraw:
    """Return the line of a draw whose page is shown."""
    return _shown(
        telling.ListedDraw(
            number=draw.number,
            name=draw.name,
            state=draw.state,
            drawn_on=draw.drawn_on,
            reason=draw.reason,
            drawn=sum(stratum.k for stratum in draw.strata),
            officers=draw.officers,
            vacant=draw.vacant,
            left_open_since=draw.left_open_since,
        )
    )


def _shown(draw: telling.ListedDraw) -> telling.ListedDraw:
    """Return the line without the long numbers that a person may have typed into its texts."""
    reason = disclosure.without_long_numbers(draw.reason) if draw.reason else None
    return replace(draw, name=disclosure.without_long_numbers(draw.name), reason=reason)


def draws(session: Session, page: int) -> dict[str, Any]:
    """A page of every draw that was ever frozen, newest first, cancelled ones too; on the first
    those that are left open."""
    found = telling.listed_draws(session, page)
    cards = [_shown(draw) for draw in found.items]
    return {
        "page": Page(cards, found.number, found.per_page, found.total),
        "left_open": left_open(session) if found.number == 1 else [],
    }


def left_open(session: Session) -> list[telling.LeftOpen]:
    """Return the draws that nobody finishes after the first reveal, with their public names."""
    return [
        replace(one, name=disclosure.without_long_numbers(one.name))
        for one in telling.left_open(session)
    ]


def draw(session: Session, number: str, page: int) -> dict[str, Any]:
    """A draw from its freeze on with a page of its enterprises; raises NotFound."""
    found = telling.public_draw(session, number)
    if found is None:
        raise NotFound
    pages = max(1, -(-len(found.drawn) // ROWS_PER_PAGE))
    shown = min(page, pages)
    part = found.drawn[(shown - 1) * ROWS_PER_PAGE : shown * ROWS_PER_PAGE]
    return {
        "draw": found,
        "card": _card(found),
        "cause_label": telling.cause_label,
        "page": Page(_drawn(session, found.id, part), shown, ROWS_PER_PAGE, len(found.drawn)),
        "notice": disclosure.draw_document(session, found.id),
    }


def _drawn(session: Session, draw_id: UUID, rows: Sequence[telling.PublicRow]) -> list[DrawnRow]:
    """Drawn enterprises with their published result or their running clock."""
    made = {visit.pool_row: visit for visit in visits.of_draw(session, draw_id)}
    clocks = disclosure.clocks(session, list(made.values()))
    published = disclosure.of_draw(session, draw_id)
    return [
        DrawnRow(
            lot_number=row.lot_number,
            row=row.row,
            stratum=row.stratum,
            code=row.code,
            name=disclosure.without_long_numbers(row.name),
            result=published.get(row.code),
            running=clocks.get(made[row.row].id) if row.row in made else None,
        )
        for row in rows
    ]


def items(session: Session, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the published item list, each with its department's name."""
    wanted = registry.ItemFilter(query=asked["q"], department_id=asked["department"])
    departments = accounts.departments(session)
    return {
        "page": registry.published_items(session, wanted, asked["page"], ITEMS_PER_PAGE),
        "departments": departments,
        "names": {department.id: department.name for department in departments},
    }


def item(session: Session, code: str) -> dict[str, Any]:
    """One item of the published list; raises NotFound."""
    found = registry.published_item(session, code)
    if found is None:
        raise NotFound
    names = {department.id: department.name for department in accounts.departments(session)}
    return {"item": found, "names": names}


def sitemap(session: Session) -> dict[str, Any]:
    """Return the newest addresses that a search engine should find."""
    return {
        "origin": current_settings().origin,
        "draws": disclosure.draws(session, per_page=LISTED_IN_SITEMAP).items,
        "results": disclosure.results(session, per_page=LISTED_IN_SITEMAP).items,
    }

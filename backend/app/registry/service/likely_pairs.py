"""Enterprises of the register that are probably one firm: what no import compares any more.

Only entries in business count: each of two would be a lot in every draw. Nothing is merged here;
the pages name both, and the keeper ends the entry that is not to be drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, load_only

from backend.app.registry.imports.model import pair_key
from backend.app.registry.models import Enterprise, ImportBatch
from backend.app.registry.service.import_pairs import apart_keys

MOST = 200
"""How many pairs a page shows at most."""

_ROWS_READ = 4 * MOST
_IN_BUSINESS = Enterprise.status == "active"


class LikelyPair(NamedTuple):
    """Two enterprises in business. reason: number or name_address, as `messages.PAIR_REASONS`."""

    reason: str
    one: Enterprise
    other: Enterprise


def likely_pairs(session: Session) -> list[LikelyPair]:
    """Pairs of the register, those by number first, at most `MOST`; without those of which a
    person said at an import that they are two firms. Of several that are alike each is paired
    with the next, so that a name a thousand firms have costs no million pairs."""
    apart = _said_apart(session)
    found: dict[str, LikelyPair] = {}
    ways = (
        ("number", _number_is_code(session)),
        ("number", _alike(session, Enterprise.registration_number)),
        ("name_address", _alike(session, Enterprise.name, Enterprise.address)),
    )
    for reason, pairs in ways:
        for one, other in pairs:
            key = pair_key(one.code, other.code)
            if key not in apart:
                found.setdefault(key, LikelyPair(reason, one, other))
    return list(found.values())[:MOST]


def others_of(session: Session, enterprise: Enterprise) -> list[LikelyPair]:
    """The enterprises that are probably the same firm as this one, which is the first of each."""
    apart = _said_apart(session)
    pairs: dict[str, LikelyPair] = {}
    for reason, condition in _conditions_of(enterprise):
        query = select(Enterprise).where(
            condition, Enterprise.status == "active", Enterprise.id != enterprise.id
        )
        for other in session.scalars(query.order_by(Enterprise.code).limit(MOST)):
            key = pair_key(enterprise.code, other.code)
            if key not in apart:
                pairs.setdefault(key, LikelyPair(reason, enterprise, other))
    return list(pairs.values()) if enterprise.status == "active" else []


def _conditions_of(enterprise: Enterprise) -> Sequence[tuple[str, ColumnElement[bool]]]:
    numbers = [number for number in (enterprise.registration_number, enterprise.code) if number]
    same_number = or_(Enterprise.registration_number.in_(numbers), Enterprise.code.in_(numbers))
    if not enterprise.address:
        return [("number", same_number)]
    same_place = and_(Enterprise.name == enterprise.name, Enterprise.address == enterprise.address)
    return [("number", same_number), ("name_address", same_place)]


def _number_is_code(session: Session) -> Iterable[tuple[Enterprise, Enterprise]]:
    """Pairs in which the registration number of one is the code of the other."""
    other = aliased(Enterprise)
    query = select(Enterprise, other).join(other, other.code == Enterprise.registration_number)
    query = query.where(_IN_BUSINESS, other.status == "active", other.id != Enterprise.id)
    rows = session.execute(query.order_by(Enterprise.code).limit(_ROWS_READ)).all()
    return [(row[0], row[1]) for row in rows]


def _alike(
    session: Session, *columns: InstrumentedAttribute[str]
) -> Iterable[tuple[Enterprise, Enterprise]]:
    """Neighbours by code among the enterprises that have the same text in each column."""
    filled = (_IN_BUSINESS, *(column != "" for column in columns))
    shared = select(*columns).where(*filled).group_by(*columns).having(func.count() > 1)
    keys = [tuple(row) for row in session.execute(shared.order_by(*columns).limit(MOST))]
    members = select(Enterprise).where(*filled, tuple_(*columns).in_(keys))
    ordered = session.scalars(members.order_by(*columns, Enterprise.code).limit(_ROWS_READ))
    for one, other in pairwise(ordered.all()):
        if all(getattr(one, each.key) == getattr(other, each.key) for each in columns):
            yield one, other


def _said_apart(session: Session) -> frozenset[str]:
    """The pairs that imports decided to be two firms."""
    query = select(ImportBatch).options(load_only(ImportBatch.options))
    query = query.where(ImportBatch.kind == "enterprises", ImportBatch.state == "done")
    done = session.scalars(query)
    return frozenset().union(*(apart_keys(batch) for batch in done))

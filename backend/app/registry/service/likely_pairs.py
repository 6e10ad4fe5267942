"""Enterprises of the register that are probably one firm: what no import compares any more.

Only entries in business count: each of two would be a lot in every draw. Nothing is merged here;
the pages name both, and the keeper ends the entry that is not to be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from backend.app.registry.imports.model import pair_key
from backend.app.registry.models import Enterprise, ImportBatch
from backend.app.registry.service.import_pairs import apart_keys

MOST = 200
"""How many pairs a page shows at most."""

_One, _Other = aliased(Enterprise), aliased(Enterprise)
_SAME_NUMBER = or_(
    _One.registration_number == _Other.code,
    and_(_One.registration_number == _Other.registration_number, _One.id < _Other.id),
)
_SAME_PLACE = and_(_One.name == _Other.name, _One.address == _Other.address, _One.address != "")


class LikelyPair(NamedTuple):
    """Two enterprises in business. reason: number or name_address, as `messages.PAIR_REASONS`."""

    reason: str
    one: Enterprise
    other: Enterprise


def likely_pairs(session: Session) -> list[LikelyPair]:
    """Pairs of the register, those by number first, at most `MOST`; without those of which a
    person said at an import that they are two firms."""
    apart = _said_apart(session)
    found: dict[str, LikelyPair] = {}
    for reason, condition in (("number", _by_number()), ("name_address", _by_place())):
        rows = session.execute(_pairs(condition).limit(MOST + len(apart))).all()
        for one, other in rows:
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


def _by_number() -> ColumnElement[bool]:
    return and_(_One.registration_number != "", _One.id != _Other.id, _SAME_NUMBER)


def _by_place() -> ColumnElement[bool]:
    return and_(_One.id < _Other.id, _SAME_PLACE)


def _pairs(condition: ColumnElement[bool]) -> Select[Enterprise, Enterprise]:
    in_business = and_(_One.status == "active", _Other.status == "active")
    query = select(_One, _Other).join(_Other, condition)
    return query.where(in_business).order_by(_One.code, _Other.code)


def _said_apart(session: Session) -> frozenset[str]:
    """The pairs that imports decided to be two firms."""
    query = select(ImportBatch).where(ImportBatch.kind == "enterprises")
    done = session.scalars(query.where(ImportBatch.state == "done"))
    return frozenset().union(*(apart_keys(batch) for batch in done))

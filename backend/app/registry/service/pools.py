"""What a draw is made from: enterprises by stratum, officers who may be drawn, recusals.

Reads only. The rules of who is left out are plain here and each exclusion has its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, func, or_, select, true, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.app.platform import clock
from backend.app.registry.errors import ItemNotPublished
from backend.app.registry.models import (
    Enterprise,
    EnterpriseTag,
    InspectionItem,
    Officer,
    OfficerLeave,
    RecusalGround,
)
from backend.app.registry.service.enterprises import region_prefix
from backend.app.registry.service.items import valid_on


@dataclass(frozen=True, slots=True)
class StratumFilter:
    """One stratum 抽查类别 of a pool. Empty tuples narrow nothing; all that is given must hold.

    regions, industries: match by their start. risk_classes: "" stands for not classed.
    in_business: the enterprises in business, or (False) all others instead.
    within: rosters of departments taking part, by their own conditions; an enterprise must be in
    every one of them.
    """

    code: str
    regions: tuple[str, ...] = ()
    risk_classes: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    tag_ids: tuple[UUID, ...] = ()
    kinds: tuple[str, ...] = ()
    in_business: bool = True
    within: tuple[StratumFilter, ...] = ()


PoolRow = tuple[str, str, str]
"""(stratum code, enterprise id as 32 hex digits, enterprise code). Ids stay text here: a pool may
have a million rows, and to make a UUID of each takes longer than to read it."""


@dataclass(frozen=True, slots=True)
class EligibleOfficers:
    """Officers who may be drawn, and the others with the code of the first reason why not.

    reasons: inactive | certificate_expired | on_leave | not_qualified.
    """

    eligible: list[Officer]
    excluded: list[tuple[Officer, str]]


def pool(
    session: Session, strata: Sequence[StratumFilter], item_ids: Sequence[UUID]
) -> list[PoolRow]:
    """Enterprises in business by stratum, each in the first stratum it fits, by code within it.

    Raises ItemNotPublished when an item is not on the published list today.
    """
    refuse_unpublished(session, item_ids)
    rows: list[PoolRow] = []
    taken: set[str] = set()
    for place, stratum in enumerate(strata, 1):
        found = _rows(session, stratum)
        if taken:
            found = [row for row in found if row[1] not in taken]
        if place < len(strata):
            taken.update(row[1] for row in found)
        rows += found
    return rows


def _rows(session: Session, stratum: StratumFilter) -> list[PoolRow]:
    """The rows of a stratum taken alone, read without making objects of them."""
    query = select(id_as_text(session), Enterprise.code).where(*_conditions(stratum))
    found = session.connection().execute(query.order_by(Enterprise.code))
    name = stratum.code
    return [(name, key, code) for key, code in found]


def id_as_text(session: Session) -> ColumnElement[str]:
    """An enterprise's id as 32 hex digits, as SQLite keeps it. PostgreSQL is asked for them: a
    million UUIDs made here only to be written out again take longer than the query."""
    if session.get_bind().dialect.name == "postgresql":
        return func.encode(func.uuid_send(Enterprise.id), "hex", type_=String())
    return type_coerce(Enterprise.id, String)


def count_stratum(session: Session, stratum: StratumFilter) -> int:
    """How many enterprises in business fit a stratum taken alone."""
    query = select(func.count()).select_from(Enterprise).where(*_conditions(stratum))
    return session.scalar(query) or 0


def count_common(session: Session, rosters: Sequence[Sequence[StratumFilter]]) -> int:
    """How many enterprises in business are in every one of ``rosters``; each roster is a list of
    filters of which one must fit."""
    common = [or_(*(and_(true(), *_fits(one)) for one in roster)) for roster in rosters]
    query = select(func.count()).select_from(Enterprise).where(Enterprise.status == "active")
    return session.scalar(query.where(*common)) or 0


def refuse_unpublished(session: Session, item_ids: Sequence[UUID], day: date | None = None) -> None:
    """Raise ItemNotPublished unless every item is on the published list that day."""
    if not item_ids:
        return
    query = select(InspectionItem.id).where(
        InspectionItem.id.in_(item_ids), valid_on(day or clock.today())
    )
    if set(session.scalars(query)) != set(item_ids):
        raise ItemNotPublished


def _conditions(stratum: StratumFilter) -> list[ColumnElement[bool]]:
    running = Enterprise.status == "active"
    conditions: list[ColumnElement[bool]] = [running if stratum.in_business else ~running]
    conditions += _fits(stratum)
    for roster in stratum.within:
        conditions += _fits(roster)
    return conditions


def _fits(stratum: StratumFilter) -> list[ColumnElement[bool]]:
    """What region, trade, class, kind and tags demand; nothing about being in business."""
    conditions: list[ColumnElement[bool]] = []
    if stratum.regions:
        prefixes = [region_prefix(code) for code in stratum.regions]
        conditions.append(_starts(Enterprise.region_code, prefixes))
    if stratum.industries:
        conditions.append(_starts(Enterprise.industry, stratum.industries))
    if stratum.risk_classes:
        conditions.append(Enterprise.risk_class.in_(stratum.risk_classes))
    if stratum.kinds:
        conditions.append(Enterprise.kind.in_(stratum.kinds))
    if stratum.tag_ids:
        tagged = select(EnterpriseTag.enterprise_id)
        conditions.append(
            Enterprise.id.in_(tagged.where(EnterpriseTag.tag_id.in_(stratum.tag_ids)))
        )
    return conditions


def _starts(column: InstrumentedAttribute[str], starts: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(column.startswith(start, autoescape=True) for start in starts))


def officer_eligibility(
    session: Session, department_ids: Iterable[UUID], specialities: Iterable[str], last_day: date
) -> EligibleOfficers:
    """Officers of the departments, by certificate: who may visit until `last_day`, and who not.

    A certificate is good on its last day. Leave counts when it covers `last_day`. A qualified
    officer holds every one of `specialities`.
    """
    query = select(Officer).where(Officer.department_id.in_(list(department_ids)))
    away = set(
        session.scalars(
            select(OfficerLeave.officer_id).where(
                OfficerLeave.starts_on <= last_day, OfficerLeave.ends_on >= last_day
            )
        )
    )
    wanted = frozenset(specialities)
    found = EligibleOfficers([], [])
    for officer in session.scalars(query.order_by(Officer.certificate)):
        reason = _reason(officer, officer.id in away, wanted, last_day)
        if reason is None:
            found.eligible.append(officer)
        else:
            found.excluded.append((officer, reason))
    return found


def _reason(officer: Officer, away: bool, wanted: frozenset[str], last_day: date) -> str | None:
    if not officer.active:
        return "inactive"
    if officer.certificate_expires_on < last_day:
        return "certificate_expired"
    if away:
        return "on_leave"
    if not wanted <= set(officer.specialities):
        return "not_qualified"
    return None


def recusals(
    session: Session, officer_ids: Sequence[UUID], enterprise_ids: Iterable[UUID]
) -> list[tuple[UUID, UUID]]:
    """(officer id, enterprise id) for each ground in force among the given, sorted."""
    among = set(enterprise_ids)
    return [pair for pair in grounds_of(session, officer_ids) if pair[1] in among]


def grounds_by_office(
    session: Session, officer_ids: Sequence[UUID], since: datetime
) -> dict[tuple[UUID, UUID], set[UUID]]:
    """(officer id, enterprise id) of the grounds that were declared in the register since then, not
    by the officer's phone, each with the accounts that declared them; ended ones too, for a batch
    keeps what it took along. A pair that an older ground or one from the phone keeps apart as well
    is left out."""
    query = select(RecusalGround).where(RecusalGround.officer_id.in_(officer_ids))
    found: dict[tuple[UUID, UUID], set[UUID]] = {}
    others = set()
    for ground in session.scalars(query):
        pair = (ground.officer_id, ground.enterprise_id)
        if ground.event_id is None and ground.declared_at >= since:
            authors = found.setdefault(pair, set())
            if ground.declared_by is not None:
                authors.add(ground.declared_by)
        elif ground.revoked_at is None:
            others.add(pair)
    return {pair: accounts for pair, accounts in found.items() if pair not in others}


def grounds_of(session: Session, officer_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """(officer id, enterprise id) for each ground in force of these officers, sorted."""
    query = select(RecusalGround.officer_id, RecusalGround.enterprise_id).where(
        RecusalGround.officer_id.in_(officer_ids), RecusalGround.revoked_at.is_(None)
    )
    return sorted({(row[0], row[1]) for row in session.execute(query)})

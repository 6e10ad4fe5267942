"""Enterprises 检查对象: the county's shared register.

Everybody in the office reads all of it. A department's keeper changes the enterprises whose
region lies under the department's own region; a system administrator changes any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform import ids
from backend.app.platform.access import SYSTEM_ADMIN, Actor
from backend.app.platform.errors import NotFound
from backend.app.platform.pagination import Page, paginate
from backend.app.registry.errors import OutsideYourDepartment
from backend.app.registry.models import Enterprise, EnterpriseTag, SupervisionTag
from backend.app.registry.service.search import matches, searchable
from backend.app.registry.service.writing import Register


@dataclass(frozen=True, slots=True)
class EnterpriseFilter:
    """What a list of enterprises is narrowed to; region and industry match by their start."""

    query: str = ""
    region: str = ""
    risk_class: str = ""
    industry: str = ""
    tag_id: UUID | None = None
    status: str = ""
    kind: str = ""


def count_enterprises(session: Session) -> int:
    """How many enterprises are in the register and not closed down."""
    query = select(func.count()).select_from(Enterprise).where(Enterprise.status == "active")
    return session.scalar(query) or 0


def list_enterprises(session: Session, wanted: EnterpriseFilter, page: int) -> Page[Any]:
    """Enterprises by code."""
    query = select(Enterprise).where(matches(Enterprise.search_text, wanted.query))
    if wanted.region:
        query = query.where(Enterprise.region_code.startswith(wanted.region, autoescape=True))
    if wanted.industry:
        query = query.where(Enterprise.industry.startswith(wanted.industry, autoescape=True))
    if wanted.risk_class:
        risk = "" if wanted.risk_class == "none" else wanted.risk_class
        query = query.where(Enterprise.risk_class == risk)
    if wanted.status:
        query = query.where(Enterprise.status == wanted.status)
    if wanted.kind:
        query = query.where(Enterprise.kind == wanted.kind)
    if wanted.tag_id is not None:
        tagged = select(EnterpriseTag.enterprise_id).where(EnterpriseTag.tag_id == wanted.tag_id)
        query = query.where(Enterprise.id.in_(tagged))
    return paginate(session, query.order_by(Enterprise.code), page)


def get_enterprise(session: Session, enterprise_id: UUID) -> Enterprise:
    """The enterprise; raises NotFound."""
    found = session.get(Enterprise, enterprise_id)
    if found is None:
        raise NotFound
    return found


def enterprise_by_code(session: Session, code: str) -> Enterprise | None:
    """The enterprise with this code, or None."""
    return session.scalar(select(Enterprise).where(Enterprise.code == code))


def enterprises_by_ids(session: Session, enterprise_ids: Sequence[UUID]) -> list[Enterprise]:
    """The enterprises with these ids, by code; unknown ids are left out."""
    query = select(Enterprise).where(Enterprise.id.in_(enterprise_ids))
    return list(session.scalars(query.order_by(Enterprise.code)))


def region_prefix(region_code: str) -> str:
    """The part of a region code that all regions below it share: 370300 → 3703."""
    prefix = region_code
    while len(prefix) > 2 and prefix.endswith("00"):
        prefix = prefix[:-2]
    return prefix


def kept_regions(session: Session, actor: Actor) -> tuple[str, ...]:
    """Starts of the region codes whose enterprises this person keeps; ("",) is everywhere."""
    if SYSTEM_ADMIN in actor.roles:
        return ("",)
    own = accounts.departments(session, accounts.permitted(session, actor, "registry.edit"))
    return tuple({region_prefix(department.region_code) for department in own})


def may_keep_region(regions: Iterable[str], region_code: str) -> bool:
    """Whether a region lies under one of the kept ones."""
    return any(region_code.startswith(prefix) for prefix in regions)


def all_tags(session: Session) -> Sequence[SupervisionTag]:
    """Every supervision tag, by name."""
    return session.scalars(select(SupervisionTag).order_by(SupervisionTag.name)).all()


def tags_of(session: Session, enterprise_id: UUID) -> list[str]:
    """Names of an enterprise's tags, sorted."""
    query = (
        select(SupervisionTag.name)
        .join(EnterpriseTag, EnterpriseTag.tag_id == SupervisionTag.id)
        .where(EnterpriseTag.enterprise_id == enterprise_id)
    )
    return sorted(session.scalars(query))


def tag_ids(session: Session, names: Iterable[str]) -> dict[str, UUID]:
    """name -> id for each name, making the tags that are not there yet."""
    wanted = {name.strip() for name in names if name.strip()}
    known = {
        tag.name: tag.id
        for tag in session.scalars(select(SupervisionTag).where(SupervisionTag.name.in_(wanted)))
    }
    for name in sorted(wanted - known.keys()):
        tag = SupervisionTag(id=ids.new_id(), name=name)
        session.add(tag)
        known[name] = tag.id
    session.flush()
    return known


def set_tags(session: Session, enterprise: Enterprise, names: Sequence[str]) -> bool:
    """Give an enterprise exactly these tags; says whether that changed anything."""
    wanted = set(tag_ids(session, names).values())
    link = EnterpriseTag
    present = set(session.scalars(select(link.tag_id).where(link.enterprise_id == enterprise.id)))
    gone, fresh = present - wanted, wanted - present
    if gone:
        session.execute(
            delete(link).where(link.enterprise_id == enterprise.id, link.tag_id.in_(gone))
        )
    if fresh:
        rows = [{"enterprise_id": enterprise.id, "tag_id": tag_id} for tag_id in fresh]
        session.execute(insert(link), rows)
    return bool(gone or fresh)


def enterprise_search_text(values: Mapping[str, Any]) -> str:
    """Return what an enterprise is found by: code, name, registration number, address."""
    return searchable(
        values["code"], values["name"], values.get("registration_number"), values.get("address")
    )


class _Enterprises(Register[Enterprise]):
    """The register of enterprises; its places are regions, and tags hang on its rows."""

    name, code, model = "enterprise", "code", Enterprise

    def find(self, session: Session, by: Actor, row_id: UUID) -> Enterprise:
        """Return the enterprise; raises NotFound."""
        del by
        return get_enterprise(session, row_id)

    def refuse_foreign(self, session: Session, by: Actor, places: Sequence[str]) -> None:
        """Raise OutsideYourDepartment unless this person keeps these regions."""
        regions = kept_regions(session, by)
        if not all(may_keep_region(regions, region_code) for region_code in places):
            raise OutsideYourDepartment

    def place(self, values: Mapping[str, Any]) -> Any:
        """Return the enterprise's region."""
        return values["region_code"]

    def search_text(self, values: Mapping[str, Any]) -> str:
        """Return what an enterprise is found by."""
        return enterprise_search_text(values)

    def link(
        self, session: Session, row: Enterprise, values: Mapping[str, Any]
    ) -> dict[str, tuple[Any, Any]]:
        """Give the enterprise the tags of its form."""
        before = tags_of(session, row.id)
        wanted = values.get("tags", before)
        if not set_tags(session, row, wanted):
            return {}
        return {"tags": (before, sorted(set(wanted)))}


ENTERPRISES = _Enterprises()
add_enterprise, change_enterprise = ENTERPRISES.add, ENTERPRISES.change

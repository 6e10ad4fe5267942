"""Inspection items 抽查事项: list, look at, add, change.

Anybody in the office reads the items of every department, since the list is public; only the
keepers of a department change its items, and unpublished ones are hidden from others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from backend.app.platform import clock
from backend.app.platform.access import Actor
from backend.app.platform.errors import NotFound
from backend.app.platform.pagination import PER_PAGE, Page, paginate
from backend.app.platform.transactions import unit_of_work
from backend.app.registry.models import Checklist, InspectionItem
from backend.app.registry.service.search import matches, searchable
from backend.app.registry.service.writing import Register, apply_changes, refuse_foreign


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What a list of items is narrowed to; empty values narrow nothing.

    state: published | unpublished | valid | expired | without_checklist.
    """

    query: str = ""
    department_id: UUID | None = None
    category: str = ""
    state: str = ""


def list_items(session: Session, actor: Actor, wanted: ItemFilter, page: int) -> Page[Any]:
    """Items the person may see, by code."""
    query = select(InspectionItem).where(
        _visible(actor), matches(InspectionItem.search_text, wanted.query)
    )
    if wanted.department_id is not None:
        query = query.where(InspectionItem.department_id == wanted.department_id)
    if wanted.category:
        query = query.where(InspectionItem.category == wanted.category)
    condition = _state(wanted.state)
    if condition is not None:
        query = query.where(condition)
    return paginate(session, query.order_by(InspectionItem.code), page)


def published_items(
    session: Session, wanted: ItemFilter, page: int, per_page: int = PER_PAGE
) -> Page[InspectionItem]:
    """Items on the published list that are valid today, by code; what the public may read."""
    query = select(InspectionItem).where(
        InspectionItem.published,
        valid_on(clock.today()),
        matches(InspectionItem.search_text, wanted.query),
    )
    if wanted.department_id is not None:
        query = query.where(InspectionItem.department_id == wanted.department_id)
    if wanted.category:
        query = query.where(InspectionItem.category == wanted.category)
    return paginate(session, query.order_by(InspectionItem.code), page, per_page)


def published_item(session: Session, code: str) -> InspectionItem | None:
    """The item with this code if it is on the published list and valid today."""
    query = select(InspectionItem).where(InspectionItem.code == code, valid_on(clock.today()))
    return session.scalar(query)


def _visible(actor: Actor) -> ColumnElement[bool]:
    return or_(InspectionItem.published, InspectionItem.department_id.in_(actor.scope))


def _state(state: str) -> ColumnElement[bool] | None:
    if state == "published":
        return InspectionItem.published.is_(True)
    if state == "unpublished":
        return InspectionItem.published.is_(False)
    if state == "valid":
        return valid_on(clock.today())
    if state == "expired":
        return InspectionItem.valid_to < clock.today()
    if state == "without_checklist":
        return ~select(Checklist.id).where(Checklist.item_id == InspectionItem.id).exists()
    return None


def valid_on(day: date) -> ColumnElement[bool]:
    """A condition: the item is on the published list on that day."""
    item = InspectionItem
    return and_(
        item.published.is_(True),
        or_(item.valid_from.is_(None), item.valid_from <= day),
        or_(item.valid_to.is_(None), item.valid_to >= day),
    )


def get_item(session: Session, actor: Actor, item_id: UUID) -> InspectionItem:
    """The item; raises NotFound when there is none this person may see."""
    found = session.scalar(
        select(InspectionItem).where(InspectionItem.id == item_id, _visible(actor))
    )
    if found is None:
        raise NotFound
    return found


def items_by_ids(session: Session, item_ids: Sequence[UUID]) -> list[InspectionItem]:
    """The items with these ids, by code; unknown ids are left out."""
    query = select(InspectionItem).where(InspectionItem.id.in_(item_ids))
    return list(session.scalars(query.order_by(InspectionItem.code)))


def drawable_items(
    session: Session, department_ids: frozenset[UUID], day: date | None = None
) -> list[InspectionItem]:
    """Items of the departments that are on the published list that day and have a checklist."""
    has_checklist = select(Checklist.id).where(Checklist.item_id == InspectionItem.id).exists()
    query = select(InspectionItem).where(
        InspectionItem.department_id.in_(department_ids),
        valid_on(day or clock.today()),
        has_checklist,
    )
    return list(session.scalars(query.order_by(InspectionItem.code)))


def publish_items(item_ids: Sequence[UUID], *, published: bool, by: Actor) -> int:
    """Put items on the published list or take them off; return how many that changed.

    Raises OutsideYourDepartment when one belongs to a department this person does not keep.
    """
    changed = 0
    with unit_of_work() as session:
        for item in items_by_ids(session, item_ids):
            refuse_foreign(session, by, item.department_id)
            values = {"published": published}
            changed += bool(apply_changes(session, "item", item, values, item.revision, by))
    return changed


def item_search_text(values: Mapping[str, Any]) -> str:
    """Return what an item is found by: code, name, sub-items, group, target."""
    subitems = [str(subitem["name"]) for subitem in values.get("subitems") or []]
    return searchable(
        str(values["code"]),
        str(values["name"]),
        *subitems,
        values.get("group_name"),
        values.get("target"),
    )


class _Items(Register[InspectionItem]):
    """The register of items; a department's keepers write its items."""

    name, code, model = "item", "code", InspectionItem

    def find(self, session: Session, by: Actor, row_id: UUID) -> InspectionItem:
        """Return the item; raises NotFound."""
        return get_item(session, by, row_id)

    def refuse_foreign(self, session: Session, by: Actor, places: Sequence[UUID]) -> None:
        """Raise OutsideYourDepartment unless this person keeps these departments' items."""
        for department_id in places:
            refuse_foreign(session, by, department_id)

    def place(self, values: Mapping[str, Any]) -> Any:
        """Return the item's department."""
        return values["department_id"]

    def search_text(self, values: Mapping[str, Any]) -> str:
        """Return what an item is found by."""
        return item_search_text(values)


ITEMS = _Items()
add_item, change_item = ITEMS.add, ITEMS.change

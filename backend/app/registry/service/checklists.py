"""Checklists 检查表: every change makes a new version; the old ones stay as they were."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.platform import clock, ids
from backend.app.platform.access import Actor
from backend.app.platform.i18n import gettext as _
from backend.app.registry.errors import ChangedMeanwhile, NotFit
from backend.app.registry.models import (
    Checklist,
    ChecklistPoint,
    InspectionItem,
)
from backend.app.registry.service import history
from backend.app.registry.service.history import Author
from backend.app.registry.service.items import get_item
from backend.app.registry.service.writing import refuse_foreign

Point = dict[str, Any]
"""A point as forms and imports write it: the columns of ChecklistPoint but its ids."""

POINT_FIELDS = (
    "no",
    "text",
    "kind",
    "required",
    "key_point",
    "evidence",
    "unit",
    "minimum",
    "maximum",
    "options",
    "legal_basis",
    "method",
    "remarks",
    "shown_if",
)
_NO = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,11}")


def current_checklist(session: Session, item_id: UUID) -> Checklist | None:
    """The version in force, or None when the item has none yet."""
    return session.scalar(
        select(Checklist).where(Checklist.item_id == item_id, Checklist.superseded_at.is_(None))
    )


def versions(session: Session, item_id: UUID) -> Sequence[Checklist]:
    """All versions of an item's checklist, newest first."""
    query = select(Checklist).where(Checklist.item_id == item_id)
    return session.scalars(query.order_by(Checklist.version.desc())).all()


def save_checklist(
    session: Session, item_id: UUID, title: str, points: Sequence[Point], *, version: int, by: Actor
) -> Checklist:
    """A new version out of the editor. `version` is the one the editor started from (0: none).

    Raises NotFound, OutsideYourDepartment, ChangedMeanwhile, NotFit.
    """
    item = get_item(session, by, item_id)
    refuse_foreign(session, by, item.department_id)
    latest = current_checklist(session, item_id)
    if (latest.version if latest else 0) != version:
        raise ChangedMeanwhile
    refuse_unfit(points)
    made, _changed = put_checklist(session, item, title, points, by=by)
    return made


def put_checklist(
    session: Session,
    item: InspectionItem,
    title: str,
    points: Sequence[Point],
    *,
    by: Author | None,
    batch_id: UUID | None = None,
) -> tuple[Checklist, bool]:
    """The version with exactly this content: the present one when it is equal, else a new one."""
    latest = current_checklist(session, item.id)
    digest = checklist_hash(item.code, title, latest.version if latest else 0, points)
    if latest is not None and latest.content_hash == digest:
        return latest, False
    number = latest.version + 1 if latest else 1
    made = Checklist(
        id=ids.new_id(),
        item_id=item.id,
        title=title,
        version=number,
        content_hash=checklist_hash(item.code, title, number, points),
        created_at=clock.now(),
        created_by=by.account_id if by else None,
    )
    made.points = [
        ChecklistPoint(id=ids.new_id(), position=place, **{f: point[f] for f in POINT_FIELDS})
        for place, point in enumerate(points, start=1)
    ]
    if latest is not None:
        latest.superseded_at = made.created_at
    session.add(made)
    _record(session, item, (latest, made), by, batch_id)
    session.flush()
    return made, True


def _record(
    session: Session,
    item: InspectionItem,
    versions: tuple[Checklist | None, Checklist],
    by: Author | None,
    batch_id: UUID | None,
) -> None:
    """One history row for the version, and one for each point added, dropped or changed."""
    before, after = versions
    rows = [
        history.change_row(
            "checklist",
            item.id,
            item.name,
            by,
            field="version" if before else "",
            before=before.version if before else None,
            after=after.version,
            batch_id=batch_id,
        )
    ]
    old = {point.no: point_line(point) for point in before.points} if before else {}
    new = {point.no: point_line(point) for point in after.points} if before else {}
    rows += [
        history.change_row(
            "checklist",
            item.id,
            item.name,
            by,
            field=f"point {no}",
            before=old.get(no),
            after=new.get(no),
            batch_id=batch_id,
        )
        for no in {**old, **new}
        if old.get(no) != new.get(no)
    ]
    history.keep(session, rows)


def point_line(point: ChecklistPoint) -> str:
    """A point in one line, for comparing versions and reading history."""
    parts = [point.text, point.kind, point.evidence]
    parts += ["required"] if point.required else []
    parts += ["key"] if point.key_point else []
    if point.minimum or point.maximum:
        parts.append(f"{point.minimum or ''}..{point.maximum or ''} {point.unit or ''}".strip())
    parts += [f"{option['label']}={option['verdict']}" for option in point.options]
    parts += [text for text in (point.legal_basis, point.method) if text]
    parts += [f"[{remark}]" for remark in point.remarks]
    if point.shown_if:
        parts.append(f"if {point.shown_if['no']}={point.shown_if['equals']}")
    return " · ".join(parts)


def point_view(item_code: str, point: Mapping[str, Any]) -> dict[str, Any]:
    """A point in the package's shape; no number in it is a float."""
    condition = point["shown_if"]
    return {
        "key": f"{item_code}:{point['no']}",
        "no": point["no"],
        "text": point["text"],
        "kind": point["kind"],
        "required": point["required"],
        "key_point": point["key_point"],
        "evidence": point["evidence"],
        "unit": point["unit"],
        "min": point["minimum"],
        "max": point["maximum"],
        "options": [dict(option) for option in point["options"]],
        "legal_basis": point["legal_basis"],
        "method": point["method"],
        "remarks": list(point["remarks"]),
        "shown_if": condition
        and {"point": f"{item_code}:{condition['no']}", "equals": condition["equals"]},
    }


def as_point(row: ChecklistPoint) -> Point:
    """The row as forms and imports write it."""
    return {field: getattr(row, field) for field in POINT_FIELDS}


def checklist_document(
    item_code: str, title: str, version: int, points: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The checklist in the package's shape, with the SHA-256 of its JCS form as `hash`."""
    document: dict[str, Any] = {
        "title": title,
        "version": version,
        "points": [point_view(item_code, point) for point in points],
    }
    return {"hash": hashlib.sha256(rfc8785.dumps(document)).hexdigest(), **document}


def checklist_hash(
    item_code: str, title: str, version: int, points: Iterable[Mapping[str, Any]]
) -> str:
    """SHA-256 (hex) over the JCS form of the checklist without its hash."""
    return str(checklist_document(item_code, title, version, points)["hash"])


def refuse_unfit(points: Sequence[Point]) -> None:
    """Raise NotFit, naming the point, when the points contradict each other."""
    if not points:
        raise NotFit(_("A checklist needs at least one point"))
    by_no: dict[str, Point] = {}
    for point in points:
        if not _NO.fullmatch(point["no"]):
            raise NotFit(
                _(
                    "Point number “%(no)s”: only letters, digits, dots and hyphens, at most 12",
                    no=point["no"],
                )
            )
        if point["no"] in by_no:
            raise NotFit(_("Point %(no)s is there twice", no=point["no"]))
        by_no[point["no"]] = point
    for point in points:
        _refuse_point(point, by_no)


def _refuse_point(point: Point, by_no: Mapping[str, Point]) -> None:
    no = point["no"]
    if point["kind"] == "choice" and len(point["options"]) < 2:
        raise NotFit(_("Point %(no)s is a choice and needs at least two options", no=no))
    low, high = point["minimum"], point["maximum"]
    if low and high and Decimal(low) > Decimal(high):
        raise NotFit(_("Point %(no)s: the lower bound is above the upper bound", no=no))
    if not point["shown_if"]:
        return
    chain, at = {no}, point
    while at["shown_if"]:
        other = by_no.get(at["shown_if"]["no"])
        if other is None:
            raise NotFit(_("Point %(no)s depends on a point that is not there", no=no))
        if other["no"] in chain:
            raise NotFit(_("Point %(no)s depends on itself", no=no))
        chain.add(other["no"])
        at = other

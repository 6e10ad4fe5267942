"""Entries of the registers for tests, made as rows with the program's own models."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from stdnum.cn import uscc

from backend.app.platform import ids
from backend.app.platform.database import db
from backend.app.registry import service
from backend.app.registry.models import Checklist, Enterprise, InspectionItem, Officer

_numbers = count(1)


def sound_code(number: int) -> str:
    """A social credit code with a right check digit."""
    body = f"91370399{number:09d}"
    return body + str(uscc.calc_check_digit(body))


def point(no: str = "1", **changes: Any) -> dict[str, Any]:
    """A checklist point as services take it."""
    return {
        "no": no,
        "text": f"要点{no}",
        "kind": "pass",
        "required": True,
        "key_point": False,
        "evidence": "on_fail",
        "unit": None,
        "minimum": None,
        "maximum": None,
        "options": [],
        "legal_basis": None,
        "method": None,
        "remarks": [],
        "shown_if": None,
        **changes,
    }


def make_item(
    department_id: UUID, *, points: list[dict[str, Any]] | None = None, **changes: Any
) -> InspectionItem:
    """A published item, with a checklist when points are given; committed."""
    number = next(_numbers)
    values = {"code": f"T{number:03d}", "name": f"检查事项{number}", "published": True} | changes
    with Session(db.engine, expire_on_commit=False) as session:
        item = InspectionItem(id=ids.new_id(), department_id=department_id, **values)
        item.search_text = service.item_search_text(values)
        session.add(item)
        session.flush()
        if points is not None:
            service.put_checklist(session, item, "记录表", points, by=None)
        session.commit()
        return item


def checklist_of(item_id: UUID) -> Checklist | None:
    """The version in force, with its points."""
    with Session(db.engine, expire_on_commit=False) as session:
        return service.current_checklist(session, item_id)


def make_officer(department_id: UUID, **changes: Any) -> Officer:
    """An active officer with a certificate good until the end of 2030; committed."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "name": f"执法员{number}",
        "certificate": f"370399{number:05d}",
        "certificate_expires_on": date(2030, 12, 31),
    } | changes
    with Session(db.engine, expire_on_commit=False) as session:
        officer = Officer(id=ids.new_id(), department_id=department_id, **values)
        officer.search_text = service.officer_search_text(values)
        session.add(officer)
        session.commit()
        return officer


def make_enterprise(*, tags: tuple[str, ...] = (), **changes: Any) -> Enterprise:
    """An enterprise in business in region 370399; committed."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": sound_code(number),
        "name": f"桓水{number}号店",
        "region_code": "370399",
        "address": f"滨河路{number}号",
    } | changes
    with Session(db.engine, expire_on_commit=False) as session:
        enterprise = Enterprise(id=ids.new_id(), **values)
        enterprise.search_text = service.enterprise_search_text(values)
        session.add(enterprise)
        session.flush()
        service.set_tags(session, enterprise, tags)
        session.commit()
        return enterprise

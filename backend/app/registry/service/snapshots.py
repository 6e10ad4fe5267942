"""The registers as a visit's package pins them: plain JSON values, no floats, nothing later."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform.errors import NotFound
from backend.app.registry.errors import ChecklistMissing
from backend.app.registry.models import InspectionItem
from backend.app.registry.service.checklists import as_point, checklist_document, current_checklist
from backend.app.registry.service.enterprises import get_enterprise, tags_of


def checklist_snapshot(session: Session, item_id: UUID) -> dict[str, Any]:
    """An item with its checklist in force, in the package's shape.

    `checklist.hash` is the SHA-256 over the JCS form of `checklist` without `hash`.
    Raises NotFound, ChecklistMissing.
    """
    item = session.get(InspectionItem, item_id)
    if item is None:
        raise NotFound
    checklist = current_checklist(session, item_id)
    if checklist is None:
        raise ChecklistMissing(item=item.code)
    points = [as_point(row) for row in checklist.points]
    return {
        "code": item.code,
        "name": item.name,
        "category": item.category,
        "department": accounts.department(session, item.department_id).name,
        "legal_basis": item.legal_basis,
        "materials": list(item.materials),
        "checklist": checklist_document(item.code, checklist.title, checklist.version, points),
    }


def enterprise_snapshot(session: Session, enterprise_id: UUID) -> dict[str, Any]:
    """An enterprise in the package's shape. Raises NotFound."""
    enterprise = get_enterprise(session, enterprise_id)
    position = None
    if enterprise.latitude and enterprise.longitude:
        position = {"lat": enterprise.latitude, "lon": enterprise.longitude}
    return {
        "id": str(enterprise.id),
        "code": enterprise.code,
        "name": enterprise.name,
        "kind": enterprise.kind,
        "address": enterprise.address,
        "region": enterprise.region_code,
        "industry": enterprise.industry,
        "risk_class": enterprise.risk_class,
        "tags": tags_of(session, enterprise_id),
        "contact_phone": enterprise.contact_phone or None,
        "position": position,
    }

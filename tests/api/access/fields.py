"""Visits around an inspector: an own one, a colleague's, one of another department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Department, Device
from backend.app.platform import clock
from backend.app.platform.database import db
from tests.factories import field as fields
from tests.fakes.phone import Phone

SHA = "a" * 64


@dataclass(frozen=True)
class Fields:
    """An inspector's phone that has sent nothing, and visits by whose they are, each with the key
    of a point; each lists a file."""

    phone: Phone
    visits: dict[str, tuple[UUID, str]]


def arrange_fields(inspector: Account, own: Department, other: Department) -> Fields:
    """Make the visits: the inspector's own, a colleague's, and one of another department."""
    mine = fields.make_field(department=own, officers=[inspector])
    colleagues = fields.make_field(department=own)
    others = fields.make_field(department=other)
    for field in (mine, colleagues, others):
        _announce(field)
    whose = {"own visit": mine, "a colleague's": colleagues, "another department's": others}
    visits = {name: (field.visit, field.key("1")) for name, field in whose.items()}
    return Fields(_enrolled(inspector), visits)


def _enrolled(account: Account) -> Phone:
    phone = Phone()
    with Session(db.engine) as session:
        session.add(
            Device(id=phone.device, account_id=account.id, public_key=phone.public_key, name="手机")
        )
        session.commit()
    return phone


def _announce(field: fields.Field) -> None:
    at = clock.now()
    field.phones[0].record(field.visit, "visit.started", {"position": None}, at)
    field.phones[0].record(field.visit, "evidence.added", _file(field.key("1")), at)
    field.phones[0].send()


def _file(point: str) -> dict[str, Any]:
    return {
        "evidence": str(uuid4()),
        "point": point,
        "sha256": SHA,
        "size": 10,
        "mime": "image/jpeg",
        "source": "camera",
        "captured_at": clock.rfc3339(clock.now()),
        "position": None,
    }

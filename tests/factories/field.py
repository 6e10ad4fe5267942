"""A visit made, worked on and handed in by two phones through the program's own calls.

Every corner of it carries a unique string ("canary-…") that must never reach a public byte.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, Department
from backend.app.cli.demo.phone import Phone
from backend.app.draws.models import Draw
from backend.app.platform import clock, ids
from backend.app.platform.access import INSPECTOR, Actor
from backend.app.platform.database import db
from backend.app.platform.transactions import read_session, unit_of_work
from backend.app.registry.models import (
    Checklist,
    ChecklistPoint,
    Enterprise,
    InspectionItem,
    Officer,
)
from backend.app.visits import service as visits
from backend.app.visits.record import record, record_digest

from .accounts import make_account, make_department
from .disclosure import add_row, make_draw

_numbers = count(1)
DOOR = {"lat": "36.951357", "lon": "118.098642"}
CANARIES = {
    "officer": "canary-officer",
    "certificate": "CANARYCERT",
    "officer phone": "13911112222",
    "login": "canarylogin",
    "contact phone": "13933334444",
    "address": "canary-address",
    "note": "canary-note",
    "follow-up": "canary-follow-up",
    "answer": "canary-text-answer",
    "position": "36.987654",
    "address position": "36.951357",
    "reason": "canary-send-back-reason",
}


@dataclass
class Field:
    """A visit with its two officers' phones."""

    department: Department
    draw: Draw
    enterprise: Enterprise
    visit: UUID
    officers: list[Account]
    phones: list[Phone]
    item: str
    pool_row: int

    def key(self, no: str) -> str:
        """The key of a point of this visit's checklist."""
        return f"{self.item}:{no}"


def _points() -> list[dict[str, Any]]:
    plain = {
        "required": True,
        "key_point": False,
        "evidence": "none",
        "unit": None,
        "minimum": None,
        "maximum": None,
        "options": [],
        "legal_basis": None,
        "method": None,
        "remarks": [],
        "shown_if": None,
    }
    return [
        {
            **plain,
            "no": "1",
            "text": "未使用超过保质期的原料",
            "kind": "pass",
            "evidence": "on_fail",
        },
        {**plain, "no": "2", "text": "冷库温度", "kind": "number", "unit": "℃", "maximum": "-18"},
        {**plain, "no": "3", "text": "其他情况", "kind": "text", "required": False},
    ]


def _item(session: Session, department: Department) -> InspectionItem:
    item = InspectionItem(
        id=ids.new_id(),
        code=f"SC-{next(_numbers):03d}",
        name="食品生产监督检查",
        category="key",
        department_id=department.id,
        legal_basis="《中华人民共和国食品安全法》第一百一十条",
        published=True,
        search_text="食品生产监督检查",
    )
    session.add(item)
    session.flush()
    points = _points()
    checklist = Checklist(
        id=ids.new_id(), item_id=item.id, title="检查表", version=1, content_hash="0" * 64
    )
    checklist.points = [
        ChecklistPoint(id=ids.new_id(), position=place, **point)
        for place, point in enumerate(points, 1)
    ]
    session.add(checklist)
    return item


def _officer(session: Session, account: Account) -> Officer:
    number = next(_numbers)
    officer = Officer(
        id=ids.new_id(),
        account_id=account.id,
        department_id=account.department_id,
        name=f"{CANARIES['officer']}{number}",
        certificate=f"{CANARIES['certificate']}{number}",
        certificate_expires_on=clock.today() + timedelta(days=400),
        phone=CANARIES["officer phone"],
    )
    session.add(officer)
    return officer


def _enterprise(session: Session, name: str) -> Enterprise:
    number = next(_numbers)
    enterprise = Enterprise(
        id=ids.new_id(),
        code=f"91370399MA3F{number:06d}",
        name=name,
        kind="company",
        region_code="370399",
        contact_phone=CANARIES["contact phone"],
        address=CANARIES["address"],
        latitude=DOOR["lat"],
        longitude=DOOR["lon"],
    )
    session.add(enterprise)
    return enterprise


def _proof(draw: Draw, officers: list[Officer], row: int) -> dict[str, Any]:
    return {
        "id": str(draw.id),
        "number": draw.number,
        "name": draw.name,
        "freeze_sha256": "f" * 64,
        "pool_root": "e" * 64,
        "pool_rows": 100,
        "row": row,
        "line": "A\tx",
        "path": [],
        "seed": "5" * 64,
        "lot": "0a" * 16,
        "stratum": {"code": "A", "start": 0, "end": 100, "k": 3, "largest_lot": "0f" * 16},
        "seats": [{"no": n, "officer": str(o.id)} for n, o in enumerate(officers)],
        "drawn_on": "2026-11-10",
    }


def make_field(
    name: str = "鑫源食品加工厂",
    *,
    department: Department | None = None,
    officers: Sequence[Account] = (),
) -> Field:
    """A dispatched visit with two enrolled phones, committed; ``officers`` take the first seats."""
    where = department or make_department()
    number = next(_numbers)
    accounts = [
        make_account(role=INSPECTOR, department=where, login=f"{CANARIES['login']}{number}{n}")
        for n in range(len(officers) + 1, 3)
    ]
    accounts = [*officers, *accounts]
    phones = [Phone(_actor(account)) for account in accounts]
    with unit_of_work() as session:
        draw = make_draw(session, where)
        item = _item(session, where)
        officers = [_officer(session, account) for account in accounts]
        enterprise = _enterprise(session, name)
        session.flush()
        for phone in phones:
            phone.enrol(session)
        add_row(session, draw, enterprise, number, 7)
        visits.create_visits(
            session,
            [
                visits.NewVisit(
                    draw_id=draw.id,
                    enterprise_id=enterprise.id,
                    pool_row=number,
                    lot_number=7,
                    officer_ids=[officer.id for officer in officers],
                    item_ids=[item.id],
                    due_on=clock.today() + timedelta(days=10),
                    draw_proof=_proof(draw, officers, number),
                )
            ],
        )
        [visit] = visits.of_draw(session, draw.id)
    return Field(where, draw, enterprise, visit.id, accounts, phones, item.code, number)


def _actor(account: Account) -> Actor:
    with Session(db.engine) as session:
        found = session.get_one(Account, account.id)
        own = frozenset({found.department_id})
        return Actor(
            account_id=found.id,
            login=found.login,
            name=found.name,
            department_id=found.department_id,
            department_name=found.department.name,
            roles=frozenset({INSPECTOR}),
            find_scope=lambda: own,
            session_id=ids.new_id(),
        )


def a_photo(shade: int = 120) -> bytes:
    """A small JPEG; another shade gives other bytes."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 90)).save(buffer, "JPEG")
    return buffer.getvalue()


def work(field: Field, *, category: str = "5", photo: bytes | None = None) -> bytes:
    """One phone answers everything, with a photo that is not sent yet; returns its bytes."""
    phone, at = field.phones[0], clock.now()
    data = photo or a_photo()

    def do(kind: str, **body: Any) -> None:
        phone.record(field.visit, kind, body, at)

    place = {"lat": CANARIES["position"], "lon": "118.098642"}
    do("visit.started", position=place)
    do("answer.set", point=field.key("1"), value="fail", note=CANARIES["note"], base=None)
    do("answer.set", point=field.key("2"), value="-16.5", note=None, base=None)
    do("answer.set", point=field.key("3"), value=CANARIES["answer"], note=None, base=None)
    do(
        "evidence.added",
        evidence=str(ids.new_id()),
        point=field.key("1"),
        sha256=sha256(data).hexdigest(),
        size=len(data),
        mime="image/jpeg",
        source="camera",
        captured_at=clock.rfc3339(at),
        position=place,
    )
    follow_up = {"code": "ordered", "date": "2026-12-10", "note": CANARIES["follow-up"]}
    label = {"system": "cn-8", "code": category, "label": "canary-label"}
    do("result.set", category=label, follow_up=follow_up, of=None)
    phone.send()
    return data


def work_again(field: Field) -> None:
    """One more answer, as after a record was sent back."""
    body = {"point": field.key("2"), "value": "-20", "note": None, "base": None}
    field.phones[0].record(field.visit, "answer.set", body, clock.now())
    field.phones[0].send()


def seal(field: Field, at: Any = None) -> str:
    """Hand the record in; returns its digest."""
    with read_session() as session:
        state = visits.state(session, field.visit)
        digest = record_digest(record(visits.package(session, field.visit), state))
    phone = field.phones[0]
    phone.record(
        field.visit, "record.sealed", {"digest": digest, "assertion": None}, at or clock.now()
    )
    phone.send()
    return digest


def upload(field: Field, data: bytes) -> None:
    """Send the bytes of every piece of evidence of the visit."""
    with read_session() as session:
        pieces = list(visits.state(session, field.visit)["evidence"].values())
    for piece in pieces:
        if piece["sha256"] == sha256(data).hexdigest():
            field.phones[0].upload(field.visit, UUID(piece["id"]), data, "image/jpeg")


def handed_in(
    name: str = "鑫源食品加工厂",
    *,
    department: Department | None = None,
    complete: bool = True,
    category: str = "5",
) -> tuple[Field, str]:
    """A visit that waits for review, and its record's digest; ``complete`` with all bytes."""
    field = make_field(name, department=department)
    data = work(field, category=category)
    digest = seal(field)
    if complete:
        upload(field, data)
    return field, digest

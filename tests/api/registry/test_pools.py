"""What draws and packages ask the registers for."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import pytest
import rfc8785
from flask import Flask
from sqlalchemy.orm import Session

from backend.app.platform import clock
from backend.app.registry import service
from backend.app.registry.errors import ChecklistMissing, CodeTaken, ItemNotPublished
from backend.app.registry.models import OfficerLeave, RecusalGround
from tests.factories.accounts import make_account, make_department
from tests.factories.registry import make_enterprise, make_item, make_officer, point, sound_code


class Author(NamedTuple):
    """Whoever a change is put down to."""

    account_id: UUID
    name: str


LAST_DAY = date(2026, 12, 31)


def tag_id(session: Session, name: str) -> UUID:
    """The id of a tag by name."""
    return next(tag.id for tag in service.all_tags(session) if tag.name == name)


def test_a_pool_takes_each_enterprise_in_business_once_in_its_first_stratum(
    app: Flask, session: Session
) -> None:
    item = make_item(make_department().id)
    risky = make_enterprise(risk_class="D", tags=("重点",))
    tagged = make_enterprise(risk_class="A", tags=("重点",))
    plain = make_enterprise(risk_class="A")
    make_enterprise(risk_class="D", status="closed")
    make_enterprise(risk_class="D", region_code="370400")
    strata = [
        service.StratumFilter("D", regions=("370399",), risk_classes=("D",)),
        service.StratumFilter("T", tag_ids=(tag_id(session, "重点"),)),
        service.StratumFilter("R", regions=("370300",)),
    ]
    rows = service.pool(session, strata, [item.id])
    assert [(stratum, enterprise_id) for stratum, enterprise_id, _ in rows] == [
        ("D", risky.id.hex),
        ("T", tagged.id.hex),
        ("R", plain.id.hex),
    ]
    assert service.count_stratum(session, strata[2]) == 3


@pytest.mark.parametrize(
    "changes",
    [{"published": False}, {"valid_to": date(2020, 1, 1)}, {"valid_from": date(2099, 1, 1)}],
)
def test_an_item_off_the_published_list_cannot_be_drawn_on(
    app: Flask, session: Session, changes: dict[str, Any]
) -> None:
    listed = make_item(make_department().id)
    item = make_item(listed.department_id, **changes)
    with pytest.raises(ItemNotPublished):
        service.pool(session, [], [listed.id, item.id])


def test_only_items_on_the_list_with_a_checklist_can_be_drawn_on(
    app: Flask, session: Session
) -> None:
    department = make_department()
    ready = make_item(department.id, points=[point()])
    make_item(department.id)
    make_item(department.id, points=[point()], published=False)
    make_item(make_department().id, points=[point()])
    found = service.drawable_items(session, frozenset({department.id}))
    assert [item.id for item in found] == [ready.id]


def test_officers_are_left_out_with_their_first_reason(app: Flask, session: Session) -> None:
    department = make_department()
    fit = make_officer(department.id, specialities=["FOOD", "DRUG"])
    on_the_day = make_officer(department.id, specialities=["FOOD"], certificate_expires_on=LAST_DAY)
    gone = make_officer(department.id, active=False)
    expired = make_officer(department.id, certificate_expires_on=date(2026, 12, 30))
    away = make_officer(department.id, specialities=["FOOD"])
    unfit = make_officer(department.id, specialities=["DRUG"])
    make_officer(make_department().id, specialities=["FOOD"])
    session.add(OfficerLeave(officer_id=away.id, starts_on=LAST_DAY, ends_on=LAST_DAY))
    session.add(
        OfficerLeave(officer_id=fit.id, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 30))
    )
    session.commit()
    found = service.officer_eligibility(session, [department.id], ["FOOD"], LAST_DAY)
    assert [officer.id for officer in found.eligible] == [fit.id, on_the_day.id]
    assert {officer.id: reason for officer, reason in found.excluded} == {
        gone.id: "inactive",
        expired.id: "certificate_expired",
        away.id: "on_leave",
        unfit.id: "not_qualified",
    }


def test_recusals_are_those_in_force_among_the_given(app: Flask, session: Session) -> None:
    department = make_department()
    officer, other = make_officer(department.id), make_officer(department.id)
    near, far = make_enterprise(), make_enterprise()
    for who, where, revoked in ((officer, near, False), (officer, far, True), (other, near, False)):
        session.add(
            RecusalGround(
                officer_id=who.id,
                enterprise_id=where.id,
                ground="interest",
                revoked_at=clock.now() if revoked else None,
            )
        )
    session.commit()
    assert service.recusals(session, [officer.id], [near.id, far.id]) == [(officer.id, near.id)]


def test_a_checklist_snapshot_is_canonical_and_carries_its_own_digest(
    app: Flask, session: Session
) -> None:
    points = [
        point("1"),
        point("2", kind="number", unit="℃", minimum="-25.5", maximum="-18"),
        point("3", shown_if={"no": "1", "equals": "fail"}),
    ]
    item = make_item(make_department().id, points=points, materials=["营业执照"])
    snapshot = service.checklist_snapshot(session, item.id)
    checklist = dict(snapshot["checklist"])
    digest = checklist.pop("hash")
    assert hashlib.sha256(rfc8785.dumps(checklist)).hexdigest() == digest
    stored = service.current_checklist(session, item.id)
    assert stored is not None
    assert stored.content_hash == digest
    assert checklist["points"][1]["min"] == "-25.5"
    assert checklist["points"][2]["shown_if"] == {"point": f"{item.code}:1", "equals": "fail"}
    assert snapshot["materials"] == ["营业执照"]
    assert json.loads(json.dumps(snapshot)) == snapshot
    session.rollback()
    bare = make_item(item.department_id)
    with pytest.raises(ChecklistMissing):
        service.checklist_snapshot(session, bare.id)


def test_an_enterprise_snapshot_has_text_positions_and_tags(app: Flask, session: Session) -> None:
    made = make_enterprise(tags=("乙", "甲"), latitude="36.9", longitude="118.1")
    snapshot = service.enterprise_snapshot(session, made.id)
    assert snapshot["position"] == {"lat": "36.9", "lon": "118.1"}
    assert snapshot["tags"] == sorted(["乙", "甲"])
    assert snapshot["contact_phone"] is None
    session.rollback()
    bare = make_enterprise()
    assert service.enterprise_snapshot(session, bare.id)["position"] is None


def test_many_enterprises_are_added_at_once_and_none_over_another(
    app: Flask, session: Session
) -> None:
    someone = make_account()
    by = Author(someone.id, someone.name)
    rows = [
        ({"code": sound_code(number), "name": f"店{number}", "region_code": "370399"}, tags)
        for number, tags in ((9001, ["重点"]), (9002, []))
    ]
    assert service.add_enterprises(session, rows, by) == 2
    found = service.enterprise_by_code(session, sound_code(9001))
    assert found is not None
    assert service.tags_of(session, found.id) == ["重点"]
    assert (found.status, found.kind) == ("active", "unknown")
    with pytest.raises(CodeTaken):
        service.add_enterprises(session, rows[:1], by)

"""Confirming and sending back: what is refused by name, and that a decision is taken once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.accounts.models import Device
from backend.app.disclosure.models import Publication, PublishedResult
from backend.app.draws.models import DrawReplacement, DrawSeat
from backend.app.ledger.models import LedgerEntry
from backend.app.platform import clock, ids
from backend.app.registry.models import Officer
from backend.app.review.models import Decision
from backend.app.sync.models import QuarantinedEvent
from backend.app.visits.models import Visit, VisitFormerOfficer
from tests.conftest import Browser
from tests.factories.accounts import make_account, make_department
from tests.factories.field import CANARIES, handed_in, make_field, seal, upload, work


def confirm(client: Browser, visit: UUID, digest: str, revision: int = 1) -> Any:
    return client.post(
        f"/api/v1/reviews/{visit}/confirm", json={"revision": revision, "digest": digest}
    )


def send_back(client: Browser, visit: UUID, digest: str, *reasons: dict[str, str]) -> Any:
    body = {"revision": 1, "digest": digest, "reasons": list(reasons)}
    return client.post(f"/api/v1/reviews/{visit}/send-back", json=body)


def state(session: Session, visit: UUID) -> str:
    session.expire_all()
    return session.get_one(Visit, visit).state


def test_confirming_publishes_and_traces_in_one_step(
    session: Session, client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department, stepped_up=True)
    reply = confirm(client, field.visit, digest)
    assert reply.status_code == 200
    assert reply.get_json()["outcome"] == "confirmed"
    assert state(session, field.visit) == "disclosed"
    result = session.scalars(select(PublishedResult)).one()
    assert (result.visit_id, result.draw_id) == (field.visit, field.draw.id)
    traced = {
        (entry.type, entry.subject, entry.actor)
        for entry in session.scalars(select(LedgerEntry))
        if entry.type in {"record.confirmed", "disclosure.published"}
    }
    actor = f"supervisor:{field.department.code}"
    assert traced == {
        ("record.confirmed", str(field.visit), actor),
        ("disclosure.published", str(result.publication_id), actor),
    }


def test_a_record_with_missing_evidence_cannot_be_confirmed(
    session: Session, client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in(complete=False)
    sign_in(client, department=field.department, stepped_up=True)
    reply = confirm(client, field.visit, digest)
    assert (reply.status_code, reply.get_json()["code"]) == (409, "review.evidence_missing")
    assert reply.get_json()["missing"] == 1
    assert session.scalar(select(func.count()).select_from(Publication)) == 0
    assert session.scalar(select(func.count()).select_from(Decision)) == 0
    assert state(session, field.visit) == "sealed"


def test_confirming_needs_a_fresh_proof_of_who_one_is(client: Browser, sign_in: Any) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department)
    reply = confirm(client, field.visit, digest)
    assert (reply.status_code, reply.get_json()["code"]) == (403, "access.step_up_required")


def test_a_supervisor_cannot_confirm_a_record_they_took_part_in(
    session: Session, client: Browser, sign_in: Any
) -> None:
    from backend.app.accounts.models import RoleGrant

    field, digest = handed_in()
    officer = field.officers[0]
    session.add(
        RoleGrant(account_id=officer.id, department_id=field.department.id, role="supervisor")
    )
    session.commit()
    sign_in(client, account=officer, stepped_up=True)
    assert confirm(client, field.visit, digest).get_json()["code"] == "review.own_record"
    refused = send_back(client, field.visit, digest, {"reason": "x"})
    assert refused.get_json()["code"] == "review.own_record"


def _stepped_back(session: Session, field: Any, officer: Officer) -> None:
    session.add(_former(field, officer, officer.account_id))


def _stepped_back_before_the_account(session: Session, field: Any, officer: Officer) -> None:
    session.add(_former(field, officer, None))


def _replaced_before_the_visit_was_made(session: Session, field: Any, officer: Officer) -> None:
    row = session.get_one(Visit, field.visit).pool_row
    vacated = [{"seat": 77, "left": officer.id.hex, "officer": None, "reason": "recusal"}]
    entry = {"batch": 1, "vacated": vacated, "recused": [], "absent": []}
    seat = {"seat_no": 77, "row": row, "position": 0, "department": "x", "officer_id": None}
    session.add(DrawSeat(draw_id=field.draw.id, **seat))
    session.add(
        DrawReplacement(
            draw_id=field.draw.id,
            batch=1,
            entry=drawkit.canonical(entry).decode(),
            drawn_at=clock.now(),
        )
    )


def _sent_an_entry_that_was_kept_apart(session: Session, field: Any, officer: Officer) -> None:
    assert officer.account_id is not None
    phone = Device(id=uuid4(), account_id=officer.account_id, public_key=b"key", name="手机")
    session.add(phone)
    session.flush()
    session.add(
        QuarantinedEvent(
            id=uuid4(),
            device_id=phone.id,
            account_id=officer.account_id,
            department_id=officer.department_id,
            visit_id=field.visit,
            seq=1,
            prev="0" * 64,
            kind="answer.set",
            sent='{"at":"2026-12-01T08:00:00.000Z","body":{}}',
            hash="1" * 64,
            receipt_reason="not_assigned",
            reason="not_assigned",
            received_at=clock.now(),
        )
    )


def _former(field: Any, officer: Officer, account_id: UUID | None) -> VisitFormerOfficer:
    return VisitFormerOfficer(
        visit_id=field.visit,
        officer_id=officer.id,
        batch=1,
        account_id=account_id,
        seat=2,
        reason="recusal",
        left_at=clock.now(),
    )


@pytest.mark.parametrize(
    "part",
    [
        _stepped_back,
        _stepped_back_before_the_account,
        _replaced_before_the_visit_was_made,
        _sent_an_entry_that_was_kept_apart,
    ],
)
def test_an_officer_who_stepped_back_cannot_decide_on_the_record(
    part: Any, session: Session, client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in()
    account = make_account(role="supervisor", department=field.department)
    officer = Officer(
        id=ids.new_id(),
        department_id=field.department.id,
        account_id=account.id,
        name="赵知行",
        certificate="370399-9901",
        certificate_expires_on=date(2099, 12, 31),
    )
    session.add(officer)
    session.flush()
    part(session, field, officer)
    session.commit()
    sign_in(client, account=account, stepped_up=True)
    assert confirm(client, field.visit, digest).get_json()["code"] == "review.own_record"
    refused = send_back(client, field.visit, digest, {"reason": "x"})
    assert refused.get_json()["code"] == "review.own_record"
    assert state(session, field.visit) == "complete"


def test_another_departments_record_is_not_even_there(client: Browser, sign_in: Any) -> None:
    field, digest = handed_in()
    sign_in(client, department=make_department("消防救援大队"), stepped_up=True)
    assert confirm(client, field.visit, digest).status_code == 404
    assert client.get(f"/office/review/{field.visit}").status_code == 404


def test_a_supervisor_who_sees_all_departments_decides_in_the_own_one_only(
    session: Session, client: Browser, sign_in: Any
) -> None:
    from backend.app.accounts.models import RoleGrant

    field, digest = handed_in()
    other = make_department("审改办", is_oversight=True)
    wide = make_account(role="supervisor", department=other)
    session.add(RoleGrant(account_id=wide.id, department_id=other.id, role="oversight"))
    session.commit()
    sign_in(client, account=wide, stepped_up=True)
    reply = confirm(client, field.visit, digest)
    assert (reply.status_code, reply.get_json()["code"]) == (403, "review.other_department")


def test_a_supervisor_decides_for_the_departments_below(client: Browser, sign_in: Any) -> None:
    bureau = make_department("市场监督管理局")
    station = make_department("索镇市场监管所", parent=bureau)
    field, digest = handed_in(department=station)
    sign_in(client, department=bureau, stepped_up=True)
    assert confirm(client, field.visit, digest).status_code == 200


def test_an_inspector_decides_nothing(client: Browser, sign_in: Any) -> None:
    field, digest = handed_in()
    sign_in(client, role="inspector", department=field.department, stepped_up=True)
    assert confirm(client, field.visit, digest).status_code == 403


def test_a_decision_on_another_revision_is_refused_by_name(
    session: Session, client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department, stepped_up=True)
    for revision, asked in ((2, digest), (1, "0" * 64)):
        reply = confirm(client, field.visit, asked, revision)
        assert (reply.status_code, reply.get_json()["code"]) == (409, "review.stale_revision")
    assert state(session, field.visit) == "complete"


def test_pressing_twice_is_one_decision_with_one_answer(
    session: Session, client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department, stepped_up=True)
    first, second = confirm(client, field.visit, digest), confirm(client, field.visit, digest)
    assert first.get_json() == second.get_json()
    assert session.scalar(select(func.count()).select_from(Decision)) == 1
    assert session.scalar(select(func.count()).select_from(PublishedResult)) == 1


def test_two_supervisors_at_once_make_one_decision(
    app: Flask, session: Session, sign_in: Any
) -> None:
    field, digest = handed_in()
    app.test_client_class = Browser
    browsers = [app.test_client() for _ in range(2)]
    for browser in browsers:
        sign_in(browser, department=field.department, stepped_up=True)
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda b: confirm(b, field.visit, digest), browsers))  # type: ignore[arg-type]
    assert sorted(reply.status_code for reply in replies) == [200, 409]
    refused = next(reply for reply in replies if reply.status_code == 409)
    assert refused.get_json()["code"] == "review.already_decided"
    assert session.scalar(select(func.count()).select_from(Decision)) == 1
    assert session.scalar(select(func.count()).select_from(Publication)) == 1


def test_a_visit_that_is_still_under_way_cannot_be_decided(client: Browser, sign_in: Any) -> None:
    field = make_field()
    work(field)
    sign_in(client, department=field.department, stepped_up=True)
    reply = confirm(client, field.visit, "a" * 64)
    assert (reply.status_code, reply.get_json()["code"]) == (409, "review.not_handed_in")


def test_sending_back_opens_the_record_again_with_its_reasons(
    session: Session, client: Browser, sign_in: Any
) -> None:
    from backend.app.visits import service as visits

    field, digest = handed_in()
    sign_in(client, department=field.department)
    reason = CANARIES["reason"]
    reply = send_back(client, field.visit, digest, {"point": field.key("1"), "reason": reason})
    assert reply.status_code == 200
    assert state(session, field.visit) == "sent_back"
    reopened = visits.history(session, field.visit)[-1]
    assert reopened.kind == "visit.reopened"
    assert reopened.body["reasons"] == [
        {"point": field.key("1"), "evidence": None, "reason": reason}
    ]
    assert session.scalar(select(func.count()).select_from(Publication)) == 0


def test_a_decision_on_the_first_revision_never_reaches_the_second(
    session: Session, client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department, stepped_up=True)
    assert send_back(client, field.visit, digest, {"reason": "拍清楚"}).status_code == 200
    again = seal(field)
    assert again != digest
    late = confirm(client, field.visit, digest)
    assert late.get_json()["code"] == "review.stale_revision"
    assert confirm(client, field.visit, again, 2).status_code == 200
    rows = session.execute(
        select(Decision.revision, Decision.outcome).order_by(Decision.revision)
    ).all()
    assert [tuple(row) for row in rows] == [(1, "sent_back"), (2, "confirmed")]


def test_sending_back_needs_a_reason_about_something_that_exists(
    session: Session, client: Browser, sign_in: Any
) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department)
    assert send_back(client, field.visit, digest).status_code == 422
    unknown = send_back(client, field.visit, digest, {"point": "NO:1", "reason": "x"})
    assert unknown.get_json()["code"] == "review.unknown_target"
    assert state(session, field.visit) == "complete"


def test_a_confirmed_record_cannot_be_sent_back(client: Browser, sign_in: Any) -> None:
    field, digest = handed_in()
    sign_in(client, department=field.department, stepped_up=True)
    confirm(client, field.visit, digest)
    reply = send_back(client, field.visit, digest, {"reason": "x"})
    assert (reply.status_code, reply.get_json()["code"]) == (409, "review.already_decided")


def test_a_record_whose_last_photo_arrives_becomes_confirmable(
    client: Browser, sign_in: Any
) -> None:
    field = make_field()
    data = work(field)
    digest = seal(field)
    sign_in(client, department=field.department, stepped_up=True)
    assert confirm(client, field.visit, digest).status_code == 409
    upload(field, data)
    assert confirm(client, field.visit, digest).status_code == 200

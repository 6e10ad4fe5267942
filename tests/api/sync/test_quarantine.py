"""The supervisor's list of what could not be applied, and the decision about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.accounts.models import Device
from backend.app.platform import clock
from backend.app.sync.models import QuarantinedEvent, SyncHead
from backend.app.visits import service as visits
from backend.app.visits.models import Visit, VisitEvent
from tests.api.sync.conftest import Field
from tests.factories.accounts import make_account, make_department
from tests.factories.visits import make_team, make_visit

InField = Callable[..., Field]
LIST = "/office/quarantine"


@pytest.fixture
def office(app: Any, client: Any, sign_in: Any) -> Callable[..., Any]:
    """A browser signed in at a department."""

    def make(department: Any, role: str = "supervisor") -> Any:
        browser = app.test_client()
        sign_in(browser, account=make_account(role=role, department=department))
        return browser

    return make


def decide(browser: Any, events: list[str], decision: str = "adopt", note: str = "情况属实") -> Any:
    form = {"events": events, "decision": decision, "note": note}
    return browser.post(LIST, data=form, follow_redirects=True)


def decision_of(session: Session, event: str) -> str | None:
    session.rollback()
    found = session.get_one(QuarantinedEvent, UUID(event)).decision
    session.rollback()
    return found


def test_an_empty_list_says_so(office: Any) -> None:
    page = office(make_department()).get(LIST)
    assert page.status_code == 200
    assert "没有异常上报数据" in page.get_data(as_text=True)


def test_work_of_a_replaced_officer_is_listed_and_adopted(
    in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    other = make_team()
    elsewhere = make_visit(other)
    event = officer.phone.answers(elsewhere, other.item.code + ":1", "pass")["id"]
    officer.send()
    browser = office(other.department)
    listed = browser.get(LIST).get_data(as_text=True)
    assert event in listed
    assert "执法人员不在本次检查的选派名单中" in listed
    assert "1 检查要点 1 = 合格" in listed
    assert "已采纳 1 条" in decide(browser, [event]).get_data(as_text=True)
    row = session.get_one(Visit, elsewhere)
    assert (row.state, row.points_answered, row.revision) == ("under_way", 1, 1)
    answer = visits.state(session, elsewhere)["answers"][other.item.code + ":1"]
    assert answer["by"] == officer.officer  # type: ignore[typeddict-item]
    assert visits.check(session, elsewhere) == []
    kept = session.get_one(QuarantinedEvent, UUID(event))
    assert (kept.decision, kept.note) == ("adopted", "情况属实")
    session.rollback()
    assert event not in browser.get(LIST).get_data(as_text=True)


def test_an_adopted_event_reaches_its_own_phone_and_keeps_its_first_receipt(
    in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    session.execute(
        update(Device).where(Device.id == officer.phone.device).values(revoked_at=clock.now())
    )
    session.commit()
    officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")
    call = officer.phone.call(have={str(officer.visit): 0})
    first = officer.client.post("/api/v1/sync", json=call).get_json()
    event = first["receipts"][0]["event"]
    decide(office(officer.team.department), [event])
    session.execute(update(Device).where(Device.id == officer.phone.device).values(revoked_at=None))
    session.commit()
    again = officer.client.post("/api/v1/sync", json=call).get_json()
    assert again["receipts"] == first["receipts"]
    assert [one["id"] for one in again["visits"][0]["events"]] == [event]


def test_adopting_an_unsigned_beginning_lets_the_rest_of_the_chain_follow(
    in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    code = officer.team.item.code
    first = officer.phone.answers(officer.visit, f"{code}:1", "pass")
    officer.sync(signature=None)
    officer.phone.outbox.clear()
    second = officer.phone.answers(officer.visit, f"{code}:2", "pass")
    assert officer.send()["receipts"][0]["reason"] == "gap"
    decide(office(officer.team.department), [first["id"]])
    officer.phone.answers(officer.visit, f"{code}:3", "pass")
    assert officer.send()["receipts"][0]["state"] == "applied"
    assert session.get_one(Visit, officer.visit).points_answered == 3
    assert session.get_one(SyncHead, officer.phone.device).held == 0
    assert visits.check(session, officer.visit) == []
    assert decision_of(session, second["id"]) == "linked"


def test_a_phone_restored_from_a_copy_can_be_adopted_though_its_numbers_are_taken(
    in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    code = officer.team.item.code
    officer.phone.answers(officer.visit, f"{code}:1", "pass")
    officer.send()
    officer.phone.seq, officer.phone.prev = 0, "0" * 64
    forked = officer.phone.answers(officer.visit, f"{code}:2", "pass")["id"]
    assert officer.send()["receipts"][0]["reason"] == "bad_prev"
    decide(office(officer.team.department), [forked])
    assert session.get_one(Visit, officer.visit).points_answered == 2
    assert visits.check(session, officer.visit) == []


@pytest.mark.parametrize("state", ["confirmed", "disclosed"])
def test_nothing_is_adopted_into_a_closed_visit(
    state: str, in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    session.execute(update(Visit).where(Visit.id == officer.visit).values(state=state))
    session.commit()
    officer.phone.answers(officer.visit, officer.team.item.code + ":1", "pass")
    event = officer.send()["receipts"][0]["event"]
    page = decide(office(officer.team.department), [event]).get_data(as_text=True)
    assert "1 条未能采纳" in page
    assert decision_of(session, event) is None
    assert session.scalars(select(VisitEvent)).all() == []


def test_what_names_no_visit_or_no_point_cannot_be_adopted(
    in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    officer.phone.does(uuid4(), "visit.started", {"position": None})
    officer.phone.answers(officer.visit, "OTHER:1", "pass")
    events = [receipt["event"] for receipt in officer.send()["receipts"]]
    page = decide(office(officer.team.department), events).get_data(as_text=True)
    assert "2 条未能采纳" in page
    assert [decision_of(session, event) for event in events] == [None, None]


def test_setting_aside_keeps_the_event_and_takes_it_off_the_list(
    in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    officer.phone.does(uuid4(), "visit.started", {"position": None})
    event = officer.send()["receipts"][0]["event"]
    browser = office(officer.team.department)
    assert "已搁置 1 条" in decide(browser, [event], "set_aside").get_data(as_text=True)
    assert decision_of(session, event) == "set_aside"
    assert "1 条未能采纳" in decide(browser, [event]).get_data(as_text=True)


@pytest.mark.parametrize(
    "form",
    [
        {"decision": "adopt", "note": "理由"},
        {"events": ["x"], "decision": "adopt", "note": "理由"},
        {"events": [str(uuid4())], "decision": "adopt", "note": ""},
        {"events": [str(uuid4())], "decision": "burn", "note": "理由"},
    ],
)
def test_a_form_that_lacks_something_changes_nothing_and_says_so(
    form: dict[str, Any], office: Any
) -> None:
    page = office(make_department()).post(LIST, data=form)
    assert page.status_code == 422
    assert 'class="flash bad"' in page.get_data(as_text=True)


def test_other_departments_neither_see_nor_decide(
    in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    officer.phone.answers(officer.visit, "OTHER:1", "pass")
    event = officer.send()["receipts"][0]["event"]
    stranger = office(make_department())
    assert event not in stranger.get(LIST).get_data(as_text=True)
    assert decide(stranger, [event]).status_code == 404
    assert decision_of(session, event) is None


def test_only_supervisors_decide(in_field: InField, office: Any) -> None:
    officer = in_field()
    admin = office(officer.team.department, "department_admin")
    assert admin.get(LIST).status_code == 200
    assert "<textarea" not in admin.get(LIST).get_data(as_text=True)
    assert decide(admin, [str(uuid4())]).status_code == 403
    assert officer.client.get(LIST).status_code == 403


def test_nothing_of_a_revoked_phone_slips_in_by_coming_before_its_link(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    code = officer.team.item.code
    session.execute(
        update(Device).where(Device.id == officer.phone.device).values(revoked_at=clock.now())
    )
    session.commit()
    first = officer.phone.answers(officer.visit, f"{code}:1", "pass")
    officer.phone.answers(officer.visit, f"{code}:2", "pass")
    calls = []
    for kept in (1, 0):
        all_of_them = list(officer.phone.outbox)
        officer.phone.outbox[:] = [all_of_them[kept]]
        calls.append(officer.phone.call())
        officer.phone.outbox[:] = all_of_them
    for call, reason in zip(calls, ("gap", "device_revoked"), strict=True):
        reply = officer.client.post("/api/v1/sync", json=call).get_json()
        assert reply["receipts"][0]["reason"] == reason
    assert session.get_one(Visit, officer.visit).points_answered == 0
    assert decision_of(session, first["id"]) is None
    assert session.scalars(select(VisitEvent)).all() == []


def test_the_first_page_and_the_record_name_what_waits_and_lead_to_it(
    in_field: InField, office: Any, session: Session
) -> None:
    officer = in_field()
    other = make_team()
    elsewhere, calm = make_visit(other), make_visit(other)
    event = officer.phone.answers(elsewhere, other.item.code + ":1", "pass")["id"]
    officer.send()
    browser = office(other.department)
    assert 'href="/office/quarantine"><b>1</b>' in browser.get("/office/").get_data(as_text=True)
    record = browser.get(f"/office/review/{elsewhere}").get_data(as_text=True)
    assert "1 条异常上报数据" in record
    assert "1 检查要点 1 = 合格" in record
    assert f'href="{LIST}?visit={elsewhere}"' in record
    assert "均已计入" in browser.get(f"/office/review/{calm}").get_data(as_text=True)
    assert event in browser.get(f"{LIST}?visit={elsewhere}").get_data(as_text=True)
    assert event not in browser.get(f"{LIST}?visit={calm}").get_data(as_text=True)

    decide(browser, [event], "set_aside", "与本次检查无关")
    assert "异常上报数据</span>" not in browser.get("/office/").get_data(as_text=True)
    record = browser.get(f"/office/review/{elsewhere}").get_data(as_text=True)
    assert "与本次检查无关" in record
    assert "1 条异常上报数据" not in record


def test_who_decides_nothing_is_told_of_no_quarantine(in_field: InField, office: Any) -> None:
    officer = in_field()
    other = make_team()
    officer.phone.answers(make_visit(other), other.item.code + ":1", "pass")
    officer.send()
    page = office(other.department, "department_admin").get("/office/").get_data(as_text=True)
    assert 'href="/office/quarantine"><b>' not in page

"""Pages of officers and enterprises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.platform import clock
from backend.app.platform.transactions import unit_of_work
from backend.app.registry.models import Enterprise, Officer, OfficerLeave, RecusalGround
from backend.app.registry.models import RegisterChange as Change
from backend.app.registry.service import history
from tests.factories.accounts import make_account, make_department
from tests.factories.registry import make_enterprise, make_officer, sound_code

OFFICERS = "/office/registry/officers"
ENTERPRISES = "/office/registry/enterprises"


def officer_form(department_id: Any, **changes: str) -> dict[str, str]:
    """A filled officer form."""
    return {
        "name": "王敏",
        "certificate": "37039900001",
        "certificate_expires_on": "2030-01-31",
        "department_id": str(department_id),
        "specialities": "FOOD",
        "phone": "13812345678",
        "active": "1",
    } | changes


def test_an_officer_is_added_and_changed_with_history(
    client: Any, sign_in: Any, session: Session
) -> None:
    who = sign_in(client, role="department_admin")
    reply = client.post(f"{OFFICERS}/new", data=officer_form(who.department_id))
    assert reply.status_code == 303
    data = officer_form(who.department_id, revision="1", certificate_expires_on="2031-01-31")
    del data["active"]
    assert client.post(f"{reply.location}/edit", data=data).status_code == 303
    officer = session.scalar(select(Officer))
    assert officer is not None
    assert officer.active is False
    changes = session.scalars(select(Change).where(Change.field != "").order_by(Change.field))
    assert [(c.field, c.before, c.after) for c in changes] == [
        ("active", "yes", "no"),
        ("certificate_expires_on", "2030-01-31", "2031-01-31"),
    ]
    session.rollback()
    reply = client.post(f"{OFFICERS}/new", data=officer_form(who.department_id))
    assert reply.status_code == 409


def test_an_officer_is_tied_to_one_free_account_of_the_department(
    client: Any, sign_in: Any, session: Session
) -> None:
    who = sign_in(client, role="department_admin")
    inspector = make_account(role="inspector", department=who.department)
    stranger = make_account(role="inspector")
    first = client.post(
        f"{OFFICERS}/new", data=officer_form(who.department_id, login=inspector.login)
    )
    assert first.status_code == 303
    assert inspector.login in client.get(f"{first.location}/edit").get_data(as_text=True)
    for login in (inspector.login, stranger.login, "nobody"):
        data = officer_form(who.department_id, certificate="37039900002", login=login)
        assert client.post(f"{OFFICERS}/new", data=data).status_code == 422
    assert session.scalars(select(Officer.account_id)).all() == [inspector.id]
    session.rollback()
    data = officer_form(who.department_id, revision="1", login="")
    assert client.post(f"{first.location}/edit", data=data).status_code == 303
    assert session.scalars(select(Officer.account_id)).all() == [None]


def test_officers_of_other_departments_are_not_there(client: Any, sign_in: Any) -> None:
    sign_in(client, role="department_admin")
    other = make_officer(make_department().id, name="外单位人员")
    assert "外单位人员" not in client.get(OFFICERS).get_data(as_text=True)
    assert client.get(f"{OFFICERS}/{other.id}").status_code == 404
    data = officer_form(other.department_id, revision="1")
    assert client.post(f"{OFFICERS}/{other.id}/edit", data=data).status_code == 404


def test_certificates_past_or_near_their_end_stand_out_and_can_be_filtered(
    client: Any, sign_in: Any
) -> None:
    who = sign_in(client, role="supervisor")
    today = clock.today()
    make_officer(who.department_id, name="过期", certificate_expires_on=today - timedelta(1))
    make_officer(who.department_id, name="今天", certificate_expires_on=today)
    make_officer(who.department_id, name="长期有效", certificate_expires_on=today + timedelta(900))
    page = client.get(OFFICERS).get_data(as_text=True)
    assert f'<span class="chip bad">{today - timedelta(1)} 已过期</span>' in page
    assert f'<span class="chip warn">{today} 到期</span>' in page
    expired = client.get(f"{OFFICERS}?state=expired").get_data(as_text=True)
    assert "过期</a>" in expired
    assert "今天" not in expired
    expiring = client.get(f"{OFFICERS}?state=expiring").get_data(as_text=True)
    assert "今天" in expiring
    assert "长期有效" not in expiring


def test_a_supervisor_sees_masked_telephones(client: Any, sign_in: Any) -> None:
    who = sign_in(client, role="supervisor")
    officer = make_officer(who.department_id, phone="13812345678")
    page = client.get(f"{OFFICERS}/{officer.id}").get_data(as_text=True)
    assert "138****5678" in page
    assert "13812345678" not in page


def test_leave_is_entered_once_and_taken_back(client: Any, sign_in: Any, session: Session) -> None:
    who = sign_in(client, role="department_admin")
    officer = make_officer(who.department_id)
    address = f"{OFFICERS}/{officer.id}"
    data = {"starts_on": "2026-12-01", "ends_on": "2026-12-10", "note": "年休假"}
    assert client.post(f"{address}/leave", data=data).status_code == 303
    assert client.post(f"{address}/leave", data=data).status_code == 303
    backwards = data | {"ends_on": "2026-11-01"}
    assert client.post(f"{address}/leave", data=backwards).status_code == 422
    leave = session.scalars(select(OfficerLeave)).one()
    session.expunge_all()
    session.rollback()
    assert "年休假" in client.get(address).get_data(as_text=True)
    assert client.post(f"{address}/leave/{leave.id}/drop").status_code == 303
    assert client.post(f"{address}/leave/{leave.id}/drop").status_code == 303
    session.rollback()
    assert session.scalars(select(OfficerLeave)).all() == []


def test_a_recusal_ground_is_declared_by_code_and_ended_without_being_erased(
    client: Any, sign_in: Any, session: Session
) -> None:
    who = sign_in(client, role="department_admin")
    lettered = next(code for n in range(90) if not (code := sound_code(900 + n)).isdigit())
    officer = make_officer(who.department_id)
    enterprise = make_enterprise(name="亲戚的店", code=lettered)
    address = f"{OFFICERS}/{officer.id}"
    data = {"enterprise_code": enterprise.code, "ground": "interest", "note": "配偶持股"}
    assert client.post(f"{address}/recusals", data=data).status_code == 303
    assert "亲戚的店" in client.get(address).get_data(as_text=True)
    ground = session.scalars(select(RecusalGround)).one()
    session.expunge_all()
    session.rollback()
    assert client.post(f"{address}/recusals/{ground.id}/revoke").status_code == 303
    session.rollback()
    assert session.scalars(select(RecusalGround)).one().revoked_at is not None
    session.rollback()
    assert "亲戚的店" not in client.get(address).get_data(as_text=True)
    wrong = data | {"enterprise_code": sound_code(77)}
    assert client.post(f"{address}/recusals", data=wrong).status_code == 422
    lower = data | {"enterprise_code": f" {enterprise.code.lower()}"}
    assert client.post(f"{address}/recusals", data=lower).status_code == 303


def enterprise_form(**changes: str) -> dict[str, str]:
    """A filled enterprise form."""
    return {
        "code": sound_code(1),
        "name": "桓水食品厂",
        "kind": "company",
        "region_code": "370399",
        "address": "滨河路1号",
        "risk_class": "B",
        "status": "active",
        "tags": "重点监管、信用良好",
        "latitude": "36.9",
        "longitude": "118.1",
        "contact_phone": "13812345678",
    } | changes


def test_an_enterprise_is_added_with_tags_and_changed_with_history(
    client: Any, sign_in: Any, session: Session
) -> None:
    sign_in(client, role="department_admin")
    reply = client.post(f"{ENTERPRISES}/new", data=enterprise_form())
    assert reply.status_code == 303
    page = client.get(reply.location).get_data(as_text=True)
    assert "重点监管" in page
    data = enterprise_form(revision="1", tags="信用良好", risk_class="D")
    assert client.post(f"{reply.location}/edit", data=data).status_code == 303
    changes = session.scalars(select(Change).where(Change.field != "").order_by(Change.field))
    assert [(c.field, c.before, c.after) for c in changes] == [
        ("risk_class", "B", "D"),
        ("tags", "信用良好；重点监管", "信用良好"),
    ]
    session.rollback()
    unchanged = client.post(f"{reply.location}/edit", data=data | {"revision": "2"})
    assert unchanged.status_code == 303
    session.rollback()
    assert session.scalars(select(Enterprise)).one().revision == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "9.14690062012665e+17"),
        ("code", sound_code(1)[:-2]),
        ("region_code", "37"),
        ("longitude", ""),
        ("latitude", "136.9"),
        ("established_on", "2015-02-30"),
        ("kind", "club"),
    ],
)
def test_a_bad_field_is_refused_by_name(
    client: Any, sign_in: Any, session: Session, field: str, value: str
) -> None:
    sign_in(client, role="department_admin")
    reply = client.post(f"{ENTERPRISES}/new", data=enterprise_form(**{field: value}))
    assert reply.status_code == 422
    assert f'id="error-{field}"' in reply.get_data(as_text=True)
    assert session.scalar(select(Enterprise)) is None


def test_a_department_keeps_the_enterprises_of_its_region_and_those_below(
    client: Any, sign_in: Any
) -> None:
    city = make_department(region_code="370300")
    sign_in(client, role="department_admin", department=city)
    inside = make_enterprise(region_code="370321")
    outside = make_enterprise(region_code="370400")
    assert client.get(f"{ENTERPRISES}/{outside.id}").status_code == 200
    for enterprise, status in ((inside, 303), (outside, 403)):
        data = enterprise_form(
            code=enterprise.code, region_code=enterprise.region_code, revision="1"
        )
        reply = client.post(f"{ENTERPRISES}/{enterprise.id}/edit", data=data)
        assert reply.status_code == status
    moved = enterprise_form(region_code="370400", revision="2")
    assert client.post(f"{ENTERPRISES}/{inside.id}/edit", data=moved).status_code == 403


def test_search_finds_two_characters_codes_and_full_width_and_filters_narrow(
    client: Any, sign_in: Any
) -> None:
    sign_in(client, role="supervisor")
    made = make_enterprise(
        name="鑫源（桓水）消防器材厂", industry="C3595", risk_class="D", tags=("重点监管",)
    )
    make_enterprise(name="无关的店", industry="F5211", status="closed", region_code="370400")

    def names(query: str) -> tuple[bool, bool]:
        page = client.get(f"{ENTERPRISES}?{query}").get_data(as_text=True)
        return "鑫源" in page, "无关的店" in page

    assert names("") == (True, True)
    assert names("q=消防") == (True, False)
    assert names("q=鑫源(桓水)") == (True, False)
    assert names(f"q={made.code.lower()}") == (True, False)
    assert names("q=消防 %25") == (False, False)
    assert names("region=3704") == (False, True)
    assert names("risk=D") == (True, False)
    assert names("risk=none") == (False, True)
    assert names("industry=C35") == (True, False)
    assert names("status=closed") == (False, True)


def test_pages_hold_fifty_and_an_absurd_page_gives_the_nearest(client: Any, sign_in: Any) -> None:
    sign_in(client, role="supervisor")
    for _ in range(53):
        make_enterprise()
    first = client.get(ENTERPRISES).get_data(as_text=True)
    assert first.count(f'<a href="{ENTERPRISES}/') == 50
    last = client.get(f"{ENTERPRISES}?page=999").get_data(as_text=True)
    assert last.count(f'<a href="{ENTERPRISES}/') == 3


def test_a_history_names_what_is_stored_as_a_code_or_an_id(client: Any, sign_in: Any) -> None:
    who = sign_in(client, role="system_admin")
    other, account = make_department(), make_account()
    made = make_officer(who.department_id)
    data = officer_form(other.id, revision="1", account_login=account.login)
    history = f"{OFFICERS}/{made.id}/history"
    assert client.post(f"{OFFICERS}/{made.id}/edit", data=data).status_code == 303
    page = client.get(history).get_data(as_text=True)
    assert other.name in page
    assert str(other.id) not in page
    assert str(account.id) not in page
    firm = make_enterprise(kind="branch", status="active")
    keep_change(firm.id, kind=("branch", "company"), status=("active", "revoked"))
    page = client.get(f"{ENTERPRISES}/{firm.id}/history").get_data(as_text=True)
    assert "分支机构" in page
    assert "吊销" in page
    assert "revoked" not in page


def keep_change(enterprise_id: Any, **changes: tuple[str, str]) -> None:
    """History of an enterprise, as its form would keep it."""
    with unit_of_work() as session:
        history.record(session, "enterprise", enterprise_id, "x", by=None, changes=changes)

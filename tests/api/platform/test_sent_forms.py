"""A form that is sent again makes nothing twice: a resend, a proxy's retry, a second tab."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.app.accounts.models import Account, ActivationCode, CredentialReset, Department
from backend.app.disclosure.models import WorkingDayOverride
from backend.app.draws.models import Draw, DrawExtension
from backend.app.platform import clock, ids
from backend.app.platform.database import db
from backend.app.platform.forms import Submission, made_before, note_made
from backend.app.registry.models import (
    Checklist,
    Enterprise,
    InspectionItem,
    Officer,
    OfficerLeave,
    RecusalGround,
)
from backend.app.replacements.models import OfficerAbsence, ReplacementCall
from tests.api.platform.test_kept_forms import form_on, office_forms
from tests.factories import draws as drawing
from tests.factories.accounts import add_role, make_account
from tests.factories.registry import make_enterprise, sound_code
from tests.factories.replacements import Sent, dispatched

REGISTRY = "/office/registry"


@dataclass
class Creating:
    """A form that makes something: where it is sent, what it holds, what is counted."""

    endpoint: str
    address: str
    model: Any
    data: dict[str, Any] = field(default_factory=dict)
    twins: bool = True
    first_status: int = 303


def creating_forms(sent: Sent, plan: Any) -> list[Creating]:
    days = {
        "starts_on": clock.today().isoformat(),
        "ends_on": (clock.today() + timedelta(days=40)).isoformat(),
    }
    return [*forms_of_draws(sent, plan), *forms_of_registers(sent, days), *other_forms(sent, days)]


def forms_of_draws(sent: Sent, plan: Any) -> list[Creating]:
    home, item, draws = str(sent.county.department.id), sent.county.item.id, "/office/draws"
    return [
        Creating(
            "draws.new",
            f"{draws}/new",
            Draw,
            {"name": "又一次抽查", "department_id": home, "item_ids": [str(item)]}
            | {"s0-mode": "number", "s0-count": "1", "recent_months": "0", "revision": "1"},
        ),
        Creating("ceremony.rehearse", f"{draws}/{plan}/rehearse", Draw),
        Creating(
            "draw_extensions.extend",
            f"{draws}/{sent.draw_id}/extend",
            DrawExtension,
            {"seen": "0", "reason": "临时增加", "more-S01": "1"},
        ),
    ]


def forms_of_registers(sent: Sent, days: dict[str, str]) -> list[Creating]:
    home, item = str(sent.county.department.id), sent.county.item.id
    officer = sent.county.officers[0].id
    return [
        Creating(
            "registry.item_add",
            f"{REGISTRY}/items/new",
            InspectionItem,
            {"code": "SC-77", "name": "新事项", "department_id": home, "category": "general"},
        ),
        Creating(
            "registry.officer_add",
            f"{REGISTRY}/officers/new",
            Officer,
            {"name": "新人", "certificate": "ZF-7701", "department_id": home}
            | {"certificate_expires_on": "2099-01-01"},
        ),
        Creating(
            "registry.enterprise_add",
            f"{REGISTRY}/enterprises/new",
            Enterprise,
            {"code": sound_code(771), "name": "新店", "region_code": "370399"},
        ),
        Creating("registry.leave_add", f"{REGISTRY}/officers/{officer}/leave", OfficerLeave, days),
        Creating(
            "registry.ground_add",
            f"{REGISTRY}/officers/{officer}/recusals",
            RecusalGround,
            {"enterprise_code": make_enterprise(code=sound_code(770)).code, "ground": "interest"},
        ),
        Creating(
            "registry.checklist_save",
            f"{REGISTRY}/items/{item}/checklist",
            Checklist,
            {
                "title": "新表",
                "version": "1",
                "p-0-no": "1",
                "p-0-text": "有照",
                "p-0-kind": "pass",
            },
        ),
    ]


def other_forms(sent: Sent, days: dict[str, str]) -> list[Creating]:
    home, officer = str(sent.county.department.id), sent.county.officers[0].id
    account = sent.county.witness_account.id
    newcomer = make_account(department=sent.county.department, activated=False).id
    return [
        Creating(
            "accounts.do_add_department",
            "/office/departments/new",
            Department,
            {"name": "新所", "code": "N77", "region_code": "370399", "active": "1"},
        ),
        Creating(
            "accounts.do_add_person",
            "/office/people/new",
            Account,
            {"name": "新人", "login": "new77", "employee_number": "77", "department_id": home},
            first_status=200,
        ),
        Creating(
            "accounts.do_issue_code",
            f"/office/people/{newcomer}/code",
            ActivationCode,
            twins=False,
            first_status=200,
        ),
        Creating("accounts.do_order_reset", f"/office/people/{account}/reset", CredentialReset),
        Creating(
            "accounts.do_make_reset_code",
            f"/office/people/resets/{agreed_reset(sent)}/code",
            ActivationCode,
            twins=False,
            first_status=200,
        ),
        Creating(
            "disclosure.add_working_day",
            "/office/disclosures/working-days",
            WorkingDayOverride,
            {"day": "2027-01-02", "works": "1", "note": "调休"},
        ),
        Creating(
            "replacements.absence",
            "/office/replacements/absence",
            OfficerAbsence,
            days | {"officer_id": str(officer), "reason": "illness", "enter": "1"},
        ),
        Creating(
            "replacements.ask", f"/office/replacements/draws/{sent.draw_id}/ask", ReplacementCall
        ),
    ]


def agreed_reset(sent: Sent) -> Any:
    """The id of a renewal that the signed-in person ordered and another agreed to, now due."""
    owner = make_account(role="inspector", department=sent.county.department)
    reset = CredentialReset(
        id=ids.new_id(),
        account_id=owner.id,
        ordered_by=sent.county.operator_account.id,
        ordered_at=clock.now(),
        kept_passkeys=[],
        state="agreed",
        agreed_by=sent.county.witness_account.id,
        agreed_at=clock.now(),
        works_at=clock.now(),
    )
    with Session(db.engine, expire_on_commit=False) as session:
        session.add(reset)
        session.commit()
    return reset.id


@pytest.fixture
def county(app: Flask, client: Any, sign_in: Callable[..., Any]) -> Sent:
    sent = dispatched()
    account = sent.county.operator_account
    for role in ("supervisor", "oversight", "system_admin"):
        add_role(account, role)
    sign_in(client, account=account, stepped_up=True)
    return sent


def counted(model: Any) -> int:
    with Session(db.engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_each_form_that_makes_something_is_taken_once_of_three(client: Any, county: Sent) -> None:
    plan = drawing.plan(county.county)
    twice = []
    for form in creating_forms(county, plan):
        data, before = form.data | form_on(client), counted(form.model)
        replies = [client.post(form.address, data=data) for _ in range(3)]
        said = [(reply.status_code, reply.location) for reply in replies]
        made = counted(form.model) - before
        fine = said[0][0] == form.first_status and said[1] == said[2] and said[1][0] == 303
        if form.first_status == 303:
            fine = fine and said[0] == said[1]
        if not fine or made != 1:
            twice.append(f"{form.endpoint} made {made}, answered {said}")
        if form.twins:
            client.post(form.address, data=form.data | form_on(client))
            if counted(form.model) - before != 1:
                twice.append(f"{form.endpoint} made another from a second tab")
    assert not twice, "\n".join(twice)


ALREADY_THERE = {
    "accounts.do_agree_to_reset", "accounts.do_agree_to_role", "accounts.do_object_to_reset",
    "accounts.do_read_reset", "accounts.do_refuse_role", "accounts.do_withdraw_reset",
    "accounts.do_withdraw_role",
    "accounts.do_change_department", "accounts.do_change_password", "accounts.do_change_person",
    "accounts.do_choose_language", "accounts.do_drop_kept_form", "accounts.do_end_session",
    "accounts.do_remove_passkey", "accounts.do_rename_passkey", "accounts.do_revoke_device",
    "accounts.do_set_active", "accounts.do_set_roles", "accounts.do_sign_out",
    "accounts.do_step_up", "ceremony.begin", "ceremony.close", "ceremony.release",
    "ceremony.throw", "ceremony.verdict", "disclosure.remove_working_day",
    "draw_parts.accept_part", "draw_parts.count_part", "draw_parts.decline_part", "draws.audit",
    "draws.cancel", "draws.count", "draws.discard", "draws.dispatch", "draws.freeze", "draws.lots",
    "draws.officers", "draws.open_operator", "draws.slip", "draws.void", "draws.what",
    "draws.who", "draws.witness_commit", "draws.witness_reveal", "registry.enterprise_save",
    "registry.ground_revoke", "registry.item_publish", "registry.item_save",
    "registry.leave_drop", "registry.officer_save", "replacements.agree", "replacements.decline",
    "replacements.release", "replacements.take_back", "replacements.withdraw", "review.confirm",
    "review.send_back", "sync.decide",
}  # fmt: skip
"""Forms that change, look at or end what is there: they meet its state or revision."""
OWN_ID = "registry.import_"
"""An import has an id of its own since its first page."""


def test_no_form_of_the_office_is_left_out_here(app: Flask, county: Sent) -> None:
    creating = {form.endpoint for form in creating_forms(county, county.draw_id)}
    known = creating | ALREADY_THERE
    forms = {name for name, _address in office_forms(app) if not name.startswith(OWN_ID)}
    assert forms - known == set(), "does it make something? Then it is sent three times here"


def test_going_back_and_sending_something_else_is_a_new_form(client: Any, county: Sent) -> None:
    marks = form_on(client)
    address = f"{REGISTRY}/enterprises/new"
    for number in (801, 802):
        data = {"code": sound_code(number), "name": f"店{number}", "region_code": "370399"}
        assert client.post(address, data=data | marks).status_code == 303
    names = {"店801", "店802"}
    with Session(db.engine) as session:
        found = select(Enterprise.name).where(Enterprise.name.in_(names))
        assert set(session.scalars(found)) == names


def test_a_refused_form_is_not_taken_and_may_be_sent_again(client: Any, county: Sent) -> None:
    marks = form_on(client)
    data = {"code": sound_code(803), "name": "", "region_code": "370399"} | marks
    assert client.post(f"{REGISTRY}/enterprises/new", data=data).status_code == 422
    assert client.post(f"{REGISTRY}/enterprises/new", data=data).status_code == 422


def test_an_edit_whose_reply_was_lost_is_no_change_by_somebody_else(
    client: Any, county: Sent
) -> None:
    officer = county.county.officers[0]
    address = f"{REGISTRY}/officers/{officer.id}/edit"
    page = client.get(address).get_data(as_text=True)
    values = dict(re.findall(r'<input id="f-(\w+)"[^>]* value="([^"]*)"', page))
    data = values | {"department_id": str(officer.department_id), "active": "1", "revision": "1"}
    data |= {"name": "改名"} | form_on(client)
    first, again = (client.post(address, data=data) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.location == first.location


def test_two_at_once_make_one(app: Flask, county: Sent) -> None:
    form = Submission("a" * 64, "b" * 64, county.county.operator_account.id)
    made = ids.new_id()
    with Session(db.engine) as session:
        assert made_before(session, form) is None
        note_made(session, form, made)
        session.commit()
    with Session(db.engine) as session:
        assert made_before(session, form) == made
        other = Submission("c" * 64, "b" * 64, form.account_id)
        assert made_before(session, other, twins=False) is None

"""Attacks of an insider who is two accounts, or on whom a second account depends."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.accounts import service as accounts
from backend.app.accounts.errors import NotIndependent
from backend.app.accounts.independence import ACTS, TIES
from backend.app.accounts.models import AccountAct, CredentialReset, RoleProposal
from backend.app.draws.errors import NotTheWitness
from backend.app.draws.service import holding
from backend.app.platform import clock, ids
from backend.app.platform.access import SUPERVISOR
from backend.app.platform.database import db
from backend.app.replacements import service as replacements
from backend.app.replacements.models import ReplacementCall
from backend.app.review import service as review
from tests.api.replacements.conftest import desk, phone_of
from tests.api.replacements.test_newcomers import asked, enter, replaced
from tests.conftest import ROOT, Browser, SignIn
from tests.factories import draws as make
from tests.factories.accounts import add_role, make_account
from tests.factories.field import handed_in
from tests.factories.replacements import dispatched

__all__ = ["desk", "phone_of"]
COMMITMENT = "ab" * 32


def tie(by: object, about: object, kind: str, days: float = 1) -> None:
    """One account did this to another so many days ago."""
    with Session(db.engine) as session:
        act = AccountAct(
            id=ids.new_id(),
            by_id=by,
            about_id=about,
            kind=kind,
            at=clock.now() - timedelta(days=days),
        )
        session.add(act)
        session.commit()


def thrown_once(draw_id: UUID, county: make.County) -> holding.Seen:
    """A routine draw with everything revealed and its first throw typed."""
    draw = make.stored(draw_id)
    with Session(db.engine, expire_on_commit=False) as session:
        (place,) = holding.witnesses(session, draw)
    freeze = drawkit.freeze_hash(json.loads(draw.freeze_json or ""))
    secret = drawkit.witness_secret(make.TEXT, make.RAND)
    commitment = drawkit.witness_commitment(freeze, place.token, secret)
    holding.commit_witness(draw_id, commitment, county.witness)
    holding.open_operator(draw_id, county.operator)
    holding.reveal_witness(draw_id, place.token, make.TEXT, make.RAND.hex(), county.witness)
    digits = make.DICE[: draw.dice]
    holding.type_throw(draw_id, 1, digits, county.operator)
    return holding.Seen(1, 1, digits)


def test_one_administrator_as_two_persons_cannot_witness_a_routine_draw(
    app: Flask, client: Browser, sign_in: SignIn
) -> None:
    county = make.make_county()
    sign_in(client, account=county.operator_account, stepped_up=True)
    form = {
        "name": "李四",
        "login": "puppet",
        "employee_number": "A-77",
        "department_id": str(county.department.id),
    }
    assert client.post("/office/people/new", data=form).status_code == 200
    with Session(db.engine, expire_on_commit=False) as session:
        puppet = accounts.account_by_login(session, "puppet")
        assert puppet is not None
    add_role(puppet, SUPERVISOR)
    draw_id = make.frozen(county)
    with pytest.raises(NotIndependent) as refused:
        holding.commit_witness(draw_id, COMMITMENT, make.actor_of(puppet, SUPERVISOR))
    assert refused.value.extra["rule"] == "created"
    assert county.witness_account.name in str(refused.value.detail)
    assert "李四" not in str(refused.value.detail)


def test_the_second_account_cannot_freeze_while_its_maker_is_the_witness(app: Flask) -> None:
    county = make.make_county()
    tie(county.witness_account.id, county.operator_account.id, "created")
    with pytest.raises(NotIndependent):
        holding.commit_witness(make.frozen(county), COMMITMENT, county.witness)


def test_any_second_account_cannot_confirm_the_dice_of_a_routine_draw(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    passer_by = make_account(role=SUPERVISOR, department=county.department)
    thrown = thrown_once(draw_id, county)
    with pytest.raises(NotTheWitness):
        holding.confirm_throw(draw_id, thrown, make.actor_of(passer_by, SUPERVISOR))
    holding.confirm_throw(draw_id, thrown, county.witness)


@pytest.mark.parametrize("days", [6, 8])
def test_an_account_of_less_than_a_week_is_no_second_person(app: Flask, days: int) -> None:
    county = make.make_county()
    born = clock.now() - timedelta(days=days)
    new = make_account(role=SUPERVISOR, department=county.department, created_at=born)
    draw_id = make.frozen(county)
    if days > 7:
        holding.commit_witness(draw_id, COMMITMENT, make.actor_of(new, SUPERVISOR))
        return
    with pytest.raises(NotIndependent) as refused:
        holding.commit_witness(draw_id, COMMITMENT, make.actor_of(new, SUPERVISOR))
    assert refused.value.extra["rule"] == "young"


@pytest.mark.parametrize("kind", TIES)
def test_a_tie_counts_for_ninety_days(app: Flask, session: Session, kind: str) -> None:
    one, two, three = (make_account() for _ in range(3))
    tie(one.id, two.id, kind, days=89)
    tie(one.id, three.id, kind, days=91)
    assert accounts.refusal_between(session, one.id, two.id) == kind
    assert accounts.refusal_between(session, two.id, one.id) == kind
    assert accounts.refusal_between(session, one.id, three.id) is None


def witness_of_a_draw(_hands: Hands) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    tie(county.operator_account.id, county.witness_account.id, "credentials")
    holding.commit_witness(draw_id, COMMITMENT, county.witness)


def throw_of_the_dice(_hands: Hands) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    thrown = thrown_once(draw_id, county)
    tie(county.operator_account.id, county.witness_account.id, "credentials")
    holding.confirm_throw(draw_id, thrown, county.witness)


def newcomers_seat(hands: Hands) -> None:
    sent = dispatched()
    _visit, newcomer = replaced(sent, hands.phone_of)
    enter(hands.desk(sent.county.operator_account), newcomer)
    (seat,) = asked()
    tie(sent.county.operator_account.id, sent.county.witness_account.id, "credentials")
    replacements.agree(seat.id, sent.county.witness)


def release_of_a_batch(hands: Hands) -> None:
    sent = dispatched()
    visit = sent.visits()[0]
    hands.phone_of(sent, sent.team(visit)[-1]).recuses(visit.id)
    replacements.ask(sent.draw_id, sent.county.operator)
    with Session(db.engine) as session:
        call = session.scalars(select(ReplacementCall)).one().id
    tie(sent.county.operator_account.id, sent.county.witness_account.id, "credentials")
    replacements.release(call, sent.county.witness)


def decision_on_a_record(_hands: Hands) -> None:
    field, digest = handed_in()
    supervisor = make_account(department=field.department)
    tie(supervisor.id, field.officers[1].id, "roles")
    actor = make.actor_of(supervisor, SUPERVISOR)
    reasons = [{"point": None, "evidence": None, "reason": "补拍"}]
    with pytest.raises(NotIndependent):
        review.send_back(actor, field.visit, revision=1, digest=digest, reasons=reasons)
    review.confirm(actor, field.visit, revision=1, digest=digest)


def agreement_to_a_role(_hands: Hands) -> None:
    one, other, person = (make_account(role="system_admin") for _ in range(3))
    everywhere = frozenset(who.department_id for who in (one, other, person))
    actor = make.actor_of(one, "system_admin", scope=everywhere)
    accounts.set_roles(actor, person.id, {(SUPERVISOR, person.department_id)})
    with Session(db.engine) as session:
        proposal = session.scalars(select(RoleProposal.id)).one()
    tie(one.id, other.id, "credentials")
    accounts.agree_to_role(make.actor_of(other, "system_admin", scope=everywhere), proposal)


def agreement_to_a_renewal(_hands: Hands) -> None:
    one, other, owner = (make_account(role="system_admin") for _ in range(3))
    everywhere = frozenset(who.department_id for who in (one, other, owner))
    accounts.order_reset(make.actor_of(one, "system_admin", scope=everywhere), owner.id, ())
    with Session(db.engine) as session:
        reset = session.scalars(select(CredentialReset.id)).one()
    tie(one.id, other.id, "created")
    accounts.agree_to_reset(make.actor_of(other, "system_admin", scope=everywhere), reset)


@dataclass
class Hands:
    """What makes browsers and phones of a test."""

    desk: Callable[..., object]
    phone_of: Callable[..., object]


DEPENDENT: dict[str, Callable[[Hands], None]] = {
    "draw.witness": witness_of_a_draw,
    "draw.throw": throw_of_the_dice,
    "replacement.agree": newcomers_seat,
    "replacement.release": release_of_a_batch,
    "record.decide": decision_on_a_record,
    "role.agree": agreement_to_a_role,
    "credential.agree": agreement_to_a_renewal,
}
"""Each act of a second person, done by one who depends on the first."""


@pytest.mark.parametrize("act", ACTS)
def test_every_act_of_a_second_person_refuses_a_dependent_one(
    app: Flask, desk: Callable[..., object], phone_of: Callable[..., object], act: str
) -> None:
    with pytest.raises(NotIndependent):
        DEPENDENT[act](Hands(desk, phone_of))


@pytest.mark.one_database
def test_every_declared_act_is_asked_for_somewhere_and_no_other_is(app: Flask) -> None:
    asked_for = {
        argument.value
        for path in Path(ROOT / "backend" / "app").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", ""))
        in {"require_independent", "refuse_dependent"}
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    assert asked_for == set(ACTS)

"""Who runs a draw is not its witness: as far as the browser tells who somebody is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from backend.app.draws.errors import TookPart, WitnessNotIndependent
from backend.app.draws.service import holding
from backend.app.platform.access import OVERSIGHT
from tests.conftest import Browser, SignIn
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department
from tests.service.draws.test_ceremony import county

__all__ = ["county"]

WHO = {"name": "张见证", "office": "县人大代表"}


def headers(phone: hold.Phone) -> dict[str, str]:
    return {"Witness-Key": phone.key, "Accept": "application/json"}


def join(client: Browser, phone: hold.Phone) -> Any:
    return client.post(f"/w/{phone.code}/join", data=WHO, headers=headers(phone))


def confirm(client: Browser, phone: hold.Phone, digits: str) -> Any:
    seen = {"number": 1, "attempt": 1, "digits": digits, "verdict": "yes"}
    return client.post(f"/w/{phone.code}/verdict", data=seen, headers=headers(phone))


def test_who_froze_the_draw_takes_no_place_in_the_same_browser(
    client: Browser, county: make.County, sign_in: SignIn
) -> None:
    phone = hold.Phone(hold.code_of(hold.begun(county)))
    sign_in(client, account=county.operator_account)
    reply = join(client, phone)
    assert (reply.status_code, reply.get_json()["code"]) == (403, "draws.runs_the_draw")


def test_one_account_has_one_place_and_a_freed_one_is_nobodys(
    client: Browser, county: make.County, sign_in: SignIn
) -> None:
    draw_id = hold.begun(county)
    first, second = (hold.Phone(hold.code_of(draw_id)) for _ in range(2))
    sign_in(client, account=county.witness_account)
    place = join(client, first).get_json()["place"]
    assert join(client, second).get_json()["code"] == "draws.no_witness_place"
    holding.free_place(draw_id, place, county.operator)
    assert join(client, second).status_code == 200


def committed_as(client: Browser, draw_id: UUID) -> hold.Phone:
    phone = hold.Phone(hold.code_of(draw_id))
    phone.place = join(client, phone).get_json()["place"]
    phone.commit(draw_id)
    return phone


def test_a_signed_in_witness_types_no_throw_and_declares_nothing_void(
    app: Flask, client: Browser, county: make.County, sign_in: SignIn
) -> None:
    draw_id = hold.begun(county)
    account = make_account(role=OVERSIGHT, department=make_department(is_oversight=True))
    sign_in(client, account=account)
    phone = committed_as(client, draw_id)
    others = hold.committed(draw_id, 2)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    for one in (phone, *others):
        one.reveal()
    scope = frozenset({county.department.id})
    actor = make.actor_of(account, OVERSIGHT, scope=scope)
    with pytest.raises(WitnessNotIndependent):
        holding.type_throw(draw_id, 1, make.DICE[:5], actor)
    with pytest.raises(TookPart):
        holding.void(draw_id, "不中意", actor)


def test_who_typed_a_throw_does_not_confirm_it_as_a_witness_in_the_same_browser(
    app: Flask, client: Browser, county: make.County, sign_in: SignIn
) -> None:
    draw_id = hold.begun(county)
    phone = committed_as(client, draw_id)
    others = hold.committed(draw_id, 2)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    for one in (phone, *others):
        one.reveal()
    holding.type_throw(draw_id, 1, make.DICE[:5], county.operator)
    sign_in(client, account=county.operator_account)
    reply = confirm(client, phone, make.DICE[:5])
    assert (reply.status_code, reply.get_json()["code"]) == (403, "draws.second_person_needed")
    stranger = app.test_client()
    assert confirm(stranger, others[0], make.DICE[:5]).status_code == 204

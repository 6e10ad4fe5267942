"""The ceremony's addresses: what a phone sends, what each audience sees, and who is kept out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event

from backend import drawkit
from backend.app.draws import ceremony_rules
from backend.app.draws.service import drawing, holding
from backend.app.platform.database import db
from tests.api.draws.test_office import operator
from tests.conftest import Browser, SignIn
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.service.draws.test_ceremony import county

__all__ = ["county", "operator"]

JSON = {"Accept": "application/json"}


def key_of(phone: hold.Phone) -> dict[str, str]:
    return {"Witness-Key": phone.key, **JSON}


def test_a_phone_joins_commits_reveals_and_confirms_without_an_account(
    client: Browser, county: make.County
) -> None:
    draw_id = hold.begun(county, ceremony_rules.Shape("ceremony", places=1, quorum=1, dice=20))
    phone = hold.Phone(hold.code_of(draw_id))
    base = f"/w/{phone.code}"
    assert client.get(base).status_code == 200
    who = {"name": "张见证", "office": "县人大代表"}
    joined = client.post(f"{base}/join", data=who, headers=key_of(phone))
    assert joined.get_json() == {"place": "w01"}
    phone.place = "w01"
    commitment = {"commitment": phone.commitment(draw_id)}
    assert client.post(f"{base}/commit", data=commitment, headers=key_of(phone)).status_code == 204
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    secret = {"text": phone.text, "rand": phone.rand.hex()}
    assert client.post(f"{base}/reveal", data=secret, headers=key_of(phone)).status_code == 204
    holding.type_throw(draw_id, 1, make.DICE, county.operator)
    panel = client.get(f"{base}/panel", headers=key_of(phone)).get_data(as_text=True)
    assert " ".join(make.DICE) in panel
    seen = {"number": 1, "attempt": 1, "digits": make.DICE, "verdict": "yes"}
    assert client.post(f"{base}/verdict", data=seen, headers=key_of(phone)).status_code == 204
    drawing.draw_lots(draw_id, county.operator)
    number = make.stored(draw_id).number
    bundle = client.get(f"/open/v1/draws/{number}.zip").get_data()
    assert drawkit.verify_bundle(bundle).status == drawkit.EQUAL


def test_what_a_phone_may_not_do_is_answered_by_name(client: Browser, county: make.County) -> None:
    draw_id = hold.begun(county)
    (phone,) = hold.committed(draw_id, 1)
    base = f"/w/{phone.code}"
    seen = {"number": 1, "attempt": 1, "digits": "63454", "verdict": "yes"}
    cases: list[tuple[str, dict[str, Any], dict[str, str], int, str]] = [
        ("join", {"name": "张", "office": ""}, key_of(phone), 422, "draws.name_malformed"),
        ("join", {"name": "张见证", "office": "代表"}, JSON, 403, "draws.not_your_place"),
        ("commit", {"commitment": "0" * 64}, key_of(phone), 409, "draws.wrong_state"),
        ("commit", {"commitment": "0" * 64}, {"Witness-Key": "x" * 40, **JSON}, 403,
         "draws.not_your_place"),
        ("reveal", {"text": "", "rand": "0" * 64}, key_of(phone), 409, "draws.wrong_state"),
        ("verdict", seen, key_of(phone), 409, "draws.throw_out_of_turn"),
    ]  # fmt: skip
    for step, data, headers, status, code in cases:
        reply = client.post(f"{base}/{step}", data=data, headers=headers)
        assert (reply.status_code, reply.get_json()["code"]) == (status, code), step
    assert client.get("/w/nobody-gave-this-out").status_code == 404
    for step in ("join", "commit", "reveal", "verdict"):
        assert client.post(f"{base}/{step}", data=seen, without_token=True).status_code == 403


def test_the_public_sees_offices_and_never_names_nor_the_code(
    client: Browser, county: make.County
) -> None:
    draw_id = hold.begun(county)
    phone = hold.Phone(hold.code_of(draw_id), name="欧阳见证")
    phone.join()
    number = make.stored(draw_id).number
    for address in (f"/live/{number}", f"/live/{number}/board"):
        reply = client.get(address)
        page = reply.get_data(as_text=True)
        assert reply.status_code == 200
        assert "县人大代表" in page
        assert "欧阳见证" not in page
        assert phone.code not in page
        assert "Set-Cookie" not in reply.headers
    assert client.get("/live/370399-2026-H2-999").status_code == 404


def test_wall_and_room_show_names_and_the_code(operator: Browser, county: make.County) -> None:
    draw_id = hold.begun(county)
    phone = hold.Phone(hold.code_of(draw_id), name="欧阳见证")
    phone.join()
    base = f"/office/draws/{draw_id}"
    for address in (base, f"{base}/live", f"{base}/projector", f"{base}/projector/board"):
        page = operator.get(address).get_data(as_text=True)
        assert "欧阳见证" in page
        assert "data:image/svg+xml" in page


def test_officers_stay_out_of_the_public_picture_and_stand_on_the_wall(
    client: Browser, operator: Browser, county: make.County
) -> None:
    draw_id = make.drawn(county)
    draw = make.stored(draw_id)
    later(operator.application, 60)
    public = client.get(f"/live/{draw.number}").get_data(as_text=True)
    wall = operator.get(f"/office/draws/{draw_id}/projector").get_data(as_text=True)
    assert public.count("data-lot=") == wall.count("data-lot=") == 7
    drawn = [officer.name for officer in county.officers if f">{officer.name}<" in wall]
    assert drawn
    assert not [name for name in drawn if f">{name}<" in public]


def later(app: Flask, seconds: int) -> None:
    """The clock, some seconds on."""
    from datetime import timedelta

    from backend.app.platform import clock

    moment = clock.now() + timedelta(seconds=seconds)
    app.extensions["evenhand.clock"] = lambda: moment


def test_lots_turn_over_one_by_one_for_everyone_alike(
    app: Flask, client: Browser, county: make.County
) -> None:
    draw = make.stored(make.drawn(county))
    moment = draw.drawn_at
    assert moment is not None
    from datetime import timedelta

    shown = []
    for seconds in (0, 1.6, 3.1, 60):
        app.extensions["evenhand.clock"] = lambda at=seconds: moment + timedelta(seconds=at)
        page = client.get(f"/live/{draw.number}/board").get_data(as_text=True)
        shown.append(page.count("data-lot="))
    assert shown == [1, 2, 3, 7]


def test_a_rehearsal_is_marked_wherever_it_is_seen(operator: Browser, county: make.County) -> None:
    plan = make.plan(county)
    reply = operator.post(f"/office/draws/{plan}/rehearse")
    copy = UUID(reply.headers["Location"].rsplit("/", 1)[1])
    mark = "模拟抽取：不是正式抽取"
    assert mark in operator.get(f"/office/draws/{copy}").get_data(as_text=True)
    operator.post(f"/office/draws/{copy}/freeze", data={"revision": "2", "form": "ceremony"})
    number = make.stored(copy).number
    for address in (f"/office/draws/{copy}", f"/office/draws/{copy}/projector", f"/live/{number}"):
        assert mark in operator.get(address).get_data(as_text=True)
    assert operator.get(f"/open/v1/draws/{number}").status_code == 404


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_state_of_a_phone_shows_in_both_languages(
    client: Browser, county: make.County, language: str
) -> None:
    client.set_cookie("lang", language)
    draw_id = hold.begun(county)
    phone = hold.Phone(hold.code_of(draw_id))
    panels = [panel(client, phone)]
    phone.join()
    panels.append(panel(client, phone))
    phone.commit(draw_id)
    panels.append(panel(client, phone))
    for other in hold.OFFICES[1:3]:
        more = hold.Phone(phone.code, other)
        more.join()
        more.commit(draw_id)
    holding.close_list(draw_id, county.operator)
    panels.append(panel(client, hold.Phone(phone.code)))
    holding.open_operator(draw_id, county.operator)
    panels.append(panel(client, phone))
    holding.void(draw_id, "名录有误", _oversight())
    panels.append(panel(client, phone))
    assert len(set(panels)) == len(panels)
    for page in panels:
        assert "%(" not in page


def panel(client: Browser, phone: hold.Phone) -> str:
    return str(client.get(f"/w/{phone.code}/panel", headers=key_of(phone)).get_data(as_text=True))


def _oversight() -> Any:
    from tests.factories.accounts import make_account, make_department

    office = make_department("审改办", is_oversight=True)
    account = make_account(role="oversight", department=office)
    return make.actor_of(account, "oversight")


def test_a_supervisor_can_watch_and_confirm_but_not_operate(
    client: Browser, sign_in: SignIn, county: make.County
) -> None:
    draw_id = hold.frozen(county)
    sign_in(client, account=county.witness_account, stepped_up=True)
    assert client.get(f"/office/draws/{draw_id}/projector").status_code == 200
    for step in ("begin", "close", "release", "throw", "rehearse"):
        assert client.post(f"/office/draws/{draw_id}/{step}").status_code == 403, step


def test_what_nobody_sees_answers_with_an_empty_reply(client: Browser, county: make.County) -> None:
    draw_id = hold.begun(county)
    number = make.stored(draw_id).number
    first = client.get(f"/live/{number}/board")
    again = client.get(f"/live/{number}/board", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    hold.committed(draw_id, 1)
    moved = client.get(f"/live/{number}/board", headers={"If-None-Match": first.headers["ETag"]})
    assert moved.status_code == 200


def test_a_plan_that_is_not_frozen_has_nothing_to_show(
    operator: Browser, county: make.County
) -> None:
    plan = make.plan(county)
    for address in ("live", "projector", "projector/board"):
        assert operator.get(f"/office/draws/{plan}/{address}").status_code == 404


def test_one_key_can_hold_places_in_two_draws(client: Browser, county: make.County) -> None:
    first = hold.Phone(hold.code_of(hold.begun(county)))
    second = hold.Phone(hold.code_of(hold.begun(county)), key=first.key)
    assert (first.join(), second.join()) == ("w01", "w01")


def test_a_sealed_draw_shows_names_in_the_office_alone(
    app: Flask, client: Browser, operator: Browser, county: make.County
) -> None:
    draw_id = make.plan(county)
    form = {"revision": "2", "form": "routine", "sealed": "1"}
    assert operator.post(f"/office/draws/{draw_id}/freeze", data=form).status_code == 303
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    later(app, 60)
    number = make.stored(draw_id).number
    room = operator.get(f"/office/draws/{draw_id}").get_data(as_text=True)
    named = [one.name for one in county.enterprises if one.name in room]
    assert len(named) == 7
    said = {f"/live/{number}": "检查后公开", f"/draws/{number}": "名称尚未公开"}
    said[f"/office/draws/{draw_id}/projector"] = "检查后公开"
    for address, words in said.items():
        page = operator.get(address).get_data(as_text=True)
        assert words in page, address
        assert not [one for one in county.enterprises if one.name in page or one.code in page]


def test_the_public_picture_is_made_once_for_all_and_anew_when_something_moved(
    app: Flask, client: Browser, county: make.County
) -> None:
    draw_id = hold.begun(county)
    later(app, 0)  # it stands still: a picture is kept until the minute ends
    draw = make.stored(draw_id)
    first = client.get(f"/live/{draw.number}/board").get_data(as_text=True)
    asked: list[str] = []

    def listen(*told: Any) -> None:
        asked.append(told[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    assert client.get(f"/live/{draw.number}/board").get_data(as_text=True) == first
    assert first in client.get(f"/live/{draw.number}").get_data(as_text=True)
    event.remove(db.engine, "before_cursor_execute", listen)
    assert asked
    assert not [one for one in asked if "draw_witness" in one or "draw_seat" in one]
    hold.committed(draw_id, 1)
    anew = client.get(f"/live/{draw.number}/board").get_data(as_text=True)
    assert hold.OFFICES[0] in anew
    assert "张见证" not in anew
    english = client.get(f"/live/{draw.number}/board", headers={"X-Lang": "en"})
    assert "The frozen registers" in english.get_data(as_text=True)

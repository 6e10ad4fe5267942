"""A ceremony's order, who may do what in it, and what it refuses by name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws import ceremony_rules, errors
from backend.app.draws.errors import (
    CommitmentMalformed,
    FreezeNotInLedger,
    JoiningOver,
    LeadTimeRuns,
    NameMalformed,
    NotYourPlace,
    NoWitnessPlace,
    QuorumNotMet,
    RevealDiffers,
    ShapeMalformed,
    TextNotPlain,
    TranscriptNotInLedger,
    WrongState,
)
from backend.app.draws.models import DrawWitness
from backend.app.draws.service import drawing, holding, telling
from backend.app.ledger import service as ledger
from backend.app.ledger.models import LedgerEntry
from backend.app.platform import clock
from backend.app.platform.database import db
from backend.app.platform.errors import NotFound
from backend.app.platform.settings import Settings
from tests.factories import ceremony as hold
from tests.factories import draws as make
from tests.factories.accounts import make_account


@pytest.fixture
def county(app: Flask) -> make.County:
    return make.make_county()


def _with_lead(app: Flask, minutes: int) -> Settings:
    return replace(app.extensions["evenhand.settings"], lead_minutes=minutes)


def entries_of(session: Session, number: str) -> list[str]:
    page = ledger.entries(session, entry_type="", subject=number, page=1)
    return [one.type.split(".")[1] for one in page.items if one.subject == number][::-1]


def test_a_whole_ceremony_verifies_and_leaves_every_step_in_order(
    county: make.County, session: Session
) -> None:
    draw_id, phones = hold.revealed(county)
    hold.throw_all(draw_id, county, phones)
    drawing.draw_lots(draw_id, county.operator)
    number = make.stored(draw_id).number or ""
    report = drawkit.verify_bundle(telling.bundle(session, number))
    assert report.status == drawkit.EQUAL, report.verdict
    assert report.case is not None and report.case.anchored
    assert entries_of(session, number) == [
        "frozen", "begun", *["committed"] * 3, "commits", *["revealed"] * 4, *["thrown"] * 4,
        "transcript", "result",
    ]  # fmt: skip


def test_the_ceremony_begins_only_after_the_lead_time(app: Flask, county: make.County) -> None:
    app.extensions["evenhand.settings"] = _with_lead(app, 10)
    draw_id = hold.frozen(county)
    with pytest.raises(LeadTimeRuns) as caught:
        holding.begin(draw_id, county.operator)
    opens = make.stored(draw_id).frozen_at + timedelta(minutes=10)
    assert caught.value.extra["opens_at"] == opens.isoformat()
    assert make.stored(draw_id).join_token is None
    app.extensions["evenhand.clock"] = lambda: opens
    holding.begin(draw_id, county.operator)
    assert make.stored(draw_id).join_token


def test_a_freeze_that_is_not_in_the_ledger_yet_begins_no_ceremony(
    county: make.County, session: Session
) -> None:
    draw_id = hold.frozen(county)
    number = make.stored(draw_id).number
    session.execute(
        update(LedgerEntry).where(LedgerEntry.subject == number).values(subject="elsewhere")
    )
    session.commit()
    with pytest.raises(FreezeNotInLedger):
        holding.begin(draw_id, county.operator)


def test_no_lot_is_computed_before_the_transcript_is_in_the_ledger(
    county: make.County, session: Session
) -> None:
    draw_id, phones = hold.revealed(county)
    hold.throw_all(draw_id, county, phones)
    session.execute(
        update(LedgerEntry).where(LedgerEntry.type == "draw.transcript").values(type="draw.other")
    )
    session.commit()
    with pytest.raises(TranscriptNotInLedger):
        drawing.draw_lots(draw_id, county.operator)
    assert make.stored(draw_id).result_sha256 is None


def test_the_code_is_long_and_lets_in_for_some_hours_only(app: Flask, county: make.County) -> None:
    draw_id = hold.begun(county)
    code = hold.code_of(draw_id)
    assert len(code) >= 32
    now = clock.now()
    app.extensions["evenhand.clock"] = lambda: now + timedelta(hours=13)
    phone = hold.Phone(code)
    with pytest.raises(JoiningOver):
        phone.join()
    holding.begin(draw_id, county.operator)
    assert hold.code_of(draw_id) == code
    assert phone.join() == "w01"


def test_a_code_that_nobody_gave_out_leads_nowhere(county: make.County) -> None:
    hold.begun(county)
    with pytest.raises(NotFound):
        hold.Phone("x" * 32).join()


def test_a_key_of_another_draw_opens_nothing_here(county: make.County) -> None:
    draw_id = hold.begun(county)
    (stranger,) = hold.committed(draw_id, 1)
    other = hold.begun(county)
    for act in (
        lambda: holding.commit_by_phone(hold.code_of(other), stranger.key, "0" * 64),
        lambda: holding.reveal_by_phone(hold.code_of(other), stranger.key, "", "0" * 64),
        lambda: holding.confirm_by_phone(
            hold.code_of(other), stranger.key, holding.Seen(1, 1, "1")
        ),
    ):
        with pytest.raises(NotYourPlace):
            act()


@pytest.mark.parametrize("key", ["", "short", "钥" * 40, "k" * 129])
def test_a_malformed_key_has_no_place(county: make.County, key: str) -> None:
    draw_id = hold.begun(county)
    with pytest.raises(NotYourPlace):
        holding.join(hold.code_of(draw_id), key, "张见证", "县人大代表")


@pytest.mark.parametrize(
    ("name", "office"),
    [("", "县人大代表"), ("张", "县人大代表"), ("张见证", "x" * 61), ("张\n见证", "县人大代表"),
     ("e\u0301mile", "县人大代表"), ("张见证", "县\u0000人大")],
)  # fmt: skip
def test_name_and_office_are_one_short_line_each(
    county: make.County, name: str, office: str
) -> None:
    draw_id = hold.begun(county)
    with pytest.raises(NameMalformed):
        hold.Phone(hold.code_of(draw_id), office, name).join()


def test_a_number_in_the_office_is_hidden_because_offices_are_public(county: make.County) -> None:
    draw_id = hold.begun(county)
    phone = hold.Phone(hold.code_of(draw_id), "代表 13912345678")
    phone.join()
    assert "13912345678" not in places(draw_id)[0].office


def places(draw_id: UUID) -> list[DrawWitness]:
    with Session(db.engine) as session:
        query = select(DrawWitness).where(DrawWitness.draw_id == draw_id)
        return list(session.scalars(query.order_by(DrawWitness.token)))


def test_the_same_phone_finds_its_place_again_and_a_fifth_finds_none(county: make.County) -> None:
    draw_id = hold.begun(county)
    phones = [hold.Phone(hold.code_of(draw_id), office) for office in hold.OFFICES]
    assert [phone.join() for phone in phones] == ["w01", "w02", "w03", "w04"]
    assert phones[1].join() == "w02"
    with pytest.raises(NoWitnessPlace):
        hold.Phone(hold.code_of(draw_id)).join()


def test_a_commitment_is_taken_once_and_cannot_be_changed(county: make.County) -> None:
    draw_id = hold.begun(county)
    (phone,) = hold.committed(draw_id, 1)
    phone.commit(draw_id)
    phone.text = "另一段"
    with pytest.raises(WrongState):
        phone.commit(draw_id)
    with pytest.raises(CommitmentMalformed):
        holding.commit_by_phone(phone.code, phone.key, "A" * 64)


def test_the_list_closes_at_the_quorum_and_not_before(county: make.County) -> None:
    draw_id = hold.begun(county)
    hold.committed(draw_id, 2)
    with pytest.raises(QuorumNotMet) as caught:
        holding.close_list(draw_id, county.operator)
    assert caught.value.extra == {"have": 2, "need": 3}
    third = hold.Phone(hold.code_of(draw_id), hold.OFFICES[2])
    third.join()
    third.commit(draw_id)
    late = hold.Phone(hold.code_of(draw_id), hold.OFFICES[3], "李迟到")
    late.join()
    holding.close_list(draw_id, county.operator)
    holding.close_list(draw_id, county.operator)
    assert list(json.loads(make.stored(draw_id).commits_json or "")) == ["w01", "w02", "w03"]
    assert "李迟到" not in {place.name for place in places(draw_id)}
    for act in (late.join, lambda: hold.Phone(late.code).join()):
        with pytest.raises(JoiningOver):
            act()


def test_a_place_can_be_freed_until_its_witness_has_committed(county: make.County) -> None:
    draw_id = hold.begun(county)
    phone = hold.Phone(hold.code_of(draw_id))
    phone.join()
    holding.free_place(draw_id, "w01", county.operator)
    assert phone.join() == "w01"
    phone.commit(draw_id)
    with pytest.raises(WrongState):
        holding.free_place(draw_id, "w01", county.operator)


def test_no_witness_reveals_before_the_operator(county: make.County) -> None:
    draw_id = hold.begun(county)
    phones = hold.committed(draw_id)
    holding.close_list(draw_id, county.operator)
    with pytest.raises(WrongState):
        phones[0].reveal()
    holding.open_operator(draw_id, county.operator)
    phones[0].reveal()
    phones[0].reveal()
    assert places(draw_id)[0].revealed_at is not None


def test_a_forged_reveal_is_refused(county: make.County) -> None:
    _draw_id, phones = hold.opened(county)
    honest = phones[0].rand
    for text, rand in (("骰子 4164", honest), ("骰子 4163", bytes(32)), ("", honest)):
        with pytest.raises(RevealDiffers):
            holding.reveal_by_phone(phones[0].code, phones[0].key, text, rand.hex())
    with pytest.raises(RevealDiffers):
        holding.reveal_by_phone(phones[0].code, phones[0].key, "骰子 4163", honest.hex().upper())
    with pytest.raises(RevealDiffers):
        holding.reveal_by_phone(phones[0].code, phones[1].key, "骰子 4163", honest.hex())


@pytest.mark.parametrize("text", ["长" * 201, "Cafe\u0301", "两行\n文字", "a\u0000b"])
def test_a_text_that_is_not_one_plain_line_is_refused_by_name(
    county: make.County, text: str
) -> None:
    _draw_id, phones = hold.opened(county)
    with pytest.raises(TextNotPlain):
        holding.reveal_by_phone(phones[0].code, phones[0].key, text, phones[0].rand.hex())


def test_a_text_of_200_characters_is_taken(county: make.County) -> None:
    draw_id = hold.begun(county, ceremony_rules.Shape(form="ceremony", places=1, quorum=1))
    phone = hold.Phone(hold.code_of(draw_id), text="长" * 200)
    phone.join()
    phone.commit(draw_id)
    holding.close_list(draw_id, county.operator)
    holding.open_operator(draw_id, county.operator)
    phone.reveal()
    assert places(draw_id)[0].text == "长" * 200


def test_a_witness_who_left_is_typed_in_from_the_slip_and_never_dropped(
    county: make.County,
) -> None:
    draw_id, phones = hold.opened(county)
    for phone in phones[:2]:
        phone.reveal()
    with pytest.raises(WrongState):
        holding.type_throw(draw_id, 1, "63454", county.operator)
    gone = phones[2]
    holding.type_slip(draw_id, gone.place, gone.text, gone.rand.hex(), county.operator)
    assert [place.from_slip for place in places(draw_id)] == [False, False, True, False]
    hold.throw_all(draw_id, county, phones)
    transcript = json.loads(make.stored(draw_id).transcript_json or "")
    assert [one["id"] for one in transcript["witnesses"]] == ["w01", "w02", "w03"]


def test_an_account_takes_no_place_in_a_ceremony(county: make.County) -> None:
    draw_id = hold.begun(county)
    with pytest.raises(NoWitnessPlace):
        holding.commit_witness(draw_id, "0" * 64, county.witness)


def test_another_department_neither_begins_nor_closes_a_ceremony(county: make.County) -> None:
    draw_id = hold.frozen(county)
    stranger = make.actor_of(make_account(role="department_admin"), "department_admin")
    for act in (holding.begin, holding.close_list):
        with pytest.raises(NotFound):
            act(draw_id, stranger)


@pytest.mark.parametrize(
    "shape",
    [
        ceremony_rules.Shape("ceremony", places=2, quorum=3),
        ceremony_rules.Shape("ceremony", places=31, quorum=1),
        ceremony_rules.Shape("ceremony", places=1, quorum=0),
        ceremony_rules.Shape("ceremony", places=1, quorum=1, dice=7),
        ceremony_rules.Shape("routine", places=2, quorum=1),
        ceremony_rules.Shape("secret"),
    ],
)
def test_a_shape_nobody_can_hold_is_refused(
    county: make.County, shape: ceremony_rules.Shape
) -> None:
    draw_id = make.plan(county)
    with pytest.raises(ShapeMalformed):
        holding.freeze(draw_id, 2, county.operator, shape=shape)


def test_a_ceremony_is_cancelled_until_the_first_reveal_and_its_phones_stay_out(
    county: make.County,
) -> None:
    draw_id = hold.begun(county)
    phones = hold.committed(draw_id)
    holding.cancel(draw_id, "停电", county.operator)
    with pytest.raises(JoiningOver):
        hold.Phone(phones[0].code).join()
    with pytest.raises(WrongState):
        holding.close_list(draw_id, county.operator)
    opened, _phones = hold.opened(county)
    with pytest.raises(WrongState):
        holding.cancel(opened, "停电", county.operator)


def test_the_guide_names_only_answers_that_exist() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "ceremony.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(draws\.[a-z_]+)`", guide))
    assert len(named) > 12
    assert named <= {one.code for one in vars(errors).values() if hasattr(one, "code")}

"""Bad input of a draw: each has a named answer; docs/bad-input.md is its table.

What can only come in a file is refused by drawkit; what the office can meet is tried where people
meet it: typed into a form, or found when the plan is frozen, drawn or sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws import errors, labels
from backend.app.draws.service import drawing, holding, outcome, planning
from backend.app.registry.models import Officer, RecusalGround
from tests.api.draws.test_office import county, first_step, operator, place_of, second_step
from tests.conftest import Browser
from tests.factories import draws as make

__all__ = ["county", "operator"]

TABLE = Path(__file__).parents[3] / "docs" / "bad-input.md"
ROW = b"S01\t91370399MA00000001\n"


def refused(draw_id: Any, county: make.County) -> list[str]:
    """Codes of why a plan is not frozen; each has a sentence in both languages."""
    with pytest.raises(errors.CannotFreeze) as caught:
        holding.freeze(draw_id, make.stored(draw_id).revision, county.operator)
    codes: list[str] = caught.value.extra["reasons"]
    for language in ("zh_Hans_CN", "en"):
        with force_locale(language):
            sentences = [labels.sentence(labels.Finding(code, "X", 2)) for code in codes]
            assert all(sentences)
            assert bool(re.search("[一-鿿]", "".join(sentences))) == (language != "en")
    return codes


def stand_at(app: Flask, moment: datetime) -> None:
    tick: Callable[[], datetime] = lambda: moment  # noqa: E731 - a clock that stands still
    app.extensions["evenhand.clock"] = tick


def run(draw_id: Any, county: make.County) -> None:
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (ROW.replace(b"\n", b"\r\n"), "pool.tsv, line 1: ends with a carriage return"),
        (b"\xef\xbb\xbf" + ROW, "pool.tsv: begins with a byte order mark"),
        (ROW + ROW, "pool.tsv, line 2: appears twice"),
        (ROW[:-1], "pool.tsv: the last line does not end with a line feed"),
        ("S01\t企业\n".encode(), "pool.tsv, line 1: not 2 tokens divided by tabs"),
    ],
    ids=["cr-lf", "byte-order-mark", "duplicate", "no-last-line-feed", "name-for-a-code"],
)
def test_a_table_in_another_form_is_refused_with_its_line(data: bytes, sentence: str) -> None:
    with pytest.raises(drawkit.Malformed, match=re.escape(sentence)):
        drawkit.read_table(data, "pool.tsv")


def test_a_text_in_another_normal_form_is_refused_in_a_file() -> None:
    with pytest.raises(drawkit.Malformed, match=r"plan\.json: a text is not in Unicode normal"):
        drawkit.parse_canonical('{"name":"Cafe\u0301"}'.encode(), "plan.json")


def test_an_enterprise_in_two_strata_of_a_file_is_refused() -> None:
    plan = {
        "v": drawkit.VERSION,
        "authority": "370399",
        "name": "x",
        "seq": 1,
        "mode": "open",
        "strata": [
            {"code": code, "num": 1, "den": 1, "min": None, "max": None} for code in ("S01", "S02")
        ],
        "teams": {"*": [{"dept": "D", "spec": "", "n": 2}]},
    }
    pool = ROW + ROW.replace(b"S01", b"S02")
    with pytest.raises(drawkit.Malformed, match="the roster has an enterprise in two strata"):
        drawkit.freeze_record(
            drawkit.Inputs(plan, pool, b"", b""),
            draw_id="370399-2026-H2-1",
            op_commit="0" * 64,
            op_chain="0" * 64,
            sup_chain="0" * 64,
            witnesses=["w1"],
            quorum=1,
            public={"type": "dice10", "rule": ""},
        )


def test_line_ends_marks_and_normal_forms_typed_into_the_form_become_one_form(
    operator: Browser, county: make.County
) -> None:
    names = {"name": "\ufeffCafe\u0301\r\n双随机  抽查", "s0-label": "Ａ类\u200b餐饮\r\n"}
    base = place_of(operator.post("/office/draws/new", data=first_step(county, **names)))
    draw = make.stored(_id(base))
    assert draw.name == "Caf\u00e9 双随机 抽查"
    assert draw.strata[0]["label"] == "A类餐饮"


def test_the_same_item_and_department_given_twice_count_once(
    operator: Browser, county: make.County, session: Session
) -> None:
    other = make.make_county(risks="")
    twice = {
        "item_ids": [str(county.item.id)] * 2,
        "department_ids": [str(other.department.id)] * 2,
    }
    base = place_of(operator.post("/office/draws/new", data=first_step(county, **twice)))
    draw = make.stored(_id(base))
    assert planning.item_ids(session, draw) == [county.item.id]
    assert planning.taking_part(session, draw) == [county.department.id, other.department.id]
    assert len(draw.team) == 2


def test_an_enterprise_that_fits_two_strata_is_in_the_first_and_counted(
    operator: Browser, county: make.County
) -> None:
    form = first_step(county, **{"s9-risk_classes": [], "s9-mode": "number", "s9-count": "1"})
    form |= {"s9-label": "其余"}
    page = operator.post("/office/draws/count", data=form).get_data(as_text=True)
    assert "16 户已归入前一类别" in page


def test_a_ratio_that_is_none_is_asked_for_again(operator: Browser, county: make.County) -> None:
    for wrong in ("百分之五", "-5%", "101%", "1/0", "5%%", ""):
        reply: Any = operator.post(
            "/office/draws/new", data=first_step(county, **{"s0-ratio": wrong})
        )
        assert reply.status_code == 422, wrong
        assert "5%" in reply.get_data(as_text=True)


def test_a_ratio_of_zero_is_named_at_the_freeze(county: make.County) -> None:
    draw_id = make.plan(county, strata=[make.stratum(num=0, ratio="0%")])
    assert refused(draw_id, county) == ["ratio_zero"]


def test_an_empty_stratum_is_named_at_the_freeze(county: make.County) -> None:
    draw_id = make.plan(county, strata=[make.stratum(risk_classes=["D"])])
    assert refused(draw_id, county) == ["stratum_empty"]


def test_a_draw_of_all_is_allowed_and_said_before_the_freeze(
    county: make.County, session: Session
) -> None:
    draw_id = make.plan(county, strata=[make.stratum(num=1, den=1, ratio="100%")])
    seen = planning.overview(session, session.merge(make.stored(draw_id)))
    assert [one.code for one in seen.warnings] == ["stratum_whole"]
    session.rollback()
    holding.freeze(draw_id, 2, county.operator)
    run(draw_id, county)
    assert make.stored(draw_id).drawn_rows == 10


def test_one_specialist_for_two_seats_is_said_before_and_the_seat_stays_vacant(
    county: make.County, session: Session
) -> None:
    with Session(session.bind) as writing:
        make.make_officer(writing, county.department, specialities=["特种设备"])
        writing.commit()
    draw_id = planning.prepare(make.what(county), county.operator)
    place = str(county.department.id)
    team = [
        {"department_id": place, "speciality": "特种设备", "n": 2},
        {"department_id": place, "speciality": "", "n": 1},
    ]
    planning.change_who(draw_id, make.who(county, team=team), county.operator)
    seen = planning.overview(session, session.merge(make.stored(draw_id)))
    assert [one.code for one in seen.warnings] == ["seats_will_be_vacant"]
    session.rollback()
    holding.freeze(draw_id, 2, county.operator)
    run(draw_id, county)
    draw = make.stored(draw_id)
    assert draw.vacant_seats == draw.drawn_rows
    held = drawing.held_back(session, draw, outcome.seats_of(session, draw))
    assert set(held.values()) == {"vacant_seat"}


def test_a_speciality_nobody_holds_is_named_at_the_freeze(county: make.County) -> None:
    draw_id = planning.prepare(make.what(county), county.operator)
    place = str(county.department.id)
    team = [{"department_id": place, "speciality": "锅炉", "n": 2}]
    planning.change_who(draw_id, make.who(county, team=team), county.operator)
    assert refused(draw_id, county) == ["no_officers"]


def test_when_all_are_recused_it_is_said_before_and_nothing_is_sent(
    county: make.County, session: Session
) -> None:
    for officer in county.officers:
        for enterprise in county.enterprises:
            ground = {"officer_id": officer.id, "enterprise_id": enterprise.id}
            session.add(RecusalGround(**ground, ground="interest"))
    session.commit()
    draw_id = make.plan(county)
    seen = planning.overview(session, session.merge(make.stored(draw_id)))
    assert [(one.code, one.count) for one in seen.warnings] == [("recusals_leave_vacant", 16)]
    session.rollback()
    holding.freeze(draw_id, 2, county.operator)
    run(draw_id, county)
    draw = make.stored(draw_id)
    assert draw.vacant_seats == draw.seats
    with pytest.raises(errors.NothingToDispatch):
        drawing.dispatch(draw_id, county.operator)


LAST_DAY = date(2026, 11, 30)
BEFORE_MIDNIGHT = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 30, 16, 1, tzinfo=UTC)


def certificates_end(session: Session, county: make.County, day: date) -> None:
    ids = [officer.id for officer in county.officers]
    session.execute(update(Officer).where(Officer.id.in_(ids)).values(certificate_expires_on=day))
    session.commit()


def test_a_certificate_is_good_on_its_last_day_until_midnight_in_beijing(
    app: Flask, county: make.County, session: Session
) -> None:
    stand_at(app, BEFORE_MIDNIGHT)
    certificates_end(session, county, LAST_DAY)
    draw_id = make.plan(county, last_day=LAST_DAY)
    team = planning.count_team(session, make.stored(draw_id).team, [county.item.id], LAST_DAY)
    assert len(team.eligible) == len(county.officers)
    session.rollback()
    holding.freeze(draw_id, 2, county.operator)
    run(draw_id, county)
    assert drawing.dispatch(draw_id, county.operator) == make.stored(draw_id).drawn_rows


def test_a_minute_after_midnight_the_last_day_has_passed_and_the_certificate_ended(
    app: Flask, county: make.County, session: Session
) -> None:
    certificates_end(session, county, LAST_DAY)
    stand_at(app, BEFORE_MIDNIGHT)
    passed = make.plan(county, last_day=LAST_DAY)
    stand_at(app, AFTER_MIDNIGHT)
    assert refused(passed, county) == ["last_day_past"]
    tomorrow = make.plan(county, last_day=LAST_DAY + timedelta(days=1))
    assert refused(tomorrow, county) == ["no_officers"]
    draw = make.stored(tomorrow)
    team = planning.count_team(session, draw.team, [county.item.id], draw.last_day or LAST_DAY)
    assert {one.reason for one in team.excluded} == {"certificate_expired"}


def test_visits_sent_after_their_last_day_need_certificates_that_are_good_then(
    app: Flask, county: make.County, session: Session
) -> None:
    certificates_end(session, county, LAST_DAY)
    stand_at(app, BEFORE_MIDNIGHT)
    draw_id = make.plan(county, last_day=LAST_DAY)
    holding.freeze(draw_id, 2, county.operator)
    run(draw_id, county)
    stand_at(app, AFTER_MIDNIGHT)
    draw = make.stored(draw_id)
    held = drawing.held_back(session, draw, outcome.seats_of(session, draw))
    assert set(held.values()) == {"certificate_expired"}


def leave_service(session: Session, officer: Officer) -> None:
    session.execute(update(Officer).where(Officer.id == officer.id).values(active=False))
    session.commit()


@pytest.mark.parametrize("before_the_draw", [True, False], ids=["freeze-draw", "draw-dispatch"])
def test_an_officer_deactivated_in_mid_draw_stays_drawn_and_the_visits_wait(
    county: make.County, session: Session, before_the_draw: bool
) -> None:
    draw_id = make.frozen(county)
    leaver = county.officers[0]
    if before_the_draw:
        leave_service(session, leaver)
        run(draw_id, county)
    else:
        run(draw_id, county)
        leave_service(session, leaver)
    draw = make.stored(draw_id)
    seats = outcome.seats_of(session, draw)
    rows = {seat.row for seat in seats if seat.officer_id == leaver.id}
    assert rows, "nobody left the frozen table"
    assert drawing.held_back(session, draw, seats) == dict.fromkeys(rows, "inactive")
    session.rollback()
    assert drawing.dispatch(draw_id, county.operator) == draw.drawn_rows - len(rows)


def test_a_team_typed_without_a_number_or_department_is_asked_for_again(
    operator: Browser, county: make.County
) -> None:
    place = place_of(operator.post("/office/draws/new", data=first_step(county)))
    for wrong in ({"t0-n": "0"}, {"t0-n": "viele"}, {"t0-department_id": "D001"}, {"cap": "0"}):
        reply: Any = operator.post(place, data=second_step(county, **wrong))
        assert reply.status_code == 422, wrong


def test_the_table_names_only_answers_that_exist_and_all_of_the_freeze() -> None:
    text = TABLE.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_.]+)`", text))
    problems = {one.code for one in vars(errors).values() if hasattr(one, "code")}
    findings, reasons = set(labels.FINDINGS), set(labels.REASONS)
    assert named <= problems | findings | reasons | {"drawkit"}
    assert findings <= named


def _id(place: str) -> UUID:
    return UUID(place.split("/")[3])

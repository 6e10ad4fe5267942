"""The report as the public gets it: counted at the freeze, complete, without names."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import comb
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws import ceremony_rules
from backend.app.draws.models import Draw, DrawRow
from backend.app.draws.service import drawing, holding
from backend.app.fairness import service
from backend.app.ledger import files, proofs
from backend.app.ledger import service as ledger
from backend.app.platform import clock
from backend.app.platform.access import OVERSIGHT
from backend.app.platform.database import db
from backend.app.platform.transactions import read_session
from backend.app.registry.models import Enterprise
from backend.app.visits.models import Visit
from tests.conftest import Browser
from tests.factories import draws as make
from tests.factories.accounts import make_account, make_department

MIXED = [make.stratum(0, label="A, B", risk_classes=["A", "B"])]


def page(client: Browser, address: str, lang: str = "en") -> str:
    reply = client.get(address, headers={"X-Lang": lang})
    assert reply.status_code == 200, address
    return str(reply.get_data(as_text=True))


def groups_of(client: Browser, place: int = 0) -> dict[str, dict[str, list[int]]]:
    return client.get("/open/v1/fairness").get_json()["draws"][place]["strata"][0]["groups"]


def test_before_the_first_draw_the_page_says_so(client: Browser) -> None:
    assert "No draw has been held yet" in page(client, "/fairness")
    assert "尚未" in page(client, "/fairness", "zh-CN") or "还没有" in page(
        client, "/fairness", "zh-CN"
    )
    found = client.get("/open/v1/fairness").get_json()
    assert (found["draws"], found["offices"], found["series"]) == ([], [], [])


def test_many_who_ask_at_once_get_one_report(app: Flask) -> None:
    make.drawn(make.make_county())
    begin = Barrier(4)

    def ask(_number: int) -> service.County:
        with app.app_context(), read_session() as session:
            begin.wait(timeout=20)
            return service.county(session)

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(ask, range(4)))
    assert {id(one) for one in reports} == {id(reports[0])}
    assert len(reports[0].draws) == 1


def test_groups_are_those_of_the_register_at_the_freeze(app: Flask, client: Browser) -> None:
    county = make.make_county(risks="AAAAAAAABBBB")
    draw_id = make.frozen(county, strata=MIXED)
    with Session(db.engine) as session:
        session.execute(update(Enterprise).values(risk_class="D", kind="foreign"))
        session.commit()
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    groups = groups_of(client)
    assert {code: rows for code, (rows, _n) in groups["risk"].items()} == {"A": 8, "B": 4}
    were = {one.id: one.risk_class for one in county.enterprises}
    with Session(db.engine) as session:
        drawn = Counter(were[one] for one in session.scalars(select(DrawRow.enterprise_id)))
    assert {code: n for code, (_rows, n) in groups["risk"].items()} == {
        "A": drawn["A"], "B": drawn["B"],
    }  # fmt: skip
    assert [rows for rows, _n in groups["half"].values()] == [6, 6]
    assert list(groups["before"]) == ["fresh"]


def test_the_ledger_holds_the_digest_of_the_groups_from_the_freeze_on(
    app: Flask, client: Browser
) -> None:
    county = make.make_county()
    number = make.stored(make.frozen(county, strata=MIXED)).number or ""
    told = client.get(f"/open/v1/fairness/{number}").get_json()
    assert told["drawn"] is None
    assert drawkit.digest(drawkit.canonical(told["frozen"])) == told["frozen_sha256"]
    with read_session() as session:
        proof = ledger.proof_for(session, "draw.frozen", number) or b""
    body = proofs.verify(proof, files.verifier_key()).body
    assert body is not None and body["groups"] == told["frozen_sha256"]
    assert client.get("/open/v1/fairness/370399-2026-H9-9").status_code == 404


def test_who_was_drawn_before_is_a_group_of_its_own(app: Flask, client: Browser) -> None:
    county = make.make_county()
    make.drawn(county, strata=MIXED)
    make.drawn(county, strata=MIXED)
    again, fresh = (groups_of(client)["before"][code] for code in ("again", "fresh"))
    assert (again[0], fresh[0]) == (8, 8)
    assert again[1] + fresh[1] == 8


def test_the_p_value_can_be_computed_again_from_the_open_data(app: Flask, client: Browser) -> None:
    county = make.make_county(risks="AAAAAAAAAABBBBBBCCCC")
    make.drawn(county, strata=[make.stratum(0, risk_classes=["A", "B", "C"])])
    found = client.get("/open/v1/fairness").get_json()
    stratum = found["draws"][0]["strata"][0]
    for line in found["county"]["groups"]:
        if line["by"] == "risk":
            rows, drawn = stratum["groups"]["risk"][line["group"]]
            rest, k = stratum["rows"] - rows, stratum["k"]
            ways = [comb(rows, n) * comb(rest, k - n) for n in range(k + 1)]
            exact = sum(one for one in ways if one <= ways[drawn]) / sum(ways)
            assert float(line["p"]) == pytest.approx(exact, rel=1e-4)
            assert float(line["expected"]) == pytest.approx(k * rows / stratum["rows"], rel=1e-4)


def test_a_draw_cut_by_class_has_nothing_to_test_there(app: Flask, client: Browser) -> None:
    make.drawn(make.make_county())
    risk = [
        one
        for one in client.get("/open/v1/fairness").get_json()["county"]["groups"]
        if one["by"] == "risk"
    ]
    assert [(one["group"], one["p"], one["drawn"]) for one in risk] == [
        ("A", None, 5),
        ("B", None, 2),
    ]
    assert "fixed by the plan" in page(client, "/fairness")


def test_a_cancelled_and_a_void_draw_stay_with_their_reasons(app: Flask, client: Browser) -> None:
    county = make.make_county()
    holding.cancel(make.frozen(county), "停电", county.operator)
    above = make_department(is_oversight=True)
    watch = make.actor_of(
        make_account(role=OVERSIGHT, department=above),
        OVERSIGHT,
        scope=frozenset({above.id, county.department.id}),
    )
    holding.void(make.drawn(county), "见证人缺席", watch)
    text = page(client, "/fairness")
    assert "停电" in text and "见证人缺席" in text
    found = client.get("/open/v1/fairness").get_json()
    assert (found["county"]["cancelled"], found["county"]["voided"]) == (1, 1)
    assert found["county"]["drawn"] == 7
    assert found["offices"][0]["seats_by_officer"] == []
    assert found["series"][0]["last"] == 2 and found["series"][0]["missing"] == []


def test_an_offices_page_shows_loads_and_no_name(app: Flask, client: Browser) -> None:
    county = make.make_county()
    make.drawn(county)
    found = client.get("/open/v1/fairness").get_json()["offices"][0]
    assert sum(found["seats_by_officer"]) == 14
    assert found["seats_by_officer"] == sorted(found["seats_by_officer"])
    for lang in ("zh-CN", "en"):
        text = page(client, f"/fairness/{county.department.code}", lang)
        assert county.department.name in text
        for one in county.officers:
            assert one.name not in text and one.certificate not in text
    assert client.get("/fairness/nowhere").status_code == 404


def test_pages_carry_no_style_no_script_and_no_cookie(app: Flask, client: Browser) -> None:
    county = make.make_county()
    make.drawn(county, strata=MIXED)
    for address in ("/fairness", f"/fairness/{county.department.code}"):
        reply = client.get(address)
        assert "Set-Cookie" not in reply.headers
        assert reply.headers["Cache-Control"] == "public, max-age=60"
        text = reply.get_data(as_text=True)
        assert " style=" not in text and "<script" not in text and "<style" not in text


def test_a_sealed_draw_tells_no_group_of_what_it_drew_before_its_names_are_open(
    app: Flask, client: Browser, session: Session
) -> None:
    county = make.make_county()
    draw_id = make.plan(county, strata=MIXED)
    holding.freeze(draw_id, 2, county.operator, shape=ceremony_rules.Shape(sealed=True))
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    drawing.dispatch(draw_id, county.operator)
    number = make.stored(draw_id).number
    found = client.get("/open/v1/fairness").get_json()
    assert found["draws"][0]["sealed"] and found["draws"][0]["strata"][0]["groups"] == {}
    assert found["county"]["groups"] == [] and found["county"]["drawn"] == 8
    assert client.get(f"/open/v1/fairness/{number}").get_json()["drawn"] is None
    assert "1 unannounced draw is compared when" in page(client, "/fairness")
    session.execute(update(Visit).values(state="disclosed"))
    session.commit()
    found = client.get("/open/v1/fairness").get_json()
    assert not found["draws"][0]["sealed"]
    assert sum(one["drawn"] for one in found["county"]["groups"] if one["by"] == "risk") == 8
    assert client.get(f"/open/v1/fairness/{number}").get_json()["drawn"] is not None


def test_a_draw_from_before_groups_were_counted_is_told_and_not_compared(
    app: Flask, client: Browser
) -> None:
    county = make.make_county()
    old = make.drawn(county, strata=MIXED)
    with Session(db.engine) as session:
        draw = session.get_one(Draw, old)
        draw.counts = {k: v for k, v in draw.counts.items() if not k.startswith("groups")}
        session.commit()
    make.drawn(county, strata=MIXED)
    found = client.get("/open/v1/fairness").get_json()
    assert found["county"]["drawn"] == 16
    assert sum(one["drawn"] for one in found["county"]["groups"] if one["by"] == "half") == 8
    assert "1 draw was frozen before groups were counted" in page(client, "/fairness")


def test_a_new_draw_is_in_the_report_at_once(app: Flask, client: Browser) -> None:
    county = make.make_county()
    make.drawn(county)
    first = client.get("/open/v1/fairness")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/open/v1/fairness", headers=tag).status_code == 304
    later = clock.now() + timedelta(days=200)
    app.extensions["evenhand.clock"] = lambda: later
    make.drawn(county)
    again = client.get("/open/v1/fairness", headers=tag)
    assert again.status_code == 200
    assert len(again.get_json()["draws"]) == 2

"""Sealed draws: enterprises are digests until the result of their visit is public."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.disclosure.models import Publication
from backend.app.draws import ceremony_rules
from backend.app.draws.service import drawing, holding, outcome, telling
from backend.app.draws.service.ground import frozen_files, hidden_names, vault
from backend.app.draws.service.holding import recusing
from backend.app.registry.models import Enterprise, RecusalGround
from backend.app.visits import service as visits
from backend.app.visits.models import Visit
from tests.factories import draws as make

SEALED = ceremony_rules.Shape(sealed=True)


def sealed(county: make.County) -> UUID:
    """A sealed draw with its result."""
    draw_id = make.plan(county)
    holding.freeze(draw_id, 2, county.operator, shape=SEALED)
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    return draw_id


def test_no_published_byte_tells_an_enterprise_and_the_bundle_verifies(
    app: Flask, session: Session
) -> None:
    county = make.make_county()
    draw = make.stored(sealed(county))
    bundle = telling.bundle(session, draw.number or "")
    report = drawkit.verify_bundle(bundle)
    assert report.status == drawkit.EQUAL, report.verdict
    tables = frozen_files.tables(json.loads(draw.freeze_json or ""))
    public = telling.public_draw(session, draw.number or "")
    assert public is not None
    assert public.drawn == []
    document = session.scalars(select(Publication)).one()
    texts = [*(data.decode() for data in tables.values()), str(public), str(vars(document))]
    for enterprise in county.enterprises:
        assert not [text for text in texts if enterprise.code in text or enterprise.name in text]
    assert json.loads(draw.plan_json or "")["mode"] == "sealed"


def test_a_row_is_opened_when_its_result_is_public_and_the_salt_proves_it(
    app: Flask, session: Session
) -> None:
    county = make.make_county()
    draw_id = sealed(county)
    drawing.dispatch(draw_id, county.operator)
    draw = make.stored(draw_id)
    first = session.scalars(select(Visit).where(Visit.draw_id == draw_id)).first()
    assert first is not None
    session.execute(update(Visit).where(Visit.id == first.id).values(state="disclosed"))
    session.commit()
    public = telling.public_draw(session, draw.number or "")
    assert public is not None
    (row,) = public.drawn
    assert (row.row, row.code) == (first.pool_row, first.enterprise_code)
    bundle = drawkit.verify_bundle(telling.bundle(session, draw.number or ""))
    assert bundle.case is not None
    pool = frozen_files.tables(json.loads(draw.freeze_json or ""))["pool.tsv"].decode().splitlines()
    shown = drawkit.sealed_object(row.stratum, row.code, bytes.fromhex(row.salt or ""))
    assert pool[row.row] == f"{row.stratum}\t{shown}"


def test_the_officers_phone_gets_the_salt_of_its_own_row(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw_id = sealed(county)
    drawing.dispatch(draw_id, county.operator)
    visit = visits.of_draw(session, draw_id)[0]
    package = visits.package(session, visit.id)
    draw, enterprise = package["draw"], package["enterprise"]
    stratum, target = draw["line"].split("\t")
    salt = bytes.fromhex(draw["salt"])
    assert drawkit.sealed_object(stratum, enterprise["code"], salt) == target


def test_an_open_draw_carries_no_salt(app: Flask, session: Session) -> None:
    draw = make.stored(make.drawn(make.make_county()))
    row = outcome.rows_of(session, draw)[0]
    assert "salt" not in make.proof_of_row(session, draw.id, row.row)


def test_recusals_and_exclusions_hold_in_a_sealed_draw(app: Flask, session: Session) -> None:
    county = make.make_county(officers=3, risks="AAAABB")
    away, closed = county.officers[0].id, county.enterprises[0]
    session.add_all(
        RecusalGround(officer_id=away, enterprise_id=one.id, ground="interest")
        for one in county.enterprises
    )
    session.execute(update(Enterprise).where(Enterprise.id == closed.id).values(status="closed"))
    session.commit()
    draw = make.stored(sealed(county))
    assert away not in {seat.officer_id for seat in outcome.seats_of(session, draw)}
    tables = recusing.frozen_tables(draw, json.loads(draw.freeze_json or ""))
    assert len(tables["recusals.tsv"].splitlines()) == 5
    key = bytes.fromhex(vault.open_(draw.secrets or "").pool_key)
    codes = [("left-out:closed", closed.code), *(("left-out", str(n)) for n in (1, 2, 3))]
    assert tables["exclusions.tsv"].decode().splitlines() == sorted(
        f"{drawkit.sealed_object(*one, drawkit.sealed_salt(key, *one))}\tsealed" for one in codes
    )


def test_exclusions_of_a_sealed_draw_cannot_be_counted_by_rule(
    app: Flask, session: Session
) -> None:
    county = make.make_county(risks="A" * 12 + "BBBB")
    first = sealed(county)
    busy = {"recent_months": 0, "other_draw": True, "year_cap": 1}
    drawn = make.stored(first).drawn_rows
    session.execute(
        update(Enterprise).where(Enterprise.id == county.enterprises[0].id).values(status="closed")
    )
    session.commit()
    later = make.plan(county, exclusions=busy)
    holding.freeze(later, 2, county.operator, shape=SEALED)
    draw = make.stored(later)
    left_out = len(county.enterprises) - draw.pool_rows
    assert left_out >= drawn > 4
    assert len(draw.counts["exclusions"]) == 3  # the office sees rules, and two took the same
    lines = frozen_files.tables(json.loads(draw.freeze_json or ""))["exclusions.tsv"].decode()
    found = [line.split("\t") for line in lines.splitlines()]
    assert {rule for _object, rule in found} == {"sealed"}
    assert len(found) == len({one for one, _rule in found}) == left_out
    assert hidden_names.public_exclusions(draw) == {"sealed": left_out}
    drawing.run_routine(
        later, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    report = drawkit.verify_bundle(telling.bundle(session, draw.number or ""))
    assert report.status == drawkit.EQUAL, report.verdict


@pytest.mark.parametrize("closed", [0, 1, 4, 5])
def test_how_few_a_sealed_draw_left_out_cannot_be_counted(
    app: Flask, session: Session, closed: int
) -> None:
    county = make.make_county(risks="A" * 12 + "BBBB")
    gone = [one.id for one in county.enterprises[:closed]]
    session.execute(update(Enterprise).where(Enterprise.id.in_(gone)).values(status="closed"))
    session.commit()
    draw = make.stored(sealed(county))
    lines = frozen_files.tables(json.loads(draw.freeze_json or ""))["exclusions.tsv"].splitlines()
    assert len(lines) == max(4, closed)
    assert hidden_names.public_exclusions(draw) == {"sealed": "<5" if closed < 5 else closed}


def test_a_sealed_draw_from_before_tells_its_exclusions_by_rule_as_its_file_does(
    app: Flask, session: Session
) -> None:
    draw = make.stored(sealed(make.make_county()))
    draw.counts = {"exclusions": {"closed": 7, "other-draw": 2}}
    assert hidden_names.public_exclusions(draw) == {"closed": 7, "other-draw": "<5"}


def test_exclusions_of_a_later_open_draw_do_not_tell_where_a_sealed_one_goes(
    app: Flask, session: Session
) -> None:
    county = make.make_county()
    first = sealed(county)
    busy = {"recent_months": 0, "other_draw": True, "year_cap": 1}
    for sent in (False, True):
        if sent:
            drawing.dispatch(first, county.operator)
        later = make.stored(make.frozen(county, exclusions=busy))
        assert later.pool_rows == len(county.enterprises)
        assert later.counts["exclusions"] == {}
    hidden_too = make.plan(county, exclusions=busy)
    holding.freeze(hidden_too, 2, county.operator, shape=SEALED)
    drawn = make.stored(first).drawn_rows
    assert make.stored(hidden_too).pool_rows == len(county.enterprises) - drawn

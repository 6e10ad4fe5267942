"""What of the recusals each copy of a draw's bundle has: those of drawn rows, or all."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws import ceremony_rules
from backend.app.draws.service import drawing, holding, outcome, telling
from backend.app.draws.service.telling import bundles
from backend.app.platform.errors import NotFound
from backend.app.registry.models import RecusalGround
from tests.factories import draws as make

AGREED = ceremony_rules.Shape(all_recusals=True)


@pytest.fixture
def county(app: Flask, session: Session) -> make.County:
    """Sixteen enterprises; each of two officers is recused from every other one."""
    made = make.make_county(officers=6)
    session.add_all(
        RecusalGround(officer_id=made.officers[n % 2].id, enterprise_id=one.id, ground="kin")
        for n, one in enumerate(made.enterprises)
    )
    session.commit()
    return made


def held(county: make.County, shape: ceremony_rules.Shape | None = None) -> UUID:
    draw_id = make.plan(county)
    holding.freeze(draw_id, 2, county.operator, shape=shape)
    drawing.run_routine(
        draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
    )
    return draw_id


def public_copy(session: Session, draw_id: UUID) -> dict[str, bytes]:
    data = telling.bundle(session, make.stored(draw_id).number or "")
    session.rollback()  # the read holds the only write lock of SQLite
    report = drawkit.verify_bundle(data, require_ledger=True)
    assert report.status == drawkit.EQUAL, report.verdict
    return drawkit.read_bundle(data)


def rows_in(files: dict[str, bytes]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(files["recusals.json"])["rows"]
    return rows


def test_the_public_copy_has_the_recusals_of_the_drawn_enterprises_alone(
    county: make.County, session: Session
) -> None:
    draw_id = held(county)
    files = public_copy(session, draw_id)
    assert "recusals.tsv" not in files
    drawn = outcome.rows_of(session, make.stored(draw_id))
    assert [one["row"] for one in rows_in(files)] == sorted(row.row for row in drawn)
    away = {one.code: county.officers[n % 2].id.hex for n, one in enumerate(county.enterprises)}
    objects = {row.row: row.object for row in drawn}
    for one in rows_in(files):
        assert one["officers"] == [away[objects[one["row"]]]]


def test_the_auditors_copy_has_all_of_them_and_verifies_too(
    county: make.County, session: Session
) -> None:
    draw = make.stored(held(county))
    data = bundles.auditors_bundle(session, draw)
    report = drawkit.verify_bundle(data, require_ledger=True)
    assert report.status == drawkit.EQUAL, report.verdict
    files = drawkit.read_bundle(data)
    assert len(files["recusals.tsv"].splitlines()) == len(county.enterprises)
    assert "recusals.json" not in files


def test_where_the_officers_agreed_the_whole_list_is_public_as_one_file(
    county: make.County, session: Session
) -> None:
    draw_id = held(county, AGREED)
    files = public_copy(session, draw_id)
    assert len(files["recusals.tsv"].splitlines()) == len(county.enterprises)
    freeze = json.loads(files["freeze.json"])
    assert freeze["recusals_sha256"] == drawkit.digest(files["recusals.tsv"])
    draw = make.stored(draw_id)
    assert drawkit.read_bundle(bundles.auditors_bundle(session, draw)) == files


def test_an_extension_makes_the_public_copy_anew_with_its_rows(
    county: make.County, session: Session
) -> None:
    draw_id = held(county)
    before = {one["row"] for one in rows_in(public_copy(session, draw_id))}
    drawing.extend(draw_id, {"S01": 2}, "投诉集中", 0, county.operator)
    after = {one["row"] for one in rows_in(public_copy(session, draw_id))}
    assert before < after
    assert len(after) == len(before) + 2


def test_a_sealed_draw_shows_recusals_by_digest_for_drawn_rows_only(
    county: make.County, session: Session
) -> None:
    draw_id = held(county, ceremony_rules.Shape(sealed=True))
    files = public_copy(session, draw_id)
    assert len(rows_in(files)) == make.stored(draw_id).drawn_rows
    for name, data in files.items():
        assert not [one.code for one in county.enterprises if one.code.encode() in data], name


def test_the_digest_of_the_whole_list_is_in_no_public_byte(
    county: make.County, session: Session
) -> None:
    draw = make.stored(held(county))
    whole = drawkit.read_bundle(bundles.auditors_bundle(session, draw))["recusals.tsv"]
    session.rollback()
    files = public_copy(session, draw.id)
    shown = telling.public_draw(session, draw.number or "")
    assert shown is not None
    told = str(shown) + str(vars(draw)) + "".join(data.decode() for data in files.values())
    assert drawkit.digest(whole) not in told
    assert "recusals" not in shown.digests
    assert shown.digests["recusals_root"] == json.loads(draw.freeze_json or "")["recusals_root"]


def test_there_is_no_auditors_copy_before_the_result(county: make.County, session: Session) -> None:
    with pytest.raises(NotFound):
        bundles.auditors_bundle(session, make.stored(make.frozen(county)))

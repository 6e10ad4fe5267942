"""A whole routine draw by the program's own steps, checked by drawkit's verifier."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws.service import holding, outcome, telling
from tests.factories import draws as make


def test_the_bundle_of_a_routine_draw_verifies(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw_id = make.drawn(county)
    draw = make.stored(draw_id)
    assert draw.state == "drawn"
    report = drawkit.verify_bundle(telling.bundle(session, draw.number or ""))
    assert report.status == drawkit.EQUAL, report.verdict
    assert report.case is not None and report.case.anchored


def test_quotas_and_seats_are_those_of_the_plan(app: Flask, session: Session) -> None:
    county = make.make_county(risks="A" * 9 + "B" * 6 + "C" * 4)
    draw = make.stored(make.drawn(county))
    rows = outcome.rows_of(session, draw)
    assert [row.lot_number for row in rows] == list(range(1, 8))
    assert sum(row.stratum == "S01" for row in rows) == 5
    assert sum(row.stratum == "S02" for row in rows) == 2
    risks = {enterprise.id: enterprise.risk_class for enterprise in county.enterprises}
    assert {risks[row.enterprise_id] for row in rows} == {"A", "B"}
    seats = outcome.seats_of(session, draw)
    assert len(seats) == 14
    for team in outcome.teams(seats).values():
        assert len({seat.officer_id for seat in team}) == 2


def test_the_proof_of_a_drawn_row_holds_and_carries_its_seats(app: Flask, session: Session) -> None:
    county = make.make_county()
    draw = make.stored(make.drawn(county))
    freeze = json.loads(draw.freeze_json or "")
    for row in outcome.rows_of(session, draw):
        proof = make.proof_of_row(session, draw.id, row.row)
        checked = drawkit.RowProof(
            row=proof["row"],
            line=proof["line"].encode(),
            path=[bytes.fromhex(step) for step in proof["path"]],
            rows=proof["pool_rows"],
            root=bytes.fromhex(proof["pool_root"]),
            lot=bytes.fromhex(proof["lot"]),
            largest_lot=bytes.fromhex(proof["stratum"]["largest_lot"]),
        )
        assert drawkit.check_proof(checked, bytes.fromhex(proof["seed"]), freeze) is None
        assert checked.drawn
        assert proof["stratum"]["start"] <= proof["row"] < proof["stratum"]["end"]
        assert [seat["no"] for seat in proof["seats"]] == [0, 1]


def test_the_ledger_holds_the_steps_in_order(app: Flask, session: Session) -> None:
    from backend.app.ledger import service as ledger

    draw = make.stored(make.drawn(make.make_county()))
    entries = [
        entry.type
        for entry in ledger.entries(session, entry_type="", subject=draw.number or "", page=1).items
        if entry.subject == draw.number
    ]
    assert entries[::-1] == [
        "draw.frozen",
        "draw.commits",
        "draw.revealed",
        "draw.revealed",
        "draw.thrown",
        "draw.thrown",
        "draw.thrown",
        "draw.thrown",
        "draw.transcript",
        "draw.result",
    ]


def test_the_secret_is_unreadable_at_rest_until_it_is_revealed(app: Flask) -> None:
    county = make.make_county()
    draw_id = make.plan(county)
    secret = bytes(range(1, 33))
    holding.freeze(draw_id, 2, county.operator, operator_secret=secret)
    draw = make.stored(draw_id)
    assert draw.operator_secret is None
    columns = [str(getattr(draw, column.key)) for column in draw.__table__.columns]
    assert secret.hex() not in " ".join(columns)
    assert json.loads(draw.freeze_json or "")["op_commit"] == drawkit.operator_commitment(
        draw.number or "", secret
    )

"""Small counts beside sealed names are told as small, and nobody may ask without end."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from backend import drawkit
from backend.app.draws import ceremony_rules
from backend.app.draws.models import Draw
from backend.app.draws.service import drawing, holding
from backend.app.draws.service.ground import frozen_files as kept
from backend.app.draws.service.holding import grouping
from backend.app.ledger import files as ledger_files
from backend.app.ledger import proofs
from backend.app.ledger import service as ledger
from backend.app.platform.database import db
from backend.app.platform.transactions import read_session
from backend.app.visits.models import Visit
from tests.api.fairness.test_report import MIXED, groups_of
from tests.conftest import Browser
from tests.factories import draws as make


def sealed(county: make.County, *, drawn: bool = True, **changes: object) -> UUID:
    """An unannounced draw, dispatched unless it is only frozen."""
    draw_id = make.plan(county, strata=MIXED, **changes)
    holding.freeze(draw_id, 2, county.operator, shape=ceremony_rules.Shape(sealed=True))
    if drawn:
        drawing.run_routine(
            draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
        )
        drawing.dispatch(draw_id, county.operator)
    return draw_id


def counts(told: dict[str, dict[str, dict[str, list[object]]]]) -> set[object]:
    return {n for found in told["rows"].values() for rows in found.values() for n in rows}


@pytest.mark.parametrize("drawn", [False, True])
def test_small_groups_of_a_sealed_draw_are_blurred_until_its_names_are_open(
    app: Flask, client: Browser, session: Session, drawn: bool
) -> None:
    county = make.make_county(risks="AAAAAAAABBB")
    address = f"/open/v1/fairness/{make.stored(sealed(county, drawn=drawn)).number}"
    told = client.get(address).get_json()
    shown = counts(told["frozen"])
    assert "<5" in shown and not any(isinstance(n, int) and n < 5 for n in shown)
    assert "salt" not in told["frozen"] and told["frozen"]["v"] == 2
    if drawn:
        session.execute(update(Visit).values(state="disclosed"))
        session.commit()
        whole = client.get(address).get_json()
        assert 3 in counts(whole["frozen"]) and "<5" not in counts(whole["frozen"])
        digest = drawkit.digest(drawkit.canonical(whole["frozen"]))
        assert digest == told["frozen_sha256"] == whole["frozen_sha256"]


def test_the_digest_of_hidden_groups_cannot_be_searched_out(
    app: Flask, client: Browser, session: Session
) -> None:
    number = make.stored(sealed(make.make_county(risks="AAAAAAAABBB"))).number or ""
    with read_session() as reading:
        proof = ledger.proof_for(reading, "draw.frozen", number) or b""
    body = proofs.verify(proof, ledger_files.verifier_key()).body
    told = client.get(f"/open/v1/fairness/{number}").get_json()
    assert body is not None and body["groups"] == told["frozen_sha256"]
    session.execute(update(Visit).values(state="disclosed"))
    session.commit()
    whole = client.get(f"/open/v1/fairness/{number}").get_json()["frozen"]
    salt = whole["salt"]
    assert salt not in json.dumps(body) and len(bytes.fromhex(salt)) == 32
    guessed = {name: value for name, value in whole.items() if name != "salt"}
    for guess in (guessed, guessed | {"salt": ""}, guessed | {"salt": "0" * 64}):
        assert drawkit.digest(drawkit.canonical(guess)) != told["frozen_sha256"]
    assert drawkit.digest(drawkit.canonical(whole)) == body["groups"]


def test_two_draws_with_the_same_groups_have_different_digests(app: Flask, client: Browser) -> None:
    county = make.make_county()
    found = [
        client.get(f"/open/v1/fairness/{make.stored(make.frozen(county)).number}").get_json()
        for _time in range(2)
    ]
    assert found[0]["frozen"]["rows"] == found[1]["frozen"]["rows"]
    assert found[0]["frozen_sha256"] != found[1]["frozen_sha256"]
    assert found[0]["frozen"]["sha256"] != found[1]["frozen"]["sha256"]


@pytest.mark.parametrize("drawn", [False, True])
def test_groups_that_were_frozen_without_a_salt_are_compared_and_verify_as_before(
    app: Flask, client: Browser, session: Session, drawn: bool
) -> None:
    county = make.make_county()
    draw_id = make.frozen(county, strata=MIXED)
    draw = session.get_one(Draw, draw_id)
    groups = dict(draw.counts["groups"])
    data = kept.get("groups.bin", groups["sha256"])[: -grouping.SALT]
    old = {
        "sha256": kept.put("groups.bin", data),
        "codes": groups["codes"],
        "rows": groups["rows"],
    }
    draw.counts = draw.counts | {"groups": old}
    session.commit()
    if drawn:
        drawing.run_routine(
            draw_id, county.operator, county.witness, text=make.TEXT, rand=make.RAND, dice=make.DICE
        )
        assert sum(n for _rows, n in groups_of(client)["risk"].values()) == 8
    told = client.get(f"/open/v1/fairness/{make.stored(draw_id).number}").get_json()
    assert told["frozen"] == old
    assert drawkit.digest(drawkit.canonical(old)) == told["frozen_sha256"]


def test_what_unannounced_draws_took_is_in_no_group_of_an_open_draw(
    app: Flask, client: Browser, session: Session
) -> None:
    county = make.make_county()
    sealed(county)
    make.drawn(county, strata=MIXED)
    assert list(groups_of(client)["before"]) == ["fresh"]
    session.execute(update(Visit).values(state="disclosed"))
    session.commit()
    make.drawn(county, strata=MIXED)
    assert groups_of(client)["before"]["again"][0] > 0


def test_small_exclusions_of_a_sealed_draw_are_told_as_small(app: Flask, client: Browser) -> None:
    county = make.make_county()
    with Session(db.engine) as session:
        for _number in range(3):
            make.make_enterprise(session, risk_class="A", status="closed")
        session.commit()
    first = make.stored(sealed(county))
    number = first.number
    assert client.get(f"/open/v1/draws/{number}").get_json()["exclusions"] == {"sealed": "<5"}
    live = client.get(f"/live/{number}", headers={"X-Lang": "en"}).get_data(as_text=True)
    assert "by all rules together &lt;5" in live and "not in business" not in live
    opened = make.stored(make.drawn(county, strata=MIXED)).number
    assert client.get(f"/open/v1/draws/{opened}").get_json()["exclusions"] == {"closed": 3}


def test_a_report_that_is_kept_reads_no_visit_of_a_sealed_draw_one_by_one(
    app: Flask, client: Browser
) -> None:
    county = make.make_county(risks="A" * 40)
    for _draw in range(3):
        sealed(county)
    client.get("/fairness")
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    client.get("/fairness")
    of_visits = [one for one in asked if "FROM visit" in one.replace("\n", " ")]
    assert len(of_visits) <= 1 and all("count(" in one for one in of_visits)


def test_pages_of_the_report_are_limited_like_its_open_data(app: Flask, client: Browser) -> None:
    for address in ("/fairness", "/fairness/nowhere"):
        codes = [client.get(address).status_code for _time in range(121)]
        assert codes[119] != 429 and codes[120] == 429

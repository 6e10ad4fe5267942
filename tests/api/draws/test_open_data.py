"""What the world gets of a draw: JSON, the bundle, its caching; and nothing personal."""

from __future__ import annotations

import json

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.app.draws.service import holding
from backend.app.platform.database import db
from backend.app.registry.models import Enterprise
from tests.conftest import Browser
from tests.factories import draws as make


def test_a_frozen_draw_is_public_without_rows_and_without_bundle(
    app: Flask, client: Browser
) -> None:
    county = make.make_county()
    number = make.stored(make.frozen(county)).number
    found = client.get(f"/open/v1/draws/{number}").get_json()
    assert found["state"] == "frozen"
    assert found["drawn"] == []
    assert found["digests"]["freeze"]
    assert "transcript" not in found["digests"]
    assert client.get(f"/open/v1/draws/{number}.zip").status_code == 404


def test_a_cancelled_draw_stays_in_the_list_with_its_reason(app: Flask, client: Browser) -> None:
    county = make.make_county()
    draw_id = make.frozen(county)
    holding.cancel(draw_id, "停电", county.operator)
    found = client.get("/open/v1/draws").get_json()
    assert [(one["state"], one["reason"]) for one in found["draws"]] == [("cancelled", "停电")]


def test_a_plan_is_nobody_elses_business(app: Flask, client: Browser) -> None:
    make.plan(make.make_county())
    assert client.get("/open/v1/draws").get_json()["total"] == 0


def test_no_public_byte_names_an_officer(app: Flask, client: Browser) -> None:
    county = make.make_county()
    number = make.stored(make.drawn(county)).number
    texts = [
        client.get("/open/v1/draws").get_data(as_text=True),
        client.get(f"/open/v1/draws/{number}").get_data(as_text=True),
        json.dumps(_unzipped(client.get(f"/open/v1/draws/{number}.zip").get_data())),
    ]
    secret = [one.name for one in county.officers] + [one.certificate for one in county.officers]
    secret += [county.operator_account.name, county.witness_account.name]
    secret += [county.operator_account.login, county.witness_account.login]
    for text in texts:
        for word in secret:
            assert word not in text


def test_telephone_numbers_people_typed_are_in_no_public_byte(app: Flask, client: Browser) -> None:
    """A name that becomes part of a frozen file cannot be taken back."""
    county = make.make_county()
    phone = "13955556666"
    with Session(db.engine) as session:
        session.execute(update(Enterprise).values(name=Enterprise.name + phone))
        session.commit()
    name = f"餐饮抽查 联系{phone}"
    parts = [make.stratum(label=f"全部 {phone}")]
    draw_id = make.drawn(county, name=name, strata=parts)
    gone = make.frozen(county, name=name, strata=parts)
    holding.cancel(gone, f"停电，详询{phone}", county.operator)
    number = make.stored(draw_id).number
    texts = [
        client.get("/open/v1/draws").get_data(as_text=True),
        client.get(f"/open/v1/draws/{number}").get_data(as_text=True),
        client.get(f"/draws/{number}").get_data(as_text=True),
        json.dumps(_unzipped(client.get(f"/open/v1/draws/{number}.zip").get_data())),
        make.stored(gone).end_reason or "",
    ]
    for text in texts:
        assert phone not in text
        assert text


def _unzipped(data: bytes) -> dict[str, str]:
    from backend import drawkit

    return {name: content.decode() for name, content in drawkit.read_bundle(data).items()}


def test_the_bundle_is_kept_for_ever_under_its_digest_and_asked_for_again_otherwise(
    app: Flask, client: Browser
) -> None:
    number = make.stored(make.drawn(make.make_county())).number
    plain = client.get(f"/open/v1/draws/{number}.zip")
    tag, _weak = plain.get_etag()
    assert "immutable" not in plain.headers["Cache-Control"]
    again = client.get(f"/open/v1/draws/{number}.zip", headers={"If-None-Match": f'"{tag}"'})
    assert again.status_code == 304
    kept = client.get(f"/open/v1/draws/{number}/bundle?v={tag}")
    assert "immutable" in kept.headers["Cache-Control"]
    assert kept.get_data() == plain.get_data()


def test_the_bundle_stays_the_same_while_the_ledger_grows(app: Flask, client: Browser) -> None:
    county = make.make_county()
    number = make.stored(make.drawn(county)).number
    before = client.get(f"/open/v1/draws/{number}.zip").get_data()
    make.drawn(county)
    assert client.get(f"/open/v1/draws/{number}.zip").get_data() == before

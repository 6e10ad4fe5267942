"""tus uploads: what is refused, by which name, and that the record is intact all the while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.evidence.models import Upload
from backend.app.platform import jobs, storage
from backend.app.visits.models import Visit
from tests.api.evidence.looking import hand_in_with_photo, pieces_on_disk, the_evidence
from tests.api.sync.conftest import Field
from tests.fakes import pictures, tus

InField = Callable[..., Field]
HEAD = {"Tus-Resumable": "1.0.0"}


def test_a_damaged_file_is_refused_logged_and_can_be_sent_again(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    headers = tus.headers_for(officer.visit, data)
    broken = data[:-1] + bytes([data[-1] ^ 1])
    reply = tus.send_all(officer.client, headers, broken, piece=1500)
    assert (reply.status_code, reply.get_json()["code"]) == (422, "evidence.damaged")
    assert the_evidence(session).state == "damaged"
    first = session.scalars(select(Upload.id)).one()
    session.rollback()
    look = officer.client.head(f"/api/v1/evidence/{first}", headers=HEAD)
    assert look.status_code == 410
    assert pieces_on_disk(app) == []
    assert tus.send_all(officer.client, headers, data).status_code == 204
    assert the_evidence(session).state == "verified"
    attempts = session.scalars(select(Upload).order_by(Upload.attempt)).all()
    assert [(one.attempt, one.state) for one in attempts] == [(1, "damaged"), (2, "verified")]


def test_a_piece_that_rots_in_the_store_is_found_at_the_end(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    headers = tus.headers_for(officer.visit, data)
    place = officer.client.post("/api/v1/evidence", headers=headers).headers["Location"]
    officer.client.patch(place, data=data[:900], headers=tus.patch_headers(0))
    app.extensions.pop("evenhand.evidence_hashes")  # as after a restart of the server
    [piece] = pieces_on_disk(app)
    piece.write_bytes(b"\0" * 900)
    reply = officer.client.patch(place, data=data[900:], headers=tus.patch_headers(900))
    assert (reply.status_code, reply.get_json()["code"]) == (422, "evidence.damaged")
    assert the_evidence(session).state == "damaged"


@pytest.mark.parametrize("data", [pictures.HTML, b"MZ" + b"\0" * 600, b"x", b"\xff\xd8\xff" * 9])
def test_other_kinds_of_file_are_refused_by_name_and_the_visit_is_intact(
    data: bytes, app: Flask, in_field: InField, session: Session
) -> None:
    officer = in_field()
    photo = hand_in_with_photo(officer, data)
    headers = tus.headers_for(officer.visit, data, evidence=photo)
    reply = tus.send_all(officer.client, headers, data)
    assert (reply.status_code, reply.get_json()["code"]) == (415, "evidence.wrong_type")
    assert session.get_one(Visit, officer.visit).state == "sealed"
    row = the_evidence(session)
    assert (row.state, row.problem) == ("refused", "evidence.wrong_type")
    session.rollback()
    again = officer.client.post("/api/v1/evidence", headers=headers)
    assert again.status_code == 415, "the same problem, and no second upload"
    assert pieces_on_disk(app) == []


def test_a_decompression_bomb_is_refused_by_name(in_field: InField, session: Session) -> None:
    officer = in_field()
    data = pictures.huge_png()
    reply = tus.send_all(officer.client, tus.headers_for(officer.visit, data), data)
    assert (reply.status_code, reply.get_json()["code"]) == (422, "evidence.too_many_pixels")
    assert the_evidence(session).problem == "evidence.too_many_pixels"


def test_a_file_larger_than_allowed_is_refused_before_a_byte_is_sent(in_field: InField) -> None:
    officer = in_field()
    headers = tus.headers_for(officer.visit, b"x") | {"Upload-Length": str(1 << 41)}
    reply = officer.client.post("/api/v1/evidence", headers=headers)
    assert (reply.status_code, reply.get_json()["code"]) == (413, "evidence.too_large")


def test_a_full_disk_is_told_and_the_offset_stays(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    place = officer.client.post(
        "/api/v1/evidence", headers=tus.headers_for(officer.visit, data)
    ).headers["Location"]
    officer.client.patch(place, data=data[:600], headers=tus.patch_headers(0))
    app.extensions["evenhand.free_bytes"] = lambda: 0
    reply = officer.client.patch(place, data=data[600:], headers=tus.patch_headers(600))
    assert (reply.status_code, reply.get_json()["code"]) == (507, "evidence.storage_full")
    assert officer.client.head(place, headers=HEAD).headers["Upload-Offset"] == "600"
    del app.extensions["evenhand.free_bytes"]
    reply = officer.client.patch(place, data=data[600:], headers=tus.patch_headers(600))
    assert reply.status_code == 204
    assert the_evidence(session).state == "verified"


def test_a_store_that_refuses_is_told_and_the_offset_stays(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    place = officer.client.post(
        "/api/v1/evidence", headers=tus.headers_for(officer.visit, data)
    ).headers["Location"]
    root = Path(storage.store().prefix)  # type: ignore[attr-defined]
    (root / "pieces").write_bytes(b"a file where the folder should be")
    reply = officer.client.patch(place, data=data, headers=tus.patch_headers(0))
    assert (reply.status_code, reply.get_json()["code"]) == (503, "evidence.storage_unavailable")
    assert officer.client.head(place, headers=HEAD).headers["Upload-Offset"] == "0"
    (root / "pieces").unlink()
    assert officer.client.patch(place, data=data, headers=tus.patch_headers(0)).status_code == 204


def test_nothing_is_deleted_by_tus(in_field: InField) -> None:
    officer = in_field()
    data = pictures.jpeg()
    place = officer.client.post(
        "/api/v1/evidence", headers=tus.headers_for(officer.visit, data)
    ).headers["Location"]
    reply = officer.client.delete(place, headers=HEAD)
    assert (reply.status_code, reply.get_json()["code"]) == (405, "evidence.cannot_delete")
    assert officer.client.head(place, headers=HEAD).status_code == 200


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Upload-Length", ""),
        ("Upload-Length", "-1"),
        ("Upload-Length", "0"),
        ("Upload-Length", "٣"),
        ("Upload-Length", "9" * 30),
        ("Upload-Metadata", ""),
        ("Upload-Metadata", "evidence !!!"),
        ("Upload-Metadata", "evidence /w=="),
        ("Upload-Metadata", tus.metadata({"evidence": "x", "visit": "y"})),
    ],
)
def test_a_description_that_says_nothing_usable_is_refused(
    header: str, value: str, in_field: InField
) -> None:
    officer = in_field()
    headers = tus.headers_for(officer.visit, b"abc")
    headers[header] = value.encode().decode("latin-1")
    reply = officer.client.post("/api/v1/evidence", headers=headers)
    assert (reply.status_code, reply.get_json()["code"]) == (400, "evidence.bad_upload")


def test_other_versions_of_the_protocol_are_refused(in_field: InField) -> None:
    officer = in_field()
    headers = tus.headers_for(officer.visit, b"abc") | {"Tus-Resumable": "0.2.2"}
    reply = officer.client.post("/api/v1/evidence", headers=headers)
    assert (reply.status_code, reply.headers["Tus-Version"]) == (412, "1.0.0")


def test_the_same_id_for_another_file_is_refused(in_field: InField) -> None:
    officer = in_field()
    data = pictures.jpeg()
    photo = str(uuid4())
    officer.client.post(
        "/api/v1/evidence", headers=tus.headers_for(officer.visit, data, evidence=photo)
    )
    other = tus.headers_for(officer.visit, data + b"x", evidence=photo)
    reply = officer.client.post("/api/v1/evidence", headers=other)
    assert (reply.status_code, reply.get_json()["code"]) == (409, "evidence.differs")


def test_nobody_sends_to_visits_of_others_or_sees_their_uploads(in_field: InField) -> None:
    one = in_field()
    from tests.factories.visits import make_team, make_visit

    foreign = make_visit(make_team())
    data = pictures.jpeg()
    reply = one.client.post("/api/v1/evidence", headers=tus.headers_for(foreign, data))
    assert reply.status_code == 404
    other = in_field(1, one.team, one.visit)
    place = one.client.post("/api/v1/evidence", headers=tus.headers_for(one.visit, data)).headers[
        "Location"
    ]
    assert other.client.head(place, headers=HEAD).status_code == 404
    reply = other.client.patch(place, data=data, headers=tus.patch_headers(0))
    assert reply.status_code == 404


def test_a_photo_that_could_not_be_stored_leaves_nothing_and_the_sweep_is_still_planned(
    app: Flask, in_field: InField, session: Session
) -> None:
    """The transaction that would have planned the first sweep is rolled back with the photo."""
    officer, data = in_field(), pictures.jpeg()
    photo = hand_in_with_photo(officer, data)
    headers = tus.headers_for(officer.visit, data, evidence=photo) | {"Content-Type": tus.BYTES}
    in_the_way = app.extensions["evenhand.store_folder"] / "evidence"
    in_the_way.write_text("a file where a folder should be")
    reply = officer.client.post("/api/v1/evidence", headers=headers, data=data)
    assert (reply.status_code, reply.get_json()["code"]) == (503, "evidence.storage_unavailable")
    assert the_evidence(session).state == "pending"
    session.rollback()
    in_the_way.unlink()
    assert officer.client.post("/api/v1/evidence", headers=headers, data=data).status_code == 201
    assert the_evidence(session).state == "verified"
    assert jobs.is_planned(session, "evidence.sweep")

"""tus uploads: what is stored, what is verified, what is refused, and when a visit is complete."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.evidence import service as evidence
from backend.app.evidence import store as evidence_store
from backend.app.evidence import thumbnails
from backend.app.evidence.models import Derivative, EvidencePiece, Upload
from backend.app.platform import clock, jobs, storage
from backend.app.visits.models import Visit
from tests.api.evidence.looking import hand_in_with_photo, pieces_on_disk, the_evidence
from tests.api.sync.conftest import Field
from tests.fakes import pictures, tus

InField = Callable[..., Field]
HEAD = {"Tus-Resumable": "1.0.0"}


def test_the_server_says_what_it_can(client: Any) -> None:
    reply = client.options("/api/v1/evidence")
    assert reply.status_code == 204
    assert reply.headers["Tus-Version"] == "1.0.0"
    assert reply.headers["Tus-Extension"] == "creation,creation-with-upload,expiration"
    assert int(reply.headers["Tus-Max-Size"]) > 1 << 20


def test_a_photo_in_one_request_is_verified_and_lies_under_its_hash(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    headers = tus.headers_for(officer.visit, data) | {"Content-Type": tus.BYTES}
    reply = officer.client.post("/api/v1/evidence", data=data, headers=headers)
    assert reply.status_code == 201, reply.get_data(as_text=True)
    assert int(reply.headers["Upload-Offset"]) == len(data)
    row = the_evidence(session)
    assert (row.state, row.media_type, row.width, row.height) == (
        "verified",
        "image/jpeg",
        640,
        480,
    )
    assert row.assembled
    assert storage.get_bytes(evidence_store.final_key(hashlib.sha256(data).hexdigest())) == data


def test_a_photo_in_pieces_is_put_together_and_verified(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg((1200, 900))
    assert len(data) > 2500
    reply = tus.send_all(officer.client, tus.headers_for(officer.visit, data), data, piece=1000)
    assert reply.status_code == 204
    row = the_evidence(session)
    assert (row.state, row.assembled) == ("verified", True), "the job has assembled it"
    assert evidence.read_whole(session, row.id) == data
    assert session.scalars(select(EvidencePiece)).all() == []
    assert pieces_on_disk(app) == []


def test_a_visit_is_complete_only_when_every_listed_byte_is_verified(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    photo = hand_in_with_photo(officer, data)
    assert session.get_one(Visit, officer.visit).state == "sealed"
    assert evidence.missing(session, officer.visit) == 1
    session.rollback()
    headers = tus.headers_for(officer.visit, data, evidence=photo)
    assert tus.send_all(officer.client, headers, data).status_code == 204
    assert session.get_one(Visit, officer.visit).state == "complete"
    info = evidence.of_visit(session, officer.visit)
    assert [(one.state, one.received, one.thumbnails) for one in info] == [
        ("verified", len(data), ("thumb320", "thumb1280"))
    ]
    assert evidence.counts(session, [officer.visit]) == {officer.visit: (1, 1)}


def test_bytes_may_come_before_their_event(in_field: InField, session: Session) -> None:
    officer = in_field()
    data = pictures.jpeg()
    officer.phone.fills(officer.package)
    photo = officer.phone.photographs(officer.visit, data)
    headers = tus.headers_for(officer.visit, data, evidence=photo["body"]["evidence"])
    tus.send_all(officer.client, headers, data)
    officer.phone.seals(officer.package, officer.officer)
    officer.send()
    assert session.get_one(Visit, officer.visit).state == "complete"
    assert the_evidence(session).source == "camera"


def test_an_event_that_tells_another_hash_than_the_bytes_before_it_is_believed(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    wrong, right = pictures.jpeg(colour="grey"), pictures.jpeg()
    officer.phone.fills(officer.package)
    photo = officer.phone.photographs(officer.visit, right)["body"]["evidence"]
    tus.send_all(officer.client, tus.headers_for(officer.visit, wrong, evidence=photo), wrong)
    officer.phone.seals(officer.package, officer.officer)
    officer.send()
    assert session.get_one(Visit, officer.visit).state == "sealed"
    session.rollback()
    tus.send_all(officer.client, tus.headers_for(officer.visit, right, evidence=photo), right)
    assert session.get_one(Visit, officer.visit).state == "complete"


def test_withdrawn_evidence_is_not_waited_for(in_field: InField, session: Session) -> None:
    officer = in_field()
    officer.phone.fills(officer.package)
    photo = officer.phone.photographs(officer.visit, b"never sent")["body"]["evidence"]
    gone = {"evidence": photo, "reason": "拍错"}
    officer.phone.does(officer.visit, "evidence.withdrawn", gone)
    officer.phone.seals(officer.package, officer.officer)
    officer.send()
    assert session.get_one(Visit, officer.visit).state == "complete"
    assert evidence.of_visit(session, officer.visit) == []


def test_two_points_may_carry_the_same_bytes(in_field: InField, session: Session) -> None:
    officer = in_field()
    data = pictures.jpeg()
    officer.phone.fills(officer.package)
    photos = [officer.phone.photographs(officer.visit, data)["body"]["evidence"] for _ in "ab"]
    officer.phone.seals(officer.package, officer.officer)
    officer.send()
    for photo in photos:
        tus.send_all(officer.client, tus.headers_for(officer.visit, data, evidence=photo), data)
    assert session.get_one(Visit, officer.visit).state == "complete"


def test_asking_again_finds_the_same_upload_where_it_was(in_field: InField) -> None:
    officer = in_field()
    data = pictures.jpeg()
    headers = tus.headers_for(officer.visit, data)
    first = officer.client.post("/api/v1/evidence", headers=headers)
    place = first.headers["Location"]
    officer.client.patch(place, data=data[:700], headers=tus.patch_headers(0))
    again = officer.client.post("/api/v1/evidence", headers=headers)
    assert again.status_code == 201
    assert again.headers["Location"] == place
    assert again.headers["Upload-Offset"] == "700"
    look = officer.client.head(place, headers=HEAD)
    assert (look.status_code, look.headers["Upload-Offset"]) == (200, "700")
    assert look.headers["Upload-Length"] == str(len(data))
    assert look.headers["Cache-Control"] == "no-store"
    assert look.headers["Tus-Resumable"] == "1.0.0"
    assert "Upload-Expires" in look.headers


def test_asking_again_after_the_end_says_that_all_is_there(in_field: InField) -> None:
    officer = in_field()
    data = pictures.jpeg()
    headers = tus.headers_for(officer.visit, data)
    tus.send_all(officer.client, headers, data)
    again = officer.client.post(
        "/api/v1/evidence", data=data, headers=headers | {"Content-Type": tus.BYTES}
    )
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, str(len(data)))
    repeated = officer.client.patch(
        again.headers["Location"], data=b"", headers=tus.patch_headers(len(data))
    )
    assert repeated.status_code == 204


def test_bytes_at_another_place_are_refused_and_the_offset_stays(in_field: InField) -> None:
    officer = in_field()
    data = pictures.jpeg()
    place = officer.client.post(
        "/api/v1/evidence", headers=tus.headers_for(officer.visit, data)
    ).headers["Location"]
    officer.client.patch(place, data=data[:500], headers=tus.patch_headers(0))
    for offset in (0, 499, 501):
        reply = officer.client.patch(place, data=b"late", headers=tus.patch_headers(offset))
        assert (reply.status_code, reply.get_json()["code"]) == (409, "evidence.wrong_offset")
        assert reply.get_json()["offset"] == 500
    assert officer.client.head(place, headers=HEAD).headers["Upload-Offset"] == "500"


def test_more_bytes_than_announced_are_not_taken(in_field: InField, session: Session) -> None:
    officer = in_field()
    data = pictures.jpeg()
    place = officer.client.post(
        "/api/v1/evidence", headers=tus.headers_for(officer.visit, data)
    ).headers["Location"]
    reply = officer.client.patch(place, data=data + b"more", headers=tus.patch_headers(0))
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (204, str(len(data)))
    assert the_evidence(session).state == "verified"


@pytest.mark.parametrize(
    ("data", "media_type"), [(pictures.MP4, "video/mp4"), (pictures.PDF, "application/pdf")]
)
def test_films_and_documents_are_kept_without_thumbnails(
    data: bytes, media_type: str, in_field: InField, session: Session
) -> None:
    officer = in_field()
    photo = hand_in_with_photo(officer, data)
    tus.send_all(officer.client, tus.headers_for(officer.visit, data, evidence=photo), data)
    assert session.get_one(Visit, officer.visit).state == "complete"
    [info] = evidence.of_visit(session, officer.visit)
    assert (info.mime, info.thumbnails) == (media_type, ())


def test_a_replaced_officers_announced_photo_is_taken_all_the_same(
    in_field: InField, session: Session
) -> None:
    from tests.factories.visits import make_team, make_visit

    officer = in_field()
    elsewhere = make_visit(make_team())
    data = pictures.jpeg()
    photo = officer.phone.photographs(elsewhere, data)["body"]["evidence"]
    assert officer.send()["receipts"][0]["reason"] == "not_assigned"
    headers = tus.headers_for(elsewhere, data, evidence=photo)
    assert tus.send_all(officer.client, headers, data).status_code == 204
    row = the_evidence(session)
    assert (row.state, row.standing) == ("verified", False)


def test_the_phone_can_ask_how_far_each_file_is(in_field: InField) -> None:
    officer = in_field()
    data = pictures.jpeg()
    photo = officer.phone.photographs(officer.visit, data)["body"]["evidence"]
    officer.send()
    asked = f"/api/v1/evidence/status?visit={officer.visit}"
    waiting = {
        "evidence": photo,
        "state": "pending",
        "received": 0,
        "size": len(data),
        "problem": None,
    }
    assert officer.client.get(asked).get_json() == [waiting]
    headers = tus.headers_for(officer.visit, data, evidence=photo)
    place = officer.client.post("/api/v1/evidence", headers=headers).headers["Location"]
    officer.client.patch(place, data=data[:500], headers=tus.patch_headers(0))
    under_way = officer.client.get(asked).get_json()[0]
    assert (under_way["state"], under_way["received"]) == ("receiving", 500)
    officer.client.patch(place, data=data[500:], headers=tus.patch_headers(500))
    done = officer.client.get(asked).get_json()[0]
    assert (done["state"], done["received"]) == ("verified", len(data))


def test_uploads_given_up_expire_and_can_begin_again(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    headers = tus.headers_for(officer.visit, data)
    place = officer.client.post("/api/v1/evidence", headers=headers).headers["Location"]
    officer.client.patch(place, data=data[:500], headers=tus.patch_headers(0))
    session.execute(update(Upload).values(expires_at=clock.now() - timedelta(seconds=1)))
    session.execute(
        update(jobs.Job).where(jobs.Job.kind == "evidence.sweep").values(run_at=clock.now())
    )
    session.commit()
    jobs.run_due()
    assert pieces_on_disk(app) == []
    assert officer.client.head(place, headers=HEAD).status_code == 410
    assert jobs.is_planned(session, "evidence.sweep"), "the next one is planned"
    session.rollback()
    again = officer.client.post("/api/v1/evidence", headers=headers)
    assert again.headers["Location"] != place
    assert again.headers["Upload-Offset"] == "0"


def test_the_lists_thumbnail_is_made_when_the_visit_is_complete(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg((2000, 1000))
    photo = hand_in_with_photo(officer, data)
    tus.send_all(officer.client, tus.headers_for(officer.visit, data, evidence=photo), data)
    made = session.scalars(select(Derivative).order_by(Derivative.width)).all()
    assert [(one.variant, one.width, one.height) for one in made] == [("thumb320", 320, 160)]


def test_the_large_picture_is_made_when_it_is_first_opened(
    in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg((2000, 1000))
    photo = hand_in_with_photo(officer, data)
    tus.send_all(officer.client, tus.headers_for(officer.visit, data, evidence=photo), data)
    for _ in range(2):
        thumbnails.make(UUID(str(photo)), "thumb1280")
    made = session.scalars(select(Derivative).order_by(Derivative.width)).all()
    assert [(one.variant, one.width, one.height) for one in made] == [
        ("thumb320", 320, 160),
        ("thumb1280", 1280, 640),
    ]

"""A store that changes bytes behind our back, and two connections that end one upload."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.evidence import receive, service, upkeep
from backend.app.evidence.begin import Progress, progress_of
from backend.app.evidence.errors import UploadGone, WrongOffset
from backend.app.evidence.models import Evidence, Upload
from backend.app.platform.transactions import unit_of_work
from backend.app.visits.models import Visit
from tests.api.evidence.looking import hand_in_with_photo, pieces_on_disk, the_evidence
from tests.api.sync.conftest import Field
from tests.fakes import pictures, tus

InField = Callable[..., Field]


def test_what_the_store_changes_after_it_was_verified_is_damaged_and_can_be_sent_again(
    app: Flask, in_field: InField, session: Session
) -> None:
    """The hash was taken while the bytes came in; what the disk made of them is found when they
    are put together, and the record cannot be confirmed until the phone has sent them anew."""
    officer = in_field()
    data = pictures.jpeg()
    headers = tus.headers_for(officer.visit, data, evidence=hand_in_with_photo(officer, data))
    place = officer.client.post("/api/v1/evidence", headers=headers).headers["Location"]
    officer.client.patch(place, data=data[:900], headers=tus.patch_headers(0))
    [piece] = pieces_on_disk(app)
    piece.write_bytes(data[:800] + b"\0" * 100)
    officer.client.patch(place, data=data[900:], headers=tus.patch_headers(900))
    row = the_evidence(session)
    assert (row.state, row.received, row.verified_at) == ("damaged", 0, None)
    assert service.missing(session, officer.visit) == 1
    assert piece.exists(), "what is left is kept for whoever looks into it"
    session.rollback()
    assert tus.send_all(officer.client, headers, data, piece=1000).status_code == 204
    row = the_evidence(session)
    assert (row.state, row.assembled) == ("verified", True)
    assert service.missing(session, officer.visit) == 0
    assert session.get_one(Visit, officer.visit).state == "complete"
    assert service.read_whole(session, row.id) == data


def test_a_job_that_found_damage_and_runs_again_leaves_the_phones_new_attempt_alone(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer = in_field()
    data = pictures.jpeg()
    headers = tus.headers_for(officer.visit, data, evidence=hand_in_with_photo(officer, data))
    place = officer.client.post("/api/v1/evidence", headers=headers).headers["Location"]
    officer.client.patch(place, data=data[:900], headers=tus.patch_headers(0))
    [piece] = pieces_on_disk(app)
    piece.write_bytes(data[:800] + b"\0" * 100)
    officer.client.patch(place, data=data[900:], headers=tus.patch_headers(900))
    again = officer.client.post("/api/v1/evidence", headers=headers).headers["Location"]
    officer.client.patch(again, data=data[:1000], headers=tus.patch_headers(0))
    row = the_evidence(session)
    assert (row.state, row.received) == ("receiving", 1000)
    payload = {"evidence": str(row.id)}
    session.rollback()
    upkeep.assemble(uuid4(), payload)
    row = the_evidence(session)
    assert (row.state, row.received) == ("receiving", 1000)


@pytest.fixture
def begun(in_field: InField, session: Session) -> tuple[Progress, bytes]:
    """An upload that one connection has looked at, and the bytes it is going to send."""
    officer, data = in_field(), pictures.MP4[:24] + random.Random(7).randbytes(3 << 19)
    officer.client.post("/api/v1/evidence", headers=tus.headers_for(officer.visit, data))
    row = session.execute(select(Upload, Evidence).join(Evidence)).one()
    upload = progress_of(row.Upload, row.Evidence)
    session.rollback()
    return upload, data


def faster(upload: Progress, data: bytes, **became: object) -> Callable[[int], bytes]:
    """A reader of ``data`` during which another connection brings the upload elsewhere."""
    body = BytesIO(data)

    def read(size: int) -> bytes:
        if body.tell() == 0:
            with unit_of_work() as session:
                session.execute(update(Upload).where(Upload.id == upload.id).values(**became))
        return body.read(size)

    return read


@pytest.mark.parametrize("state", ["damaged", "refused", "expired"])
def test_who_comes_late_to_an_attempt_that_ended_badly_is_told_to_begin_anew(
    begun: tuple[Progress, bytes], state: str
) -> None:
    upload, data = begun
    with pytest.raises(UploadGone):
        receive.take(upload, 0, faster(upload, data, state=state, received=len(data)))


def test_who_comes_late_to_an_attempt_that_ended_well_is_told_that_all_is_there(
    begun: tuple[Progress, bytes],
) -> None:
    upload, data = begun
    with pytest.raises(WrongOffset) as told:
        receive.take(upload, 0, faster(upload, data, state="verified", received=len(data)))
    assert told.value.extra == {"offset": len(data)}


def test_who_comes_late_to_an_open_attempt_is_told_where_to_go_on(
    app: Flask, begun: tuple[Progress, bytes]
) -> None:
    upload, data = begun
    half = data[: len(data) // 2]
    with pytest.raises(WrongOffset) as told:
        receive.take(upload, 0, faster(upload, half, received=1000))
    assert told.value.extra == {"offset": 1000}
    assert pieces_on_disk(app) == [], "late bytes are not kept"

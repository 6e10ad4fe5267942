"""Bytes without a row are swept away when they are old, and nothing else is."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.app.evidence import orphans, receive, store
from backend.app.evidence.begin import progress_of
from backend.app.evidence.models import Evidence, Upload
from backend.app.platform import clock, jobs, storage
from backend.app.platform.transactions import unit_of_work
from tests.api.sync.conftest import Field
from tests.fakes import pictures, tus

from .looking import pieces_on_disk, the_evidence

InField = Callable[..., Field]
PIECE = 1 << 20


def film(size: int = 3 << 20) -> bytes:
    """An MP4 of ``size`` bytes, as far as its first bytes go."""
    return pictures.MP4[:24] + random.Random(size).randbytes(size - 24)


def leave(key: str, *, days: float, data: bytes = b"left behind") -> Path:
    """A file in the store that was written so many days ago."""
    root = storage.folder()
    assert root is not None
    path = root / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    age(path, days)
    return path


def age(path: Path, days: float) -> None:
    then = (clock.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))


def age_everything(days: float) -> None:
    root = storage.folder()
    assert root is not None
    for path in root.rglob("*"):
        if path.is_file():
            age(path, days)


def sweep_now() -> None:
    with unit_of_work() as session:
        jobs.enqueue(session, "evidence.orphans", {})


def test_old_bytes_without_a_row_go(app: Flask) -> None:
    digest = hashlib.sha256(b"never arrived").hexdigest()
    piece, part = store.new_piece_key(uuid4(), 0), store.new_part_key(digest)
    left = [leave(key, days=31) for key in (piece, part, f"{piece}#1", f"{part}#7")]
    sweep_now()
    assert [path.exists() for path in left] == [False] * 4


def test_young_bytes_stay_for_their_request_may_still_run(app: Flask) -> None:
    part = store.new_part_key("ab" * 32)
    left = [leave(key, days=29) for key in (store.new_piece_key(uuid4(), 0), part, f"{part}#1")]
    sweep_now()
    assert all(path.exists() for path in left)


def test_files_in_their_place_stay_however_old_and_alone(app: Flask) -> None:
    digest = hashlib.sha256(b"whole").hexdigest()
    keys = [store.final_key(digest), store.derivative_key(digest, "thumb320"), "ledger/checkpoint"]
    keys.append(f"evidence/ab/cd/{digest}.part")
    left = [leave(key, days=4000) for key in keys]
    sweep_now()
    assert all(path.exists() for path in left)


def test_pieces_that_a_row_names_stay_and_the_upload_goes_on(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer, data = in_field(), film()
    place = officer.client.post(
        "/api/v1/evidence", headers=tus.headers_for(officer.visit, data)
    ).headers["Location"]
    officer.client.patch(place, data=data[:PIECE], headers=tus.patch_headers(0))
    orphan = leave(store.new_piece_key(uuid4(), 0), days=40)
    age_everything(40)
    sweep_now()
    assert not orphan.exists()
    officer.client.patch(place, data=data[PIECE:], headers=tus.patch_headers(PIECE))
    evidence = the_evidence(session)
    assert (evidence.state, evidence.assembled) == ("verified", True)
    whole = storage.get_bytes(store.final_key(evidence.sha256))
    assert hashlib.sha256(whole).hexdigest() == evidence.sha256


def test_a_sweep_in_the_middle_of_a_request_takes_nothing_from_it(
    app: Flask, in_field: InField, session: Session
) -> None:
    """Between a stored piece and its row the sweep runs: the piece has no row, but is young."""
    officer, data = in_field(), film()
    officer.client.post("/api/v1/evidence", headers=tus.headers_for(officer.visit, data))

    body, swept = BytesIO(data), list[int]()

    def read(size: int) -> bytes:
        if body.tell() >= len(data) // 2 and not swept:
            swept.append(len(pieces_on_disk(app)))
            sweep_now()
        return body.read(size)

    row = session.execute(select(Upload, Evidence).join(Evidence)).one()
    begun = progress_of(row.Upload, row.Evidence)
    session.rollback()
    assert receive.take(begun, 0, read).state == "verified"
    assert swept == [1], "a piece was being written"
    assert the_evidence(session).state == "verified"


def test_many_orphans_go_in_chunks(app: Flask) -> None:
    upload = uuid4()
    left = [leave(store.new_piece_key(upload, n), days=31, data=b"") for n in range(1100)]
    sweep_now()
    assert not any(path.exists() for path in left)


def test_the_daily_sweep_brings_the_search_for_orphans(
    app: Flask, in_field: InField, session: Session
) -> None:
    officer, data = in_field(), film()
    officer.client.post("/api/v1/evidence", headers=tus.headers_for(officer.visit, data))
    orphan = leave(store.new_piece_key(uuid4(), 0), days=31)
    due = update(jobs.Job).where(jobs.Job.kind == "evidence.sweep").values(run_at=clock.now())
    session.execute(due)
    session.commit()
    jobs.run_due()
    assert not orphan.exists()
    assert not jobs.is_planned(session, "evidence.orphans"), "it ran"


def test_a_stores_objects_are_asked_for_their_age_too(app: Flask) -> None:
    """The way of a bucket, walked over the folder's store."""
    key, final = store.new_piece_key(uuid4(), 0), store.final_key("cd" * 32)
    for made in (key, final):
        leave(made, days=31)
    found = dict(orphans._remote("pieces")) | dict(orphans._remote("evidence/cd"))
    assert set(found) == {key, final}
    assert all(written < clock.now() - orphans.AGE for written in found.values())

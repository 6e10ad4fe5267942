"""Uploads over a line that breaks, to a server that dies: everything arrives, and little is sent
twice."""

from __future__ import annotations

import hashlib
import os
import random
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.evidence import orphans, store
from backend.app.evidence.models import Evidence, EvidencePiece, Upload
from backend.app.platform import clock, ids, storage
from tests.fakes import pictures, tus
from tests.fakes.fault_proxy import FaultProxy
from tests.faults.conftest import Officer
from tests.serving import Server

SIZE = 24 << 20
PIECE = 5 << 20
CUTS = 20


def film(size: int = SIZE) -> bytes:
    """Return ``size`` bytes that begin like an MP4."""
    return pictures.MP4[:24] + random.Random(7).randbytes(size - 24)


def begin(officer: Officer, data: bytes) -> str:
    with officer.client() as client:
        reply = client.post("/api/v1/evidence", headers=tus.headers_for(officer.visit, data))
        reply.raise_for_status()
        return str(reply.headers["Location"])


def offset_of(officer: Officer, place: str) -> int:
    with officer.client() as client:
        reply = client.head(place, headers={"Tus-Resumable": "1.0.0"})
        reply.raise_for_status()
        return int(reply.headers["Upload-Offset"])


def append(officer: Officer, base: str, place: str, data: bytes, offset: int) -> Any:
    """Append once and return the reply; None when the line broke."""
    try:
        with officer.client(base) as client:
            return client.patch(
                place, content=data[offset : offset + PIECE], headers=tus.patch_headers(offset)
            )
    except httpx.TransportError:
        return None


def state_of(look: Session) -> str:
    look.rollback()
    return str(look.scalars(select(Evidence.state)).one())


def test_an_upload_cut_twenty_times_resends_little_and_arrives_whole(
    officer: Officer, proxy: FaultProxy, look: Session
) -> None:
    data = film()
    place = begin(officer, data)
    seeded = random.Random(20261123)
    proxy.cut_after = [seeded.randrange(200_000, 2_000_000) for _ in range(CUTS)]
    base = f"http://127.0.0.1:{proxy.port}"
    offset = refused = 0
    for _ in range(200):
        reply = append(officer, base, place, data, offset)
        refused += reply is not None and reply.status_code == 409
        offset = offset_of(officer, place)
        if offset == len(data):
            break
    assert offset == len(data)
    assert proxy.cut_after == [], "every cut was made"
    assert proxy.sent <= len(data) * 1.10, f"{proxy.sent / len(data):.3f} of the file was sent"
    assert state_of(look) == "verified"
    with_hash = store.final_key(hashlib.sha256(data).hexdigest())
    assert hashlib.sha256(storage.get_bytes(with_hash)).digest() == hashlib.sha256(data).digest()


def test_a_server_killed_in_the_middle_of_an_upload_goes_on_from_what_is_safe(
    server: Server, officer: Officer, look: Session
) -> None:
    data = film(12 << 20)
    place = begin(officer, data)
    append(officer, officer.base, place, data, 0)
    with half_an_append(officer, place, data, PIECE):
        server.kill()
    server.start()
    offset = offset_of(officer, place)
    assert PIECE <= offset < len(data)
    while offset < len(data):
        append(officer, officer.base, place, data, offset)
        offset = offset_of(officer, place)
    assert state_of(look) == "verified"


def half_an_append(
    officer: Officer, place: str, data: bytes, offset: int, size: int = 1_000_000
) -> socket.socket:
    """Send ``size`` bytes of an append and return the connection left hanging: the server has bytes
    and no end."""
    host, port = officer.base.removeprefix("http://").split(":")
    head = tus.patch_headers(offset) | {
        "Host": f"{host}:{port}",
        "Cookie": "; ".join(f"{name}={value}" for name, value in officer.cookies.items()),
        "X-CSRF-Token": officer.token,
        "Content-Length": str(PIECE),
    }
    text = f"PATCH {place} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items())
    line = socket.create_connection((host, int(port)))
    line.sendall(text.encode() + b"\r\n" + data[offset : offset + size])
    return line


def test_a_piece_stored_and_never_counted_is_no_part_of_the_file(
    server: Server, officer: Officer, look: Session
) -> None:
    """Killed between the chunk and the offset: the object is there, the row is not."""
    data = film(3 << 20)
    place = begin(officer, data)
    upload = look.scalars(select(Upload.id)).one()
    look.rollback()
    orphan = store.new_piece_key(upload, 0)
    storage.put_bytes(orphan, b"what a killed process had stored")
    server.kill()
    server.start()
    assert offset_of(officer, place) == 0
    append(officer, officer.base, place, data, 0)
    assert state_of(look) == "verified"


def test_what_a_killed_server_left_behind_is_swept_and_the_upload_goes_on(
    server: Server, officer: Officer, look: Session
) -> None:
    data = film(12 << 20)
    place = begin(officer, data)
    append(officer, officer.base, place, data, 0)
    with half_an_append(officer, place, data, PIECE, size=4 << 20):
        left = loose_files(look, at_least=1)
        server.kill()
    server.start()
    long_ago = (clock.now() - timedelta(days=31)).timestamp()
    root = storage.folder()
    assert root is not None
    for path in (path for path in root.rglob("*") if path.is_file()):
        os.utime(path, (long_ago, long_ago))
    orphans.drop_orphans(ids.new_id(), {})
    assert left and not any(path.exists() for path in left)
    offset = offset_of(officer, place)
    while offset < len(data):
        append(officer, officer.base, place, data, offset)
        offset = offset_of(officer, place)
    assert state_of(look) == "verified"


def loose_files(look: Session, at_least: int) -> list[Path]:
    """Wait until there are ``at_least`` files of pieces that no row names, and return them."""
    root = storage.folder()
    assert root is not None
    give_up = monotonic() + 30
    found: list[Path] = []
    while len(found) < at_least and monotonic() < give_up:
        named = {root / key for key in look.scalars(select(EvidencePiece.key))}
        look.rollback()
        found = [path for path in (root / "pieces").rglob("*") if path.is_file()]
        found = [path for path in found if path not in named]
    return found


def test_two_connections_at_the_same_offset_give_one_file(officer: Officer, look: Session) -> None:
    data = film(4 << 20)
    place = begin(officer, data)
    half = data[: 2 << 20]

    def send(_number: int) -> int:
        reply = append(officer, officer.base, place, half, 0)
        return int(reply.status_code)

    with ThreadPoolExecutor(4) as lines:
        statuses = sorted(lines.map(send, range(4)))
    assert statuses == [204, 409, 409, 409]
    assert offset_of(officer, place) == len(half)
    append(officer, officer.base, place, data, len(half))
    assert state_of(look) == "verified"

"""What the public and the office see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from backend.app.ledger import files, merkle, proofs, tiles
from backend.app.ledger.models import QueuedEntry
from backend.app.platform import clock
from backend.app.platform.transactions import unit_of_work
from tests.factories.ledger import append, fill
from tests.pure.ledger import note_reader


def test_a_stranger_can_verify_the_whole_log_with_what_is_public(app: Flask, client: Any) -> None:
    """Checkpoint, key and bundles over HTTP are enough; nothing of ours but the hash functions."""
    fill(300)
    key = client.get("/ledger/key").text.strip()
    lines = note_reader.read(client.get("/ledger/checkpoint").data, key)
    entries = tiles.unpack(client.get("/ledger/tile/entries/000").data)
    entries += tiles.unpack(client.get("/ledger/tile/entries/001.p/44").data)
    frontier = merkle.Frontier()
    for entry in entries:
        frontier.push(merkle.leaf_hash(entry))
    assert lines[:2] == [files.origin(), "300"]
    assert files.note.encode(frontier.root()) == lines[2]


def test_tiles_are_cached_for_ever_and_the_checkpoint_for_a_moment(app: Flask, client: Any) -> None:
    fill(2)
    tile, checkpoint = client.get("/ledger/tile/0/000.p/2"), client.get("/ledger/checkpoint")
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert checkpoint.headers["Cache-Control"] == "public, max-age=2"
    for reply in (tile, checkpoint):
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in reply.headers
    assert tile.content_type == "application/octet-stream"
    again = client.get("/ledger/checkpoint", headers={"If-None-Match": checkpoint.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "address",
    [
        "/ledger/checkpoint",
        "/ledger/tile/0/000",
        "/ledger/tile/0/000.p/2",
        "/ledger/tile/../checkpoint",
        "/ledger/tile/0/..%2f..%2fcheckpoint",
        "/ledger/tile/0/x000/000",
        "/ledger/entry/0.tlog-proof",
        "/ledger/entry/99999999999999999999.tlog-proof",
    ],
)
def test_what_is_not_there_is_a_plain_404(app: Flask, client: Any, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_proof_can_be_downloaded_and_verifies(app: Flask, client: Any) -> None:
    append("370399-2026-P2-003", entry_type="draw.frozen")
    reply = client.get("/ledger/entry/0.tlog-proof")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="entry-0.tlog-proof"'
    assert proofs.verify(reply.data, files.verifier_key()).entry["type"] == "draw.frozen"


def test_the_public_page_shows_checkpoint_key_and_newest_entries(app: Flask, client: Any) -> None:
    assert "尚未签名" in client.get("/ledger/").text
    fill(30)
    page = client.get("/ledger/").text
    assert files.verifier_key().text().replace("+", "&#43;") in page.replace("+", "&#43;")
    assert "n-29" in page
    assert "n-9<" not in page
    assert "检查任务派发" in page


def test_the_public_page_is_there_in_english(app: Flask, client: Any) -> None:
    fill(1)
    page = client.get("/ledger/", headers={"X-Lang": "en"}).text
    assert "What it does not prove" in page
    assert "Visit dispatched" in page


def test_the_office_sees_newest_entries_first_page_by_page(
    app: Flask, client: Any, sign_in: Any
) -> None:
    sign_in(client, role="supervisor")
    fill(120)
    first = client.get("/office/ledger").text
    assert first.index("n-119<") < first.index("n-118<")
    assert "n-69<" not in first
    assert "n-69<" in client.get("/office/ledger?page=2").text
    assert "n-0<" in client.get("/office/ledger?page=999").text


def test_the_office_filters_by_type_and_subject(app: Flask, client: Any, sign_in: Any) -> None:
    sign_in(client, role="oversight")
    fill(5)
    append("370399-2026-P2-003", entry_type="draw.frozen")
    by_type = client.get("/office/ledger?type=draw.frozen").text
    assert "370399-2026-P2-003" in by_type
    assert "n-4" not in by_type
    by_subject = client.get("/office/ledger?subject=%20n-4%20").text
    assert "n-4<" in by_subject
    assert "n-3<" not in by_subject
    assert "没有符合条件的记录" in client.get("/office/ledger?subject=nobody").text


@pytest.mark.parametrize("query", ["page=0", "page=-3", "page=x", "page=", "page=1e9", "x=1"])
def test_an_edited_address_still_gives_a_page(
    app: Flask, client: Any, sign_in: Any, query: str
) -> None:
    sign_in(client, role="supervisor")
    assert client.get(f"/office/ledger?{query}").status_code == 200


def test_an_empty_ledger_says_so(app: Flask, client: Any, sign_in: Any) -> None:
    sign_in(client, role="supervisor")
    page = client.get("/office/ledger?type=export.made").text
    assert "没有符合条件的记录" in page


def test_the_office_is_warned_when_entries_wait_too_long(
    app: Flask, client: Any, sign_in: Any
) -> None:
    sign_in(client, role="supervisor")
    assert "两分钟" not in client.get("/office/ledger").text
    with unit_of_work() as session:
        session.add(
            QueuedEntry(
                leaf_hash=b"\x01" * 32,
                type="draw.result",
                subject="stuck",
                actor="system",
                at=clock.now() - timedelta(minutes=3),
                entry=b"{}",
            )
        )
    assert "两分钟" in client.get("/office/ledger").text


def test_the_office_page_is_for_the_office(app: Flask, client: Any, sign_in: Any) -> None:
    assert client.get("/office/ledger").status_code == 303
    sign_in(client, role="inspector")
    assert client.get("/office/ledger").status_code == 403

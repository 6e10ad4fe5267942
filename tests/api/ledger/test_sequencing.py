"""From a business transaction to a signed place in the log."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from flask import Flask
from pymerkle import InmemoryTree
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.ledger import files, merkle, note, proofs, service
from backend.app.ledger.models import LedgerEntry, QueuedEntry, SignedCheckpoint
from backend.app.platform import clock
from backend.app.platform.transactions import read_session, unit_of_work
from tests.factories.ledger import append, fill, finding, public_file


class Refused(Exception):
    """Something in the business transaction went wrong."""


def subjects(session: Session) -> list[str]:
    return list(session.scalars(select(LedgerEntry.subject).order_by(LedgerEntry.index)))


def test_an_entry_exists_exactly_when_its_business_transaction_committed(
    app: Flask, session: Session
) -> None:
    with pytest.raises(Refused), unit_of_work() as work:
        service.append(work, "draw.voided", actor="oversight", subject="lost", body={})
        raise Refused
    append("kept")
    assert subjects(session) == ["kept"]


def test_entries_of_one_transaction_keep_their_order(app: Flask, session: Session) -> None:
    fill(700)
    assert subjects(session) == [f"n-{number}" for number in range(700)]
    assert list(session.scalars(select(LedgerEntry.index).order_by(LedgerEntry.index))) == list(
        range(700)
    )


def test_the_published_root_is_the_one_pymerkle_computes(app: Flask, session: Session) -> None:
    for count, start in ((1, 0), (254, 1), (1, 255), (300, 256), (3, 556)):
        fill(count, start)
    oracle = InmemoryTree(algorithm="sha256")
    for entry in session.scalars(select(LedgerEntry.entry).order_by(LedgerEntry.index)):
        oracle.append_entry(entry)
    signed = note.open_checkpoint(service.checkpoint() or "", files.verifier_key())
    assert (signed.size, signed.root) == (559, oracle.get_root())
    assert finding() is None


def test_what_committed_late_is_found_although_a_later_one_went_before(
    app: Flask, session: Session
) -> None:
    """The queue's order has a hole while a transaction is open; nothing may be skipped."""
    append("early")
    append("middle")
    with unit_of_work() as work:
        work.add(
            QueuedEntry(
                position=1,
                leaf_hash=merkle.leaf_hash(b"{}"),
                type="draw.result",
                subject="late",
                actor="system",
                at=clock.now(),
                entry=b"{}",
            )
        )
    service.sequence_now()
    assert subjects(session) == ["early", "middle", "late"]


def test_sequencing_twice_signs_nothing_new(app: Flask, session: Session) -> None:
    fill(3)
    before = service.checkpoint()
    assert service.sequence_now() == 0
    assert service.checkpoint() == before
    assert len(session.scalars(select(SignedCheckpoint)).all()) == 1


def test_sequencers_running_at_once_leave_no_gap_and_lose_nothing(app: Flask) -> None:
    """Four writers, each appending and sequencing in its own thread."""
    barrier, failures = Barrier(4), []

    def work(name: str) -> None:
        with app.app_context():
            barrier.wait()
            try:
                for number in range(12):
                    append(f"{name}-{number}")
            except Exception as error:
                failures.append(error)

    threads = [Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    service.sequence_now()
    with read_session() as session:
        found = subjects(session)
    assert sorted(found) == sorted(f"{name}-{n}" for name in "abcd" for n in range(12))
    for name in "abcd":
        own = [subject for subject in found if subject.startswith(name)]
        assert own == [f"{name}-{n}" for n in range(12)]
    assert finding() is None


def test_partial_tiles_go_when_their_full_tile_is_published(app: Flask) -> None:
    fill(200)
    assert public_file("tile/0/000.p/200").exists()
    fill(100, 200)
    assert public_file("tile/0/000").stat().st_size == 8192
    assert not public_file("tile/0/000.p/200").exists()
    assert not public_file("tile/entries/000.p/200").exists()
    assert public_file("tile/0/001.p/44").exists()
    assert finding() is None


def test_a_proof_of_a_public_step_opens_its_body(app: Flask, session: Session) -> None:
    fill(20)
    append("370399-2026-P2-003", entry_type="draw.frozen", body="ab" * 32)
    fill(20, 20)
    proof = service.proof_for(session, "draw.frozen", "370399-2026-P2-003")
    proven = proofs.verify(proof or b"", files.verifier_key())
    assert proven.index == 20 == service.index_of(session, "draw.frozen", "370399-2026-P2-003")
    assert proven.body == {"about": "ab" * 32}


def test_a_proof_of_a_record_keeps_its_body_back(app: Flask, session: Session) -> None:
    append("visit-1", entry_type="record.confirmed", body="who decided")
    proof = service.proof_for(session, "record.confirmed", "visit-1") or b""
    assert proofs.verify(proof, files.verifier_key()).body is None
    assert b"who decided" not in proof


def test_an_erased_body_leaves_the_entry_proven(app: Flask, session: Session) -> None:
    append("370399-2026-P2-003", entry_type="draw.voided", body="a reason")
    with unit_of_work() as work:
        assert service.erase_body(work, 0)
        assert not service.erase_body(work, 0)
    proof = service.proof_for(session, "draw.voided", "370399-2026-P2-003") or b""
    assert proofs.verify(proof, files.verifier_key()).body is None
    assert finding() is None


def test_there_is_no_proof_before_there_is_an_entry(app: Flask, session: Session) -> None:
    fill(2)
    assert service.proof_for(session, "draw.frozen", "n-1") is None
    assert service.index_of(session, "visit.dispatched", "n-9") is None
    assert service.proof_at(session, 2) is None

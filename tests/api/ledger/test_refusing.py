"""What fsck finds, what the sequencer refuses to sign, and what can be mended."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from backend.app.ledger import files, fsck, merkle, note, repair, service, tiles
from backend.app.ledger.errors import DamagedFiles, DivergedLog, ShorterLog
from backend.app.ledger.models import LedgerEntry, QueuedEntry, SignedCheckpoint
from backend.app.platform.transactions import read_session, unit_of_work
from tests.factories.ledger import append, fill, finding, public_file

Rows = list[dict[str, object]]


def flip(path: Path, at: int) -> None:
    """Change one bit of a published file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def restore_shorter(length: int) -> None:
    """Leave the database as an older backup has it: the first ``length`` entries only."""
    with unit_of_work() as session:
        session.execute(delete(LedgerEntry).where(LedgerEntry.index >= length))
        session.execute(delete(SignedCheckpoint).where(SignedCheckpoint.size > length))


def spoil_tile() -> None:
    flip(public_file("tile/0/001"), 32 * 44)


def spoil_bundle() -> None:
    path = public_file("tile/entries/001")
    entries = tiles.unpack(path.read_bytes())
    path.write_bytes(tiles.pack([*entries[:44], entries[44][:-2] + b"~}", *entries[45:]]))


def spoil_row() -> None:
    with unit_of_work() as session:
        session.execute(update(LedgerEntry).where(LedgerEntry.index == 300).values(subject="other"))


def spoil_body() -> None:
    with unit_of_work() as session:
        session.execute(update(LedgerEntry).where(LedgerEntry.index == 300).values(body=b"{}"))


def drop_row() -> None:
    with unit_of_work() as session:
        session.execute(delete(LedgerEntry).where(LedgerEntry.index == 300))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (spoil_tile, "entry.differs"),
        (spoil_bundle, "entry.differs"),
        (spoil_row, "row.differs"),
        (spoil_body, "body.differs"),
        (drop_row, "row.missing"),
    ],
)
def test_one_changed_entry_is_found_and_named(
    app: Flask, spoil: Callable[[], None], code: str
) -> None:
    fill(600)
    assert finding() is None
    spoil()
    found = finding()
    assert found is not None
    assert (found.index, found.code) == (300, code)


def test_a_rewritten_past_is_found_by_the_checkpoints_that_were_signed(app: Flask) -> None:
    """Somebody with the disk and the database rewrites entry 300 everywhere, hashes included."""
    fill(290)
    fill(100, 290)
    fill(300, 390)
    path = public_file("tile/entries/001")
    entries = tiles.unpack(path.read_bytes())
    entries[44] = entries[44].replace(b"n-300", b"n-301")
    path.write_bytes(tiles.pack(entries))
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    public_file("tile/0/001").write_bytes(b"".join(leaves))
    with unit_of_work() as session:
        session.execute(
            update(LedgerEntry)
            .where(LedgerEntry.index == 300)
            .values(entry=entries[44], leaf_hash=leaves[44], subject="n-301", body=None)
        )
    found = finding()
    assert found is not None
    assert (found.index, found.code, found.where) == (290, "checkpoint.differs", "size 390")


def test_an_upper_tile_that_does_not_fit_its_leaves_is_named(app: Flask) -> None:
    fill(600)
    flip(public_file("tile/1/000.p/2"), 33)
    found = finding()
    assert found is not None
    assert (found.index, found.code, found.where) == (256, "tile.differs", "1/000.p/2")


def test_a_missing_tile_is_named_and_nothing_is_signed_on_top(app: Flask) -> None:
    fill(600)
    public_file("tile/0/002.p/88").unlink()
    found = finding()
    assert found is not None
    assert (found.index, found.code) == (512, "tile.missing")
    append_unsigned("one-more")
    with pytest.raises(DamagedFiles):
        service.sequence_now()


def append_unsigned(subject: str) -> None:
    """Append while the log cannot go on: the business fact commits, the entry waits."""
    append(subject)
    with read_session() as session:
        assert session.scalar(select(QueuedEntry.subject)) == subject


def test_a_restored_shorter_log_refuses_to_sign_and_changes_nothing(app: Flask) -> None:
    fill(40)
    before = service.checkpoint()
    restore_shorter(25)
    append_unsigned("after-restore")
    with pytest.raises(ShorterLog) as refusal:
        service.sequence_now()
    assert (refusal.value.index, refusal.value.length) == (25, 25)
    assert service.checkpoint() == before
    with read_session() as session:
        assert session.scalar(select(LedgerEntry).where(LedgerEntry.index == 25)) is None
        assert fsck.check(session).finding == fsck.Finding(25, "row.missing")


def test_a_restored_log_takes_its_published_entries_back_and_goes_on(app: Flask) -> None:
    fill(300)
    restore_shorter(200)
    append_unsigned("after-restore")
    assert repair.recover() == 100
    service.sequence_now()
    assert finding() is None
    with read_session() as session:
        assert service.index_of(session, "ledger.recovered", "entries:200-299") == 301
        assert service.index_of(session, "visit.dispatched", "after-restore") == 300
        row = session.get_one(LedgerEntry, 250)
        assert (row.subject, row.body) == ("n-250", None)


def test_an_entry_that_waited_in_the_backup_keeps_its_body_when_taken_back(app: Flask) -> None:
    fill(5)
    with unit_of_work() as session:
        last = session.get_one(LedgerEntry, 4)
        kept = {name: getattr(last, name) for name in ("type", "subject", "actor", "at", "entry")}
        session.add(QueuedEntry(leaf_hash=last.leaf_hash, salt=last.salt, body=last.body, **kept))
    restore_shorter(4)
    assert repair.recover() == 1
    with read_session() as session:
        assert session.get_one(LedgerEntry, 4).body is not None
        assert session.scalar(select(QueuedEntry).where(QueuedEntry.subject == "n-4")) is None


def test_a_database_with_another_past_is_refused_and_not_taken_over(app: Flask) -> None:
    fill(40)
    restore_shorter(30)
    with unit_of_work() as session:
        session.execute(
            update(LedgerEntry).where(LedgerEntry.index == 7).values(leaf_hash=b"\x01" * 32)
        )
    with pytest.raises(DivergedLog) as refusal:
        repair.recover()
    assert refusal.value.index == 7


def test_a_different_newest_entry_is_refused(app: Flask) -> None:
    fill(40)
    with unit_of_work() as session:
        session.execute(
            update(LedgerEntry).where(LedgerEntry.index == 39).values(leaf_hash=b"\x01" * 32)
        )
    append_unsigned("one-more")
    with pytest.raises(DivergedLog) as refusal:
        service.sequence_now()
    assert refusal.value.index == 39


def test_a_lost_store_is_written_again_with_the_same_checkpoint(app: Flask) -> None:
    for count, start in ((300, 0), (5, 300), (255, 305)):
        fill(count, start)
    before = service.checkpoint()
    shutil.rmtree(public_file(""))
    append_unsigned("while-lost")
    with pytest.raises(DamagedFiles):
        service.sequence_now()
    assert repair.rebuild() == 560
    assert service.checkpoint() == before
    service.sequence_now()
    assert service.published_size() == 561
    assert finding() is None


def test_a_store_is_not_written_again_from_a_database_with_another_past(app: Flask) -> None:
    fill(10)
    fill(10, 10)
    with unit_of_work() as session:
        session.execute(update(LedgerEntry).where(LedgerEntry.index == 12).values(entry=b"{}"))
    with pytest.raises(DivergedLog) as refusal:
        repair.rebuild()
    assert refusal.value.index == 10


def test_a_lost_checkpoint_file_is_put_back_from_the_database(app: Flask) -> None:
    fill(10)
    before = service.checkpoint()
    public_file("checkpoint").unlink()
    service.sequence_now()
    assert service.checkpoint() == before


def test_a_checkpoint_that_is_not_ours_stops_the_log(app: Flask) -> None:
    fill(10)
    text = public_file("checkpoint").read_text()
    public_file("checkpoint").write_text(text.replace("\n10\n", "\n11\n"))
    with pytest.raises(DamagedFiles):
        service.sequence_now()
    assert finding() == fsck.Finding(0, "checkpoint.unreadable", "ledger/checkpoint")


def test_a_printed_checkpoint_shows_that_the_log_was_replaced(app: Flask) -> None:
    """Database and store were both restored: only what somebody kept outside can tell."""
    fill(20)
    with read_session() as session:
        assert fsck.check(session, service.checkpoint()).finding is None
    root = merkle.leaf_hash(b"another history")
    text = note.Checkpoint(files.origin(), 15, root).text()
    printed = text + "\n" + note.sign(text, files.origin(), files.signing_key())
    with read_session() as session:
        found = fsck.check(session, printed).finding
    assert found == fsck.Finding(0, "checkpoint.differs", "size 15")
    longer = note.Checkpoint(files.origin(), 25, root).text()
    printed = longer + "\n" + note.sign(longer, files.origin(), files.signing_key())
    with read_session() as session:
        found = fsck.check(session, printed).finding
    assert found == fsck.Finding(20, "log.shorter", "size 25")

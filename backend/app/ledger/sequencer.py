"""Gives entries their indices and publishes the grown log: tiles first, checkpoint last.

Two transactions, each under the log's lock. The first moves what waits in the queue behind the
last index; once that is committed, an entry's place can never change. The second writes tiles
from what the database holds and then the checkpoint. A process killed anywhere in between leaves
work that the next run does again with the same result. Before anything is signed, the published
checkpoint is held against the database: a shorter or different one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from ..platform import clock, jobs
from ..platform.transactions import unit_of_work
from . import files, note, stamping, tiles
from .errors import DamagedFiles, DivergedLog, ShorterLog, WitnessAhead
from .merkle import EMPTY_ROOT
from .models import LedgerEntry, QueuedEntry, SignedCheckpoint, Witness

SEQUENCE = "ledger.sequence"
COSIGN = "ledger.cosign"
AHEAD = "ahead"
BATCH = 4096
_LOCK = 0x4C45444745523031  # "LEDGER01", the advisory lock's number on PostgreSQL
_MOVED = ("leaf_hash", "type", "subject", "actor", "at", "entry", "salt", "body")


@contextmanager
def exclusive() -> Iterator[Session]:
    """A unit of work that holds the log's lock: SQLite's write lock, PostgreSQL's advisory one."""
    with unit_of_work() as session:
        if session.connection().dialect.name == "postgresql":
            session.execute(sql("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield session


def sequence() -> int:
    """Index and publish everything that waits; returns how many entries got an index.

    Safe to run anywhere at any time, also twice at once. Raises a
    :class:`~.errors.LogRefuses` when the log cannot go on; then nothing was changed.
    """
    total = 0
    while True:
        with exclusive() as session:
            _tip(session)
            moved = _assign(session)
        with exclusive() as session:
            _publish(session, _tip(session))
        total += moved
        if moved < BATCH:
            return total


def length(session: Session) -> int:
    """Return how many entries have an index."""
    last = session.scalar(select(func.max(LedgerEntry.index)))
    return 0 if last is None else last + 1


def waiting(session: Session) -> int:
    """Return how many entries are committed and have no index yet."""
    return session.scalar(select(func.count()).select_from(QueuedEntry)) or 0


def known_checkpoint(session: Session) -> note.Checkpoint:
    """The longest checkpoint this log has signed, by the store's memory and the database's.

    Raises DamagedFiles when the published one is not a checkpoint of this log.
    """
    newest = session.scalar(
        select(SignedCheckpoint).order_by(SignedCheckpoint.size.desc()).limit(1)
    )
    known = note.Checkpoint(files.origin(), 0, EMPTY_ROOT)
    if newest is not None:
        known = note.Checkpoint(files.origin(), newest.size, newest.root)
    published = files.read_checkpoint()
    if published is None:
        return known
    try:
        found = note.open_checkpoint(published, files.verifier_key())
    except note.BadNote as error:
        raise DamagedFiles(known.size, length(session)) from error
    if found.size == known.size and found.root != known.root:
        raise DivergedLog(found.size - 1, length(session))
    return found if found.size > known.size else known


def _tip(session: Session) -> note.Checkpoint:
    """Return the checkpoint to go on from, after comparing it with the database and the tiles."""
    known = known_checkpoint(session)
    count = length(session)
    if count < known.size:
        raise ShorterLog(count, count)
    ahead = session.scalar(select(Witness).where(Witness.active, Witness.problem == AHEAD).limit(1))
    if ahead is not None:
        raise WitnessAhead(known.size, count)
    _check_edge(session, known, count)
    return known


def _check_edge(session: Session, known: note.Checkpoint, count: int) -> None:
    """Tiles must give the signed root, and the newest tile must hold the database's entries."""
    tree = tiles.TileTree(known.size, files.fetch_tile)
    try:
        if tree.root() != known.root:
            raise DamagedFiles(known.size - known.size % tiles.WIDTH, count)
        newest = tree.tile(0, (known.size - 1) // tiles.WIDTH) if known.size else []
    except tiles.DamagedTile as error:
        raise DamagedFiles(error.index, count) from error
    first = known.size - len(newest)
    for row, published in zip(rows(session, first, known.size), newest, strict=True):
        if row.leaf_hash != published:
            raise DivergedLog(row.index, count)


def rows(session: Session, start: int, end: int) -> list[LedgerEntry]:
    """Entries ``[start, end)``; raises DivergedLog at the first index that is not there."""
    found = session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.index >= start, LedgerEntry.index < end)
        .order_by(LedgerEntry.index)
    ).all()
    for expected, row in enumerate(found, start):
        if row.index != expected:
            raise DivergedLog(expected, length(session))
    if len(found) != end - start:
        raise DivergedLog(start + len(found), length(session))
    return list(found)


def _assign(session: Session) -> int:
    """Move up to BATCH waiting entries behind the last index; the caller has checked the log.

    The anti-join, not a remembered position, says what waits: a transaction that began early
    and committed late is found whenever it appears.
    """
    start = length(session)
    queued = session.scalars(
        select(QueuedEntry)
        .outerjoin(LedgerEntry, LedgerEntry.leaf_hash == QueuedEntry.leaf_hash)
        .where(LedgerEntry.index.is_(None))
        .order_by(QueuedEntry.position)
        .limit(BATCH)
    ).all()
    for index, row in enumerate(queued, start):
        session.add(LedgerEntry(index=index, **{name: getattr(row, name) for name in _MOVED}))
    session.flush()
    positions = [row.position for row in queued]
    session.execute(delete(QueuedEntry).where(QueuedEntry.position.in_(positions)))
    return len(queued)


def _publish(session: Session, tip: note.Checkpoint) -> None:
    """Write the tiles behind ``tip``, then sign and publish the new checkpoint."""
    _remember(session, tip)
    size = length(session)
    if size == tip.size:
        return
    base = tip.size - tip.size % tiles.WIDTH
    entries = [row.entry for row in rows(session, base, size)]
    edge = tiles.TileTree(tip.size, files.fetch_tile).edge()
    for tile in tiles.grow(tip.size, edge, entries):
        files.write_tile(tile)
    root = tiles.TileTree(size, files.fetch_tile).root()
    _remember(session, note.Checkpoint(files.origin(), size, root))
    files.delete_tiles(_outgrown(session, tip.size, size))
    if session.scalar(select(Witness.id).where(Witness.active).limit(1)) is not None:
        jobs.enqueue(session, COSIGN, {})
    stamping.plan(session)


def _remember(session: Session, checkpoint: note.Checkpoint) -> None:
    """Make store and database both hold ``checkpoint``, the store first."""
    if checkpoint.size == 0:
        return
    text = checkpoint.text()
    signed = text + "\n" + note.sign(text, checkpoint.origin, files.signing_key())
    published = files.read_checkpoint()
    if published is None or note.parse(published).text != text:
        files.write_checkpoint(signed)
    if session.get(SignedCheckpoint, checkpoint.size) is None:
        session.add(
            SignedCheckpoint(
                size=checkpoint.size, root=checkpoint.root, note=signed, signed_at=clock.now()
            )
        )


def _outgrown(session: Session, before: int, size: int) -> list[str]:
    """Names of partial tiles of checkpoints whose full tile exists since this growth."""
    first = before - before % tiles.WIDTH
    last = size - size % tiles.WIDTH
    sizes = session.scalars(
        select(SignedCheckpoint.size).where(
            SignedCheckpoint.size > first, SignedCheckpoint.size < last
        )
    )
    return [
        tiles.tile_name(level, partial // tiles.WIDTH, partial % tiles.WIDTH)
        for partial in sizes
        if partial % tiles.WIDTH
        for level in (0, tiles.ENTRIES)
    ]

"""What may be done after a disk or a database was lost. Neither invents or drops an entry.

``rebuild`` writes the public files again from the database, and only when they give the root
that was signed. ``recover`` gives a database restored from an older backup the entries that were
published since, from the public files; their bodies are gone and stay gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import files, merkle, note, sequencer, service, tiles
from .errors import DamagedFiles, DivergedLog, ShorterLog
from .models import LedgerEntry, QueuedEntry, SignedCheckpoint

RECOVERED = "ledger.recovered"


def rebuild() -> int:
    """Write all tiles and the newest checkpoint again from the database; returns the log's size.

    Raises ShorterLog when the database has fewer entries than the newest checkpoint, and
    DivergedLog when its entries do not give the roots that were signed.
    """
    with sequencer.exclusive() as session:
        marks = _marks(session)
        if not marks:
            return 0
        newest, signed = marks[-1]
        count = sequencer.length(session)
        if count < newest.size:
            raise ShorterLog(count, count)
        _compare_with_marks(session, [mark for mark, _signed in marks], count)
        edge: dict[int, list[bytes]] = {}
        for start, rows in _batches(session, newest.size):
            for tile in tiles.grow(start, edge, [row.entry for row in rows]):
                files.write_tile(tile)
        _write_edge(newest.size, edge)
        files.write_checkpoint(signed)
        return newest.size


def recover() -> int:
    """Take into the database the published entries that it lacks; returns how many.

    A taken entry that still waits in the restored queue keeps its body. Leaves an entry of type
    ``ledger.recovered`` that says which places were taken over. Raises DamagedFiles when the
    files do not give the published root, DivergedLog when the database has other entries.
    """
    with sequencer.exclusive() as session:
        count = sequencer.length(session)
        published = _published(count)
        tree = tiles.TileTree(published.size, files.fetch_tile)
        try:
            if tree.root() != published.root:
                raise DamagedFiles(0, count)
            _compare_with_tiles(session, tree, count)
            for index, entry in _published_entries(count, published.size):
                _take(session, index, entry)
        except tiles.DamagedTile as damage:
            raise DamagedFiles(damage.index, count) from damage
        taken = max(0, published.size - count)
        if taken:
            service.append(
                session,
                RECOVERED,
                actor="system",
                subject=f"entries:{count}-{published.size - 1}",
                body={"first": count, "count": taken},
            )
        return taken


def _marks(session: Session) -> list[tuple[note.Checkpoint, str]]:
    """Every checkpoint signed so far that can be read, with its note, by size."""
    notes = list(session.scalars(select(SignedCheckpoint.note)))
    published = files.read_checkpoint()
    if published is not None:
        notes.append(published)
    found = {}
    for text in notes:
        try:
            checkpoint = note.open_checkpoint(text, files.verifier_key())
        except note.BadNote:
            continue
        found[checkpoint.size] = (checkpoint, text)
    return [found[size] for size in sorted(found)]


def _published(count: int) -> note.Checkpoint:
    signed = files.read_checkpoint()
    try:
        return note.open_checkpoint(signed or "", files.verifier_key())
    except note.BadNote as error:
        raise DamagedFiles(0, count) from error


def _batches(session: Session, size: int) -> Iterator[tuple[int, list[LedgerEntry]]]:
    """Rows ``[0, size)`` in steps that start at whole tiles."""
    for start in range(0, size, sequencer.BATCH):
        yield start, sequencer.rows(session, start, min(start + sequencer.BATCH, size))
        session.expunge_all()


def _compare_with_marks(session: Session, marks: list[note.Checkpoint], count: int) -> None:
    frontier, agreed, left = merkle.Frontier(), 0, list(marks)
    for _start, rows in _batches(session, marks[-1].size):
        for row in rows:
            frontier.push(merkle.leaf_hash(row.entry))
            if left[0].size == frontier.size:
                if left.pop(0).root != frontier.root():
                    raise DivergedLog(agreed, count)
                agreed = frontier.size


def _compare_with_tiles(session: Session, tree: tiles.TileTree, count: int) -> None:
    for start, rows in _batches(session, min(count, tree.size)):
        for index, row in enumerate(rows, start):
            if row.leaf_hash != tree.tile(0, index // tiles.WIDTH)[index % tiles.WIDTH]:
                raise DivergedLog(index, count)


def _published_entries(first: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Entries ``[first, size)`` from the bundles, each held against its hash."""
    for place in range(first // tiles.WIDTH, -(-size // tiles.WIDTH)):
        start = place * tiles.WIDTH
        width = min(tiles.WIDTH, size - start)
        hashes = tiles.hashes_of(tiles.read_tile(files.fetch_tile, 0, place, width))
        entries = tiles.read_bundle(files.fetch_tile, place, width)
        for index, (entry, expected) in enumerate(zip(entries, hashes, strict=True), start):
            if merkle.leaf_hash(entry) != expected:
                raise tiles.DamagedTile(tiles.tile_name(tiles.ENTRIES, place, width), index)
            if index >= first:
                yield index, entry


def _take(session: Session, index: int, entry: bytes) -> None:
    leaf = merkle.leaf_hash(entry)
    waiting = session.scalar(select(QueuedEntry).where(QueuedEntry.leaf_hash == leaf))
    shown = json.loads(entry)
    session.add(
        LedgerEntry(
            index=index,
            leaf_hash=leaf,
            type=shown["type"],
            subject=shown["subject"],
            actor=shown["actor"],
            at=datetime.fromisoformat(shown["at"]),
            entry=entry,
            salt=waiting.salt if waiting else None,
            body=waiting.body if waiting else None,
        )
    )
    if waiting is not None:
        session.delete(waiting)


def _write_edge(size: int, edge: dict[int, list[bytes]]) -> None:
    for level, hashes in edge.items():
        if hashes:
            place = size // tiles.WIDTH ** (level + 1)
            name = tiles.tile_name(level, place, len(hashes))
            files.write_tile(tiles.Tile(name, b"".join(hashes)))

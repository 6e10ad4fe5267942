"""Reads the whole log again and names the first entry that is not what it was.

Every bundle, every tile, every row and every checkpoint ever signed is held against the others.
Nothing is changed here; ``repair`` has what can be done about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..platform import clock
from . import files, merkle, note, rules, sequencer, stamping, tiles
from .errors import NoTimestamp
from .models import LedgerEntry, SignedCheckpoint

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong: at which entry, what (a code), where (a name or "")."""

    index: int
    code: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a reading found; ``finding`` is None when everything holds."""

    published: int
    recorded: int
    waiting_to_publish: int
    finding: Finding | None


class _Found(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.code)


def check(session: Session, against: str | None = None, progress: Progress | None = None) -> Report:
    """Read everything and report; ``against`` is a checkpoint kept elsewhere (a printed one).

    Codes: checkpoint.missing, checkpoint.unreadable, checkpoint.other_log, log.shorter,
    tile.missing, tile.differs, bundle.missing, entry.differs, row.missing, row.differs,
    body.differs, checkpoint.differs, row.gap, stamp.invalid.
    """
    recorded = session.scalar(select(func.count()).select_from(LedgerEntry)) or 0
    published = 0
    try:
        checkpoint = _published(recorded)
        published = checkpoint.size
        marks = _marks(session, checkpoint, against)
        _Walk(session, checkpoint.size, marks).run(progress)
        _check_gaps(session, recorded)
    except _Found as found:
        return Report(published, recorded, max(0, recorded - published), found.finding)
    return Report(published, recorded, recorded - published, None)


def _check_gaps(session: Session, recorded: int) -> None:
    if sequencer.length(session) != recorded:
        raise _Found(Finding(recorded, "row.gap"))


def _published(recorded: int) -> note.Checkpoint:
    data = files.read_checkpoint()
    if data is None:
        if recorded:
            raise _Found(Finding(0, "checkpoint.missing", files.CHECKPOINT))
        return note.Checkpoint(files.origin(), 0, merkle.EMPTY_ROOT)
    return _open(data, "checkpoint.unreadable", files.CHECKPOINT)


def _open(data: str, code: str, where: str) -> note.Checkpoint:
    try:
        return note.open_checkpoint(data, files.verifier_key())
    except note.BadNote:
        raise _Found(Finding(0, code, where)) from None


def _marks(
    session: Session, published: note.Checkpoint, against: str | None
) -> list[note.Checkpoint]:
    """Return every checkpoint that the log must agree with, by size."""
    rows = session.scalars(select(SignedCheckpoint).order_by(SignedCheckpoint.size))
    marks = [_open(row.note, "checkpoint.unreadable", f"size {row.size}") for row in rows]
    marks.append(published)
    marks += _stamped()
    if against is not None:
        marks.append(_open(against, "checkpoint.other_log", "--against"))
    longest = max(mark.size for mark in marks)
    if longest > published.size:
        raise _Found(Finding(published.size, "log.shorter", f"size {longest}"))
    return sorted(marks, key=lambda mark: mark.size)


def _stamped() -> list[note.Checkpoint]:
    """Return the checkpoint that a time stamping authority has stamped, or an empty list."""
    try:
        found = stamping.stamped()
    except NoTimestamp:
        raise _Found(Finding(0, "stamp.invalid", "timestamp/newest")) from None
    if found is not None and found.origin != files.origin():
        raise _Found(Finding(0, "stamp.invalid", "timestamp/newest"))
    return [] if found is None else [found]


class _Walk:
    """One reading of the log, entry by entry: files, rows and checkpoints are compared."""

    def __init__(self, session: Session, size: int, marks: list[note.Checkpoint]) -> None:
        self._session, self._size, self._marks = session, size, marks
        self._frontier = merkle.Frontier()
        self._edge: dict[int, list[bytes]] = {}
        self._agreed = 0

    def run(self, progress: Progress | None) -> None:
        """Read all bundles in order; raises _Found at the first thing that is wrong."""
        self._compare_marks()
        for place in range(-(-self._size // tiles.WIDTH)):
            self._step(place)
            if progress is not None:
                progress(self._frontier.size, self._size)
        for level, hashes in self._edge.items():
            if hashes:
                where = self._size // tiles.WIDTH ** (level + 1)
                name = tiles.tile_name(level, where, len(hashes))
                self._compare_tile(level, where, tiles.Tile(name, b"".join(hashes)))

    def _step(self, place: int) -> None:
        start = place * tiles.WIDTH
        width = min(tiles.WIDTH, self._size - start)
        entries = _bundle(place, width)
        published = _hashes(place, width)
        rows = _rows(self._session, start, start + width)
        for offset, entry in enumerate(entries):
            index, leaf = start + offset, merkle.leaf_hash(entry)
            if offset >= len(published) or leaf != published[offset]:
                raise _Found(Finding(index, "entry.differs", tiles.tile_name(0, place, width)))
            _compare_row(rows.get(index), index, entry)
            self._frontier.push(leaf)
            self._compare_marks()
        for tile in tiles.grow(start, self._edge, entries):
            level, _, rest = tile.name.partition("/")
            if level not in ("0", tiles.ENTRIES) and ".p/" not in rest:
                self._compare_tile(int(level), place // tiles.WIDTH ** int(level), tile)

    def _compare_marks(self) -> None:
        while self._marks and self._marks[0].size == self._frontier.size:
            mark = self._marks.pop(0)
            if mark.root != self._frontier.root():
                raise _Found(Finding(self._agreed, "checkpoint.differs", f"size {mark.size}"))
            self._agreed = mark.size

    def _compare_tile(self, level: int, place: int, expected: tiles.Tile) -> None:
        """Compare an upper tile with the leaves below it; a finding names the first wrong leaf."""
        width = len(expected.data) // merkle.HASH_BYTES
        try:
            found = tiles.read_tile(files.fetch_tile, level, place, width)
        except tiles.DamagedTile as damage:
            raise _Found(Finding(damage.index, "tile.missing", damage.name)) from None
        if found == expected.data:
            return
        pairs = zip(tiles.hashes_of(found), tiles.hashes_of(expected.data), strict=False)
        at = next((i for i, (one, other) in enumerate(pairs) if one != other), 0)
        first = (place * tiles.WIDTH + at) * tiles.WIDTH**level
        raise _Found(Finding(first, "tile.differs", expected.name))


def _bundle(place: int, width: int) -> list[bytes]:
    try:
        entries = tiles.read_bundle(files.fetch_tile, place, width)
    except tiles.DamagedTile as damage:
        raise _Found(Finding(damage.index, "bundle.missing", damage.name)) from None
    if len(entries) != width:
        name = tiles.tile_name(tiles.ENTRIES, place, width)
        raise _Found(Finding(place * tiles.WIDTH + len(entries), "entry.differs", name))
    return entries


def _hashes(place: int, width: int) -> list[bytes]:
    try:
        return tiles.hashes_of(tiles.read_tile(files.fetch_tile, 0, place, width))
    except tiles.DamagedTile as damage:
        raise _Found(Finding(damage.index, "tile.missing", damage.name)) from None


def _rows(session: Session, start: int, end: int) -> dict[int, LedgerEntry]:
    query = select(LedgerEntry).where(LedgerEntry.index >= start, LedgerEntry.index < end)
    rows = {row.index: row for row in session.scalars(query)}
    session.expunge_all()
    return rows


def _compare_row(row: LedgerEntry | None, index: int, entry: bytes) -> None:
    """Compare a row with the published entry, and its body with what the entry commits to."""
    if row is None:
        raise _Found(Finding(index, "row.missing"))
    shown = json.loads(entry)
    columns = (row.type, row.subject, row.actor, clock.rfc3339(row.at))
    said = (shown["type"], shown["subject"], shown["actor"], shown["at"])
    if row.entry != entry or row.leaf_hash != merkle.leaf_hash(entry) or columns != said:
        raise _Found(Finding(index, "row.differs"))
    kept = row.salt is not None and row.body is not None
    if kept and rules.commitment(row.salt or b"", row.body or b"") != shown["sha256"]:
        raise _Found(Finding(index, "body.differs"))

"""The life of an import: a file is received, looked at, checked, imported or discarded.

Use cases own their transactions. The file and the checked rows live in the store; the batch row
says how far it is. Jobs do the long work (`import_work`); orders given twice count once.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform import clock, jobs, storage
from backend.app.platform.access import Actor
from backend.app.platform.errors import NotFound
from backend.app.platform.pagination import Page, paginate
from backend.app.platform.transactions import read_session, unit_of_work
from backend.app.registry.errors import FileUnreadable, WrongStep
from backend.app.registry.imports.csv_source import ENCODINGS
from backend.app.registry.imports.kinds import KINDS, Kind
from backend.app.registry.imports.mapping import problems_of_mapping
from backend.app.registry.imports.model import UnreadableFile
from backend.app.registry.imports.run import Preview, preview
from backend.app.registry.imports.source import Source, open_source
from backend.app.registry.imports.unpacking import refuse_exploding
from backend.app.registry.messages import unreadable
from backend.app.registry.models import ImportBatch, ImportProblem
from backend.app.registry.service.enterprises import kept_regions

CHECK, IMPORT = "registry.check", "registry.import"
_BUSY = frozenset({"checking", "importing"})
_OPEN = frozenset({"uploaded", "checked", "failed"})
_PIECE = 1 << 20
_LAST_HEADER = 1 << 20  # the last row a sheet has

DEFAULT_OPTIONS: dict[str, Any] = {
    "default_department": "",
    "default_region": "",
    "departments": {},
    "accept": [],
    "number_items": False,
}
"""Decisions of the person importing: a department or region for rows without one, what the
department names in the file stand for, accepted readings, whether to number items."""


def receive(batch_id: UUID, kind: str, filename: str, pieces: Iterable[bytes], by: Actor) -> UUID:
    """Keep an uploaded file and look at it. The same `batch_id` again changes nothing.

    Raises FileUnreadable with the reason.
    """
    with read_session() as session:
        if session.get(ImportBatch, batch_id) is not None:
            return batch_id
    with _spooled(pieces) as (path, size, digest):
        try:
            refuse_exploding(path)
            source = open_source(path)
            seen = preview(source, KINDS[kind])
        except UnreadableFile as error:
            raise FileUnreadable(unreadable(error.code)) from error
        with path.open("rb") as file:
            storage.put_new(_file_key(batch_id), iter(lambda: file.read(_PIECE), b""))
    batch = ImportBatch(
        id=batch_id,
        kind=kind,
        filename=Path(filename.replace("\\", "/")).name[-200:] or "file",
        size=size,
        sha256=digest,
        encoding=source.encoding,
        sheet=source.sheet[:120],
        header_row=seen.header_row,
        mapping=seen.mapping,
        options={**DEFAULT_OPTIONS, "default_department": str(by.department_id)},
        department_id=by.department_id,
        created_by=by.account_id,
        created_at=clock.now(),
    )
    with unit_of_work() as session:
        if session.get(ImportBatch, batch_id) is None:
            session.add(batch)
    return batch_id


@contextmanager
def _spooled(pieces: Iterable[bytes]) -> Iterator[tuple[Path, int, str]]:
    """The pieces as a temporary file: (path, bytes, SHA-256 in hex)."""
    digest = hashlib.sha256()
    size = 0
    with tempfile.NamedTemporaryFile(prefix="evenhand-import-") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        yield Path(file.name), size, digest.hexdigest()


@contextmanager
def opened(batch: ImportBatch) -> Iterator[Source]:
    """The batch's file as a table, with the encoding and sheet chosen. Raises FileUnreadable."""
    with _spooled(storage.stream(_file_key(batch.id))) as (path, _size, _digest):
        try:
            yield open_source(path, batch.encoding or None, batch.sheet or None)
        except UnreadableFile as error:
            raise FileUnreadable(unreadable(error.code)) from error


def look(batch: ImportBatch, header_row: int | None = None) -> tuple[Preview, tuple[str, ...]]:
    """The top of the batch's file and the names of its sheets."""
    with opened(batch) as source:
        return preview(source, KINDS[batch.kind], header_row or batch.header_row), source.sheets


def get_batch(session: Session, actor: Actor, batch_id: UUID) -> ImportBatch:
    """The batch; raises NotFound outside the departments this person sees."""
    batch = session.get(ImportBatch, batch_id)
    if batch is None or (batch.department_id not in actor.scope and not actor.sees_all):
        raise NotFound
    return batch


def list_batches(session: Session, actor: Actor, page: int) -> Page[ImportBatch]:
    """Imports of the departments this person sees, newest first."""
    query = select(ImportBatch).where(
        ImportBatch.department_id.in_(actor.scope), ImportBatch.state != "discarded"
    )
    return paginate(session, query.order_by(ImportBatch.created_at.desc()), page)


def reread(batch_id: UUID, encoding: str, sheet: str, *, header_row: int | None, by: Actor) -> None:
    """Read the file with another encoding, sheet or header row; the mapping is guessed anew.

    Raises WrongStep, FileUnreadable (nothing is changed then).
    """
    if encoding and encoding not in ENCODINGS:
        raise FileUnreadable(unreadable("unknown_encoding"))
    if header_row is not None and not 1 <= header_row <= _LAST_HEADER:
        header_row = None
    with read_session() as session:
        batch = _open_batch(session, by, batch_id)
        batch.encoding, batch.sheet = encoding or batch.encoding, sheet or batch.sheet
        wanted, kind = (batch.encoding, batch.sheet), KINDS[batch.kind]
        with opened(batch) as source:
            seen = preview(source, kind, header_row)
            wanted = (wanted[0], source.sheet[:120])
    with unit_of_work() as session:
        batch = _open_batch(session, by, batch_id)
        batch.encoding, batch.sheet = wanted
        batch.header_row = seen.header_row
        batch.mapping = seen.mapping
        batch.state = "uploaded"
        _forget_check(session, batch)


def order_check(
    batch_id: UUID, mapping: Mapping[str, int], options: Mapping[str, Any], by: Actor
) -> list[tuple[str, str]]:
    """Keep mapping and decisions and start the check; or give what is wrong with the mapping.

    Returns (code, field) pairs as `problems_of_mapping` does; empty when the check was started.
    """
    with read_session() as session:
        batch = _open_batch(session, by, batch_id)
        fields = KINDS[batch.kind].fields
        seen, _sheets = look(batch)
    names = {field.name for field in fields}
    mapping = {name: column for name, column in mapping.items() if name in names}
    wrong = problems_of_mapping(mapping, fields, len(seen.labels))
    with unit_of_work() as session:
        batch = _open_batch(session, by, batch_id)
        batch.mapping = mapping
        batch.options = {**batch.options, **options}
        if not wrong:
            _start_check(session, batch, by)
        return wrong


def decide(batch_id: UUID, options: Mapping[str, Any], by: Actor) -> None:
    """Change decisions after a check and check again."""
    with unit_of_work() as session:
        batch = _open_batch(session, by, batch_id)
        batch.options = {**batch.options, **options}
        _start_check(session, batch, by)


def accept_reading(batch_id: UUID, code: str, by: Actor) -> None:
    """Accept the likely readings of one kind of damage in the whole file and check again."""
    with unit_of_work() as session:
        batch = _open_batch(session, by, batch_id)
        batch.options = {
            **batch.options,
            "accept": sorted({*batch.options.get("accept", []), code}),
        }
        _start_check(session, batch, by)


def order_import(batch_id: UUID, *, only_good: bool, by: Actor) -> None:
    """Start writing: everything, or with `only_good` what has no errors. Twice counts once.

    Raises WrongStep when the check is not done, or found errors and `only_good` is not wanted.
    """
    with unit_of_work() as session:
        batch = get_batch(session, by, batch_id)
        if batch.state in {"importing", "done"}:
            return
        blocked = batch.counts.get("bad_entries", 0) and not only_good
        if batch.state != "checked" or blocked or not batch.counts.get("good_entries"):
            raise WrongStep
        batch.options = {**batch.options, "only_good": only_good}
        batch.state = "importing"
        _enqueue(session, batch, IMPORT, by)


def discard(batch_id: UUID, by: Actor) -> None:
    """Drop an import that was not done; its file and rows leave the store."""
    with unit_of_work() as session:
        batch = get_batch(session, by, batch_id)
        if batch.state in {"done", "importing"}:
            raise WrongStep
        batch.state = "discarded"
        _forget_check(session, batch)
        storage.delete([_file_key(batch_id), progress_key(batch_id)])


def _open_batch(session: Session, actor: Actor, batch_id: UUID) -> ImportBatch:
    batch = get_batch(session, actor, batch_id)
    if batch.state not in _OPEN:
        raise WrongStep
    return batch


def _start_check(session: Session, batch: ImportBatch, by: Actor) -> None:
    _forget_check(session, batch)
    batch.state = "checking"
    _enqueue(session, batch, CHECK, by)


def _enqueue(session: Session, batch: ImportBatch, kind: str, by: Actor) -> None:
    """Order the job, with who ordered it and what that person keeps at this moment."""
    batch.run += 1
    batch.failure = ""
    storage.put_bytes(progress_key(batch.id), b"0 0")
    payload = {
        "batch": str(batch.id),
        "run": batch.run,
        "by": str(by.account_id),
        "name": by.name,
        "departments": sorted(map(str, accounts.permitted(session, by, "registry.import"))),
        "regions": list(kept_regions(session, by)),
    }
    jobs.enqueue(session, kind, payload, by=by.account_id)


def _forget_check(session: Session, batch: ImportBatch) -> None:
    session.execute(delete(ImportProblem).where(ImportProblem.batch_id == batch.id))
    if "run" in batch.counts:
        run, parts = batch.counts["run"], batch.counts["parts"]
        storage.delete([rows_key(batch.id, run, part) for part in range(parts)])
    batch.counts = {}


def _file_key(batch_id: UUID) -> str:
    return f"imports/{batch_id}/file"


def rows_key(batch_id: UUID, run: int, part: int) -> str:
    """Where a part of the checked rows of one run of the check lies."""
    return f"imports/{batch_id}/rows-{run}-{part:04d}.jsonl"


def progress_key(batch_id: UUID) -> str:
    """Where the running job writes how far it is, as "done total"."""
    return f"imports/{batch_id}/progress"


def progress(batch: ImportBatch) -> tuple[int, int]:
    """(rows done, rows in all) of the running job; (0, 0) before it has begun."""
    if batch.state not in _BUSY:
        return 0, 0
    try:
        done, total = storage.get_bytes(progress_key(batch.id)).split()
    except (storage.MissingObject, ValueError):
        return 0, 0
    return int(done), int(total)


def problems(
    session: Session, batch_id: UUID, severity: str, code: str, page: int
) -> Page[ImportProblem]:
    """Findings by row; narrowed to a severity and a code when they are given."""
    query = select(ImportProblem).where(ImportProblem.batch_id == batch_id)
    if severity:
        query = query.where(ImportProblem.severity == severity)
    if code:
        query = query.where(ImportProblem.code == code)
    return paginate(session, query.order_by(ImportProblem.row, ImportProblem.id), page)


def unknown_departments(session: Session, batch_id: UUID) -> Sequence[str]:
    """Department names in the file that the program does not know, each once."""
    query = (
        select(ImportProblem.value)
        .where(ImportProblem.batch_id == batch_id, ImportProblem.code == "unknown_department")
        .distinct()
    )
    return sorted(session.scalars(query))


def kind_of(batch: ImportBatch) -> Kind:
    """The kind of register the batch is for."""
    return KINDS[batch.kind]

"""The life of an import: a file is received, looked at, checked, imported or discarded.

Use cases own their transactions. The file and the checked rows live in the store; the batch row
says how far it is. Jobs do the long work (`import_work`); orders given twice count once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
from backend.app.registry.imports.csv_source import DELIMITERS, ENCODINGS
from backend.app.registry.imports.kinds import KINDS, Kind
from backend.app.registry.imports.mapping import problems_of_mapping
from backend.app.registry.imports.run import preview
from backend.app.registry.imports.source import open_source
from backend.app.registry.imports.unpacking import refuse_exploding
from backend.app.registry.messages import unreadable
from backend.app.registry.models import ImportBatch, ImportProblem
from backend.app.registry.service import import_pairs, import_words
from backend.app.registry.service.enterprises import kept_regions
from backend.app.registry.service.import_files import (
    PIECE,
    file_key,
    look,
    named_refusal,
    opened,
    progress_key,
    rows_key,
    spooled,
    survey_document,
)

CHECK, IMPORT = "registry.check", "registry.import"
_BUSY = frozenset({"checking", "importing"})
_OPEN = frozenset({"uploaded", "checked", "failed"})

DEFAULT_OPTIONS: dict[str, Any] = {
    "default_department": "",
    "default_region": "",
    "departments": {},
    "accept": [],
    "number_items": False,
    "words": {},
    "pairs": {},
    "left_columns": [],
    "take_hidden": False,
}
"""Decisions of the person importing: a department or region for rows without one, what the
department names and other words of the file stand for, accepted readings, whether to number
items, which codes are one firm (`import_pairs`), the columns left out on purpose, whether rows
hidden in the sheet are taken."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person wants a file to be read; what is empty stays as it is."""

    encoding: str = ""
    sheet: str = ""
    delimiter: str = ""
    header_row: int | None = None


def receive(batch_id: UUID, kind: str, filename: str, pieces: Iterable[bytes], by: Actor) -> UUID:
    """Keep an uploaded file and look at it. The same `batch_id` again changes nothing.

    Raises FileUnreadable with the reason.
    """
    with read_session() as session:
        if session.get(ImportBatch, batch_id) is not None:
            return batch_id
    with spooled(pieces) as (path, size, digest):
        with named_refusal():
            refuse_exploding(path)
            source = open_source(path)
            seen = preview(source, KINDS[kind])
            survey = survey_document(source.survey())
        with path.open("rb") as file:
            storage.put_new(file_key(batch_id), iter(lambda: file.read(PIECE), b""))
    batch = ImportBatch(
        id=batch_id,
        kind=kind,
        filename=Path(filename.replace("\\", "/")).name[-200:] or "file",
        size=size,
        sha256=digest,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet[:120],
        survey=survey,
        header_row=seen.header_row,
        mapping=seen.mapping,
        department_id=by.department_id,
        created_by=by.account_id,
        created_at=clock.now(),
    )
    with unit_of_work() as session:
        if session.get(ImportBatch, batch_id) is None:
            known = import_words.remembered(session, by.department_id, kind)
            default = {"default_department": str(by.department_id)}
            batch.options = {**DEFAULT_OPTIONS, **default, **known}
            session.add(batch)
    return batch_id


def get_batch(session: Session, actor: Actor, batch_id: UUID) -> ImportBatch:
    """Return the batch; raises NotFound outside the departments for which this person imports.

    Where another role merely lets them look, an import is neither shown nor touched.
    """
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.department_id not in _importing_for(session, actor):
        raise NotFound
    return batch


def _importing_for(session: Session, actor: Actor) -> frozenset[UUID]:
    return accounts.permitted(session, actor, "registry.import")


def list_batches(session: Session, actor: Actor, page: int) -> Page[ImportBatch]:
    """Imports of the departments for which this person imports, newest first."""
    query = select(ImportBatch).where(
        ImportBatch.department_id.in_(_importing_for(session, actor)),
        ImportBatch.state != "discarded",
    )
    return paginate(session, query.order_by(ImportBatch.created_at.desc()), page)


def reread(batch_id: UUID, wanted: Reading, by: Actor) -> None:
    """Read the file another way; the mapping is guessed anew. Raises WrongStep, FileUnreadable
    (nothing is changed then)."""
    if wanted.encoding and wanted.encoding not in ENCODINGS:
        raise FileUnreadable(unreadable("unknown_encoding", {}))
    with read_session() as session:
        batch = _open_batch(session, by, batch_id)
        session.expunge(batch)
    batch.encoding = wanted.encoding or batch.encoding
    batch.sheet = wanted.sheet or batch.sheet
    batch.delimiter = wanted.delimiter if wanted.delimiter in DELIMITERS else batch.delimiter
    with opened(batch) as source, named_refusal():
        seen = preview(source, KINDS[batch.kind], wanted.header_row)
        survey = survey_document(source.survey())
        way = (source.encoding, source.sheet[:120], source.delimiter)
    with unit_of_work() as session:
        batch = _open_batch(session, by, batch_id)
        batch.encoding, batch.sheet, batch.delimiter = way
        batch.header_row, batch.mapping, batch.survey = seen.header_row, seen.mapping, survey
        batch.options = {**batch.options, "left_columns": []}
        batch.state = "uploaded"
        _forget_check(session, batch)


def order_check(
    batch_id: UUID, mapping: Mapping[str, int], options: Mapping[str, Any], by: Actor
) -> list[tuple[str, str]]:
    """Keep mapping and decisions and start the check; or give what is wrong with the mapping.

    Returns (code, field) pairs as `problems_of_mapping` does, and ("undecided_column", its index)
    for each column that a person must look at first; empty when the check was started.
    """
    with read_session() as session:
        batch = _open_batch(session, by, batch_id)
        session.expunge(batch)
    fields = KINDS[batch.kind].fields
    names = {field.name for field in fields}
    mapping = {name: column for name, column in mapping.items() if name in names}
    seen, _sheets = look(batch, mapping)
    wrong = problems_of_mapping(mapping, fields, max([len(seen.labels), *seen.shown, 0]))
    looked_at = set(options.get("left_columns", ()))
    wrong += [
        ("undecided_column", str(question.column))
        for question in seen.questions
        if question.column not in looked_at
    ]
    with unit_of_work() as session:
        batch = _open_batch(session, by, batch_id)
        batch.mapping = mapping
        batch.options = {**DEFAULT_OPTIONS, **batch.options, **options}
        if not wrong:
            _start_check(session, batch, by)
        return wrong


def decide(
    batch_id: UUID, options: Mapping[str, Any], words: import_words.Words, by: Actor
) -> None:
    """Change decisions after a check and check again. What words mean is kept for later files of
    the same department and kind."""
    with unit_of_work() as session:
        batch = _open_batch(session, by, batch_id)
        chosen = import_words.sensible(session, batch, words, by)
        added = import_words.decided_options(batch, chosen)
        batch.options = {**batch.options, **options, **added}
        import_words.remember(session, batch, chosen, by)
        _start_check(session, batch, by)


def decide_pairs(batch_id: UUID, chosen: Mapping[str, str], rest: str, by: Actor) -> None:
    """Keep what was decided about firms under two codes and check again; `rest` decides every
    pair that is still open."""
    with unit_of_work() as session:
        batch = _open_batch(session, by, batch_id)
        decided = import_pairs.decisions(session, batch, chosen, rest)
        batch.options = {**batch.options, "pairs": decided}
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
        storage.delete([file_key(batch_id), progress_key(batch_id)])


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
    import_pairs.keep_pairs(session, batch.id, [])
    if "run" in batch.counts:
        run, parts = batch.counts["run"], batch.counts["parts"]
        storage.delete([rows_key(batch.id, run, part) for part in range(parts)])
    batch.counts = {}


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


def kind_of(batch: ImportBatch) -> Kind:
    """The kind of register the batch is for."""
    return KINDS[batch.kind]

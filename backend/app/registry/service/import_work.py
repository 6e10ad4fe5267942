"""The long work of an import: checking a file row by row, writing what is sound.

Runs in jobs. Each order carries the batch's run number, so a late or doubled job does nothing.
A check writes only the batch's own findings; an import is one transaction, all or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform import clock, storage
from backend.app.platform.transactions import read_session, unit_of_work
from backend.app.registry.errors import FileUnreadable
from backend.app.registry.imports.cells import fold
from backend.app.registry.imports.model import Context, Entry, Pair, Problem, UnreadableFile
from backend.app.registry.imports.run import Unit, check
from backend.app.registry.imports.source import Source
from backend.app.registry.models import ImportBatch, ImportProblem, InspectionItem
from backend.app.registry.service import import_pairs, import_words
from backend.app.registry.service.import_files import opened, progress_key, rows_key
from backend.app.registry.service.import_special import TARGETS
from backend.app.registry.service.import_tally import TAKEN, Tally
from backend.app.registry.service.import_targets import Importer, Step
from backend.app.registry.service.importing import DEFAULT_OPTIONS, kind_of

_CHUNK = 1000
_PART = 5000  # entries in one object of the store
_NOTES_KEPT = 300  # of each kind; all are counted
_FINDINGS_KEPT = 100_000
_PROGRESS_EVERY = 2000


class Refused(Exception):
    """While writing, an object turned out to belong to somebody else since the check."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a job was told: which batch and run, for whom, and what that person keeps."""

    batch_id: UUID
    run: int
    account_id: UUID
    name: str
    departments: frozenset[UUID]
    regions: tuple[str, ...]

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Order:
        """The order as `importing` wrote it."""
        return cls(
            UUID(payload["batch"]),
            payload["run"],
            UUID(payload["by"]),
            payload["name"],
            frozenset(map(UUID, payload["departments"])),
            tuple(payload["regions"]),
        )

    def importer(self, batch: ImportBatch) -> Importer:
        """The same as the register targets take it, with what was decided about firms."""
        return Importer(
            self,
            self.batch_id,
            self.departments,
            self.regions,
            import_pairs.merged_keys(batch),
            import_pairs.apart_keys(batch),
        )


def run_check(payload: Mapping[str, Any]) -> None:
    """Check the batch's file and keep the findings. Does nothing for an outdated order."""
    order = Order.read(payload)
    with _named_failure(order):
        _check(order)


def _check(order: Order) -> None:
    with read_session() as session:
        batch = session.get(ImportBatch, order.batch_id)
        if batch is None or batch.state != "checking" or batch.run != order.run:
            return
        context = _context(session, batch, order)
        session.expunge(batch)
    try:
        with opened(batch) as source:
            checked = _check_file(batch, source, context, order)
    except (FileUnreadable, UnreadableFile):
        _fail(order, "file_unreadable")
        return
    _keep_check(order, checked)


def _context(session: Session, batch: ImportBatch, order: Order) -> Context:
    names: dict[str, str] = {}
    for department in accounts.departments(session):
        names[fold(department.name)] = names[fold(department.code)] = str(department.id)
    options = {**DEFAULT_OPTIONS, **batch.options}
    names |= {fold(text): chosen for text, chosen in options["departments"].items() if chosen}
    known = import_words.known_qualifications(session) if batch.kind == "officers" else set()
    return Context(
        today=clock.today(),
        departments=names,
        kept_departments=frozenset(map(str, order.departments)),
        kept_regions=order.regions,
        default_department=options["default_department"] or None,
        default_region=options["default_region"] or None,
        item_codes=frozenset(session.scalars(select(InspectionItem.code))),
        accepted=frozenset(options["accept"]),
        number_items=bool(options["number_items"]),
        words=import_words.folded(options["words"]),
        qualifications=frozenset(map(fold, known)),
        joined=import_pairs.joined_codes(batch),
        apart=import_pairs.apart_keys(batch) | import_pairs.merged_keys(batch),
        take_hidden=bool(options["take_hidden"]),
    )


@dataclass(slots=True)
class _Checked:
    """What a check gives: its counts, the findings as rows to insert, the pairs of firms."""

    tally: Tally = field(default_factory=Tally)
    found: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)


def _check_file(batch: ImportBatch, source: Source, context: Context, order: Order) -> _Checked:
    """Read every row; sound entries go to the store, findings and counts are given back."""
    checked = _Checked()
    tally = checked.tally
    spool = _Spool(order.batch_id, order.run)
    total = source.estimated_rows()
    target, who = TARGETS[batch.kind], order.importer(batch)
    shown = 0
    for unit in check(source, kind_of(batch), batch.header_row, batch.mapping, context):
        good = [entry for entry in unit.entries if entry.good]
        with read_session() as session:
            steps = [step for part in _chunks(good) for step in target.plan(session, part, who)]
        _count(checked, unit, steps, order.batch_id)
        for step in steps:
            if step.effect != "refused":
                spool.add(step.entry)
        if tally.rows - shown >= _PROGRESS_EVERY:
            shown = tally.rows
            _show_progress(order.batch_id, tally.rows, max(total, tally.rows))
    tally.parts = spool.close()
    return checked


def _count(checked: _Checked, unit: Unit, steps: Sequence[Step], batch_id: UUID) -> None:
    """Count a unit, keep its findings and its pairs."""
    tally = checked.tally
    refused = [_refusal(step) for step in steps if step.effect == "refused"]
    tally.read(unit, refused)
    for step in steps:
        if step.effect == "refused":
            tally.leave_out(step.entry)
        else:
            tally.take(step.entry, step.effect)
    for entry in unit.entries:
        if not entry.good:
            tally.leave_out(entry)
    pairs = [*unit.pairs, *(step.pair for step in steps if step.pair is not None)]
    tally.pairs += len(pairs)
    checked.pairs.extend(pairs[: max(0, import_pairs.PAIRS_KEPT - len(checked.pairs))])
    problems = [*unit.problems, *refused]
    checked.found.extend(_kept(problems, tally, batch_id, len(checked.found)))


def _refusal(step: Step) -> Problem:
    """The finding for a sound entry that is held back: it belongs to somebody else, or its firm
    seems to be in the register under another code."""
    row = step.entry.rows[0]
    params = {"code": step.pair.other.code, "name": step.pair.other.name} if step.pair else {}
    return Problem(row, "", "", "error", step.reason, step.entry.key[:200], params)


def _kept(
    problems: Iterable[Problem], tally: Tally, batch_id: UUID, so_far: int
) -> Iterator[dict[str, Any]]:
    """Findings as rows to insert: every error and warning, and the first notes of each kind."""
    for problem in problems:
        rare = tally.problems[problem.severity, problem.code] <= _NOTES_KEPT
        if so_far >= _FINDINGS_KEPT or (problem.severity == "note" and not rare):
            continue
        so_far += 1
        yield {
            "batch_id": batch_id,
            "row": problem.row,
            "field": problem.field,
            "header": problem.header[:120],
            "severity": problem.severity,
            "code": problem.code,
            "value": problem.value.replace("\x00", "")[:200],
            "params": {name: text[:200] for name, text in problem.params.items()},
        }


def _keep_check(order: Order, checked: _Checked) -> None:
    with unit_of_work() as session:
        batch = session.get(ImportBatch, order.batch_id, with_for_update=True)
        if batch is None or batch.run != order.run or batch.state != "checking":
            return
        session.execute(delete(ImportProblem).where(ImportProblem.batch_id == order.batch_id))
        if checked.found:
            session.execute(insert(ImportProblem), checked.found)
        import_pairs.keep_pairs(session, order.batch_id, checked.pairs)
        batch.counts = {"run": order.run, **checked.tally.document()}
        batch.state = "checked"


def run_import(payload: Mapping[str, Any]) -> None:
    """Write the checked entries in one transaction. Does nothing for an outdated order."""
    order = Order.read(payload)
    with _named_failure(order):
        _import(order)


def _import(order: Order) -> None:
    try:
        with unit_of_work() as session:
            batch = session.get(ImportBatch, order.batch_id, with_for_update=True)
            if batch is None or batch.state != "importing" or batch.run != order.run:
                return
            batch.summary = _write_all(session, batch, order)
            batch.state = "done"
            batch.finished_at = clock.now()
    except Refused:
        _fail(order, "changed_since_check")


def _write_all(session: Session, batch: ImportBatch, order: Order) -> dict[str, Any]:
    """Plan and write chunk by chunk; gives what was done in numbers, by effect and field."""
    target, who = TARGETS[batch.kind], order.importer(batch)
    effects: Counter[str] = Counter()
    effect_rows: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    total = batch.counts["good_entries"]
    for part in _chunks(_entries(batch)):
        steps = target.plan(session, part, who)
        if any(step.effect == "refused" for step in steps):
            raise Refused
        target.write(session, steps, who)
        session.expire_all()
        for step in steps:
            effects[step.effect] += 1
            effect_rows[step.effect] += len(step.entry.rows)
            fields.update(list(step.changes))
        _show_progress(order.batch_id, effects.total(), total)
    return {
        **{effect: effects[effect] for effect in TAKEN},
        "left_out": batch.counts["bad_entries"],
        "effect_rows": {effect: effect_rows[effect] for effect in TAKEN},
        "fields": dict(sorted(fields.items())),
    }


@contextmanager
def _named_failure(order: Order) -> Iterator[None]:
    """Let the person go on after what nobody foresaw: the batch fails, the job's log tells."""
    try:
        yield
    except Exception:
        _fail(order, "unexpected")
        raise


def _fail(order: Order, reason: str) -> None:
    with unit_of_work() as session:
        batch = session.get(ImportBatch, order.batch_id)
        if batch is not None and batch.run == order.run:
            batch.state = "failed"
            batch.failure = reason


def _show_progress(batch_id: UUID, done: int, total: int) -> None:
    storage.put_bytes(progress_key(batch_id), f"{done} {total}".encode())


class _Spool:
    """Checked entries on their way to the store, in parts, so that memory stays flat."""

    def __init__(self, batch_id: UUID, run: int) -> None:
        self._batch_id, self._run = batch_id, run
        self._lines: list[bytes] = []
        self._parts = 0

    def add(self, entry: Entry) -> None:
        """Keep an entry."""
        document = [entry.rows, entry.key, entry.values, sorted(entry.given)]
        self._lines.append(orjson.dumps(document))
        if len(self._lines) == _PART:
            self._flush()

    def close(self) -> int:
        """Write what is left; gives the number of parts."""
        if self._lines:
            self._flush()
        return self._parts

    def _flush(self) -> None:
        key = rows_key(self._batch_id, self._run, self._parts)
        storage.put_bytes(key, b"\n".join(self._lines))
        self._parts += 1
        self._lines.clear()


def _entries(batch: ImportBatch) -> Iterator[Entry]:
    """The checked entries of a batch, streamed from the store."""
    for part in range(batch.counts["parts"]):
        data = storage.get_bytes(rows_key(batch.id, batch.counts["run"], part))
        for line in data.split(b"\n"):
            rows, name, values, given = orjson.loads(line)
            yield Entry(tuple(rows), name, values, True, frozenset(given))


def _chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    left = iter(entries)
    while part := list(islice(left, _CHUNK)):
        yield part

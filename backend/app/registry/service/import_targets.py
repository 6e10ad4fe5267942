"""Putting checked entries into a register: what each would do, then doing it in bulk.

`plan` only reads and can be asked before anything is decided; `write` runs in the caller's
transaction. A field without a filled cell keeps what the register has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.app.platform import clock, ids
from backend.app.registry.imports.model import Entry, Pair
from backend.app.registry.models import Enterprise, InspectionItem, Officer
from backend.app.registry.service import history
from backend.app.registry.service.enterprises import enterprise_search_text
from backend.app.registry.service.history import Author
from backend.app.registry.service.officers import officer_search_text

_DATES = frozenset({"valid_from", "valid_to", "established_on", "certificate_expires_on"})
_IDS = frozenset({"department_id"})
_OWNED = ("department_id", "region_code")
_RENAMED = {"department_id": "department", "subitems": "subitem"}


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, in which batch, and what they keep ("" is everywhere, None every one).

    merged, apart: keys of pairs of codes decided to be one firm, or two (`import_pairs`).
    """

    by: Author | None
    batch_id: UUID | None
    departments: frozenset[UUID] | None
    regions: tuple[str, ...]
    merged: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()

    def keeps_department(self, department_id: UUID) -> bool:
        """Whether objects of the department may be changed."""
        return self.departments is None or department_id in self.departments

    def keeps_region(self, region_code: str) -> bool:
        """Whether enterprises of the region may be changed."""
        return region_code.startswith(self.regions)


@dataclass(frozen=True, slots=True)
class Step:
    """What one entry does: new | changed | unchanged | refused.

    changes: field -> (before, after) when changed. row_id: of the object there, if any.
    kept: whether the person importing keeps that object. reason: why it is refused, a code of
    `messages.FINDINGS`. pair: the firm of the register that the entry seems to be.
    """

    entry: Entry
    effect: str
    row_id: UUID | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    label: str = ""
    kept: bool = True
    reason: str = "belongs_elsewhere"
    pair: Pair | None = None


class Target(Protocol):
    """A register that takes entries."""

    def plan(self, session: Session, entries: Sequence[Entry], who: Importer) -> list[Step]:
        """What each entry would do now; reads only."""

    def write(self, session: Session, steps: Sequence[Step], who: Importer) -> None:
        """Do it: rows and history, in the caller's transaction."""


@dataclass(frozen=True, slots=True)
class TableTarget:
    """A register of one table whose entries are rows known by a key column."""

    register: str
    model: type[Any]
    key: InstrumentedAttribute[str]
    fields: tuple[str, ...]
    search: Callable[[dict[str, Any]], str]
    keeps: Callable[[Importer, Any], bool]

    def plan(self, session: Session, entries: Sequence[Entry], who: Importer) -> list[Step]:
        """Compare each entry with the row of its key."""
        keys = [entry.key for entry in entries]
        table = self.model.__table__
        query = select(table).where(table.c[self.key.key].in_(keys))
        present = {row[self.key.key]: row for row in session.execute(query).mappings()}
        return [self.step(entry, present.get(entry.key), who) for entry in entries]

    def step(self, entry: Entry, row: Any, who: Importer) -> Step:
        """What an entry would do to a row of the table, None for one that is not there."""
        if row is None:
            return new_step(entry, kept=self.keeps(who, owner(entry)))
        return compare(entry, row, self.fields, allowed=self.keeps(who, row))

    def write(self, session: Session, steps: Sequence[Step], who: Importer) -> None:
        """Insert the new rows, update the changed ones, and keep the history."""
        now = clock.now()
        new = [self._new_row(step, now) for step in steps if step.effect == "new"]
        if new:
            session.execute(insert(cast(Table, self.model.__table__)), new)
        made = iter(new)
        placed = [
            (step, next(made)["id"] if step.effect == "new" else step.row_id) for step in steps
        ]
        changed = [step for step in steps if step.effect == "changed" and self._own(step)]
        if changed:
            write_updates(session, self.model, changed, self.search)
        write_history(session, self.register, placed, who)

    def _own(self, step: Step) -> bool:
        return any(name in self.fields for name in step.changes)

    def _new_row(self, step: Step, now: datetime) -> dict[str, Any]:
        values = {name: typed(name, step.entry.values[name]) for name in self.fields}
        return {
            "id": ids.new_id(),
            **values,
            "search_text": self.search(values),
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }


def typed(name: str, value: Any) -> Any:
    """A value of an entry as its column holds it: ISO text to days, ids to UUID."""
    if value is None or not isinstance(value, str):
        return value
    if name in _DATES:
        return date.fromisoformat(value) if value else None
    if name in _IDS:
        return UUID(value)
    return value


def owner(entry: Entry) -> dict[str, Any]:
    """The department or region an entry's object will belong to, by the name of the field."""
    return {name: typed(name, entry.values[name]) for name in _OWNED if name in entry.values}


def new_step(entry: Entry, *, kept: bool) -> Step:
    """The step for an entry whose object is not there yet. The check refuses what is not kept;
    here that holds also for who orders the import of a file another person has checked."""
    return Step(entry, "new" if kept else "refused", label=entry.values["name"], kept=kept)


def compare(entry: Entry, row: Any, fields: Iterable[str], *, allowed: bool) -> Step:
    """The step for an entry whose object is there already."""
    changes = {}
    for name in fields:
        if _RENAMED.get(name, name) not in entry.given:
            continue
        value = typed(name, entry.values[name])
        if row[name] != value:
            changes[name] = (row[name], value)
    if not changes:
        return Step(entry, "unchanged", row["id"], label=row["name"], kept=allowed)
    effect = "changed" if allowed else "refused"
    return Step(entry, effect, row["id"], changes, row["name"], kept=allowed)


def write_updates(
    session: Session,
    model: type[Any],
    steps: Sequence[Step],
    search: Callable[[dict[str, Any]], str],
) -> None:
    """Update rows by id in bulk: the changed columns, what they are found by, the revision."""
    table = model.__table__
    wanted = [step.row_id for step in steps]
    query = select(table).where(table.c.id.in_(wanted))
    rows = {row["id"]: dict(row) for row in session.execute(query).mappings()}
    updates = []
    for step in steps:
        row = rows[step.row_id]
        values = {name: pair[1] for name, pair in step.changes.items() if name in row}
        updates.append(
            {
                "id": step.row_id,
                **values,
                "search_text": search({**row, **values}),
                "revision": row["revision"] + 1,
                "updated_at": clock.now(),
            }
        )
    session.execute(update(model), updates)


def write_history(
    session: Session, register: str, placed: Sequence[tuple[Step, UUID | None]], who: Importer
) -> None:
    """A row for each new object and for each changed field, in bulk."""
    rows = []
    at = clock.now()
    for step, object_id in placed:
        if object_id is None:
            continue
        if step.effect == "new":
            rows.append(
                history.change_row(
                    register, object_id, step.label, who.by, batch_id=who.batch_id, at=at
                )
            )
        elif step.effect == "changed":
            rows += [
                history.change_row(
                    register,
                    object_id,
                    step.label,
                    who.by,
                    field=name,
                    before=before,
                    after=after,
                    batch_id=who.batch_id,
                    at=at,
                )
                for name, (before, after) in step.changes.items()
            ]
    history.keep(session, rows)


OFFICERS = TableTarget(
    "officer",
    Officer,
    Officer.certificate,
    (
        "certificate",
        "name",
        "certificate_expires_on",
        "department_id",
        "specialities",
        "phone",
        "active",
    ),
    officer_search_text,
    lambda who, row: who.keeps_department(row["department_id"]),
)

ENTERPRISE_TABLE = TableTarget(
    "enterprise",
    Enterprise,
    Enterprise.code,
    (
        "code",
        "name",
        "registration_number",
        "kind",
        "region_code",
        "address",
        "industry",
        "risk_class",
        "status",
        "established_on",
        "business_scope",
        "contact_phone",
        "latitude",
        "longitude",
    ),
    enterprise_search_text,
    lambda who, row: who.keeps_region(row["region_code"]),
)

ITEM_FIELDS = (
    "name",
    "category",
    "department_id",
    "group_name",
    "legal_basis",
    "subject",
    "target",
    "method",
    "ratio_note",
    "frequency_note",
    "officer_requirement",
    "remarks",
    "subitems",
    "specialities",
    "valid_from",
    "valid_to",
)
ITEM_TABLE = InspectionItem.__table__

"""How an entry of a register is added and changed: one way for items, officers and enterprises.

A `Register` says what is its own: who may write, which code is unique, what else hangs on a row.
The revision, the history and the text for searching are kept here for all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.app.accounts import service as accounts
from backend.app.platform import clock, ids
from backend.app.platform.access import Actor
from backend.app.platform.forms import Submission, made_before, note_made
from backend.app.platform.transactions import unit_of_work
from backend.app.registry.errors import ChangedMeanwhile, CodeTaken, OutsideYourDepartment
from backend.app.registry.models import Enterprise, InspectionItem, Officer
from backend.app.registry.service import history

Row = TypeVar("Row", InspectionItem, Officer, Enterprise)


class Register(ABC, Generic[Row]):
    """One register: adds and changes rows within the caller's transaction."""

    name: ClassVar[str]
    """What history calls the register."""
    code: ClassVar[str]
    """The field that no two entries share."""
    keeps_code: ClassVar[bool] = True
    """Whether the code stays what it was when an entry is changed."""
    model: type[Row]

    @abstractmethod
    def find(self, session: Session, by: Actor, row_id: UUID) -> Row:
        """Return the row; raises NotFound when this person may not see it."""

    def find_to_change(self, session: Session, by: Actor, row_id: UUID) -> Row:
        """Return the row to who keeps its place; raises NotFound, OutsideYourDepartment."""
        row = self.find(session, by, row_id)
        self.refuse_foreign(session, by, [self.place(_columns_of(row))])
        return row

    @abstractmethod
    def refuse_foreign(self, session: Session, by: Actor, places: Sequence[Any]) -> None:
        """Raise OutsideYourDepartment unless this person keeps all the places."""

    @abstractmethod
    def place(self, values: Mapping[str, Any]) -> Any:
        """Return the department or region to which an entry with these values belongs."""

    @abstractmethod
    def search_text(self, values: Mapping[str, Any]) -> str:
        """Return the text by which an entry with these values is found."""

    def read(
        self, session: Session, values: Mapping[str, Any], own: UUID | None, by: Actor
    ) -> dict[str, Any]:
        """Return a form's values as the row keeps them; ``own`` is the row's id if it has one."""
        del session, own, by
        return dict(values)

    def link(
        self, session: Session, row: Row, values: Mapping[str, Any]
    ) -> dict[str, tuple[Any, Any]]:
        """Write what hangs on the row; return (before, after) of each field that this changed."""
        del session, row, values
        return {}

    def add(self, session: Session, values: Mapping[str, Any], by: Actor) -> Row:
        """Return the new row. Raises OutsideYourDepartment, CodeTaken."""
        read = self.read(session, values, None, by)
        self.refuse_foreign(session, by, [self.place(read)])
        self._refuse_taken(session, read[self.code], None)
        row = self.model(id=ids.new_id(), **self._columns(read))
        row.search_text = self.search_text(read)
        session.add(row)
        self._flush(session)
        self.link(session, row, read)
        history.record(session, self.name, row.id, row.name, by=by)
        return row

    def change(
        self, session: Session, row_id: UUID, values: Mapping[str, Any], revision: int, by: Actor
    ) -> list[str]:
        """Write what differs from the row; return the names of the changed fields.

        Raises NotFound, OutsideYourDepartment, CodeTaken, and ChangedMeanwhile when
        ``revision`` is not the row's.
        """
        row = self.find_to_change(session, by, row_id)
        read = self.read(session, values, row_id, by)
        before = {name: getattr(row, name) for name in self._columns(read)}
        self.refuse_foreign(session, by, [self.place(read)])
        if self.keeps_code:
            read[self.code] = before[self.code]
        self._refuse_taken(session, read[self.code], row_id)
        changed = apply_changes(session, self.name, row, self._columns(read), revision, by)
        row.search_text = self.search_text({**_columns_of(row), **read})
        self._flush(session)
        linked = self.link(session, row, read)
        if linked:
            history.record(session, self.name, row.id, row.name, by=by, changes=linked)
            row.updated_at = clock.now()
        changed += linked
        return changed

    def _columns(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if name in self.model.__table__.c}

    def _refuse_taken(self, session: Session, code: str, own: UUID | None) -> None:
        column = getattr(self.model, self.code)
        other = session.scalar(select(self.model.id).where(column == code))
        if other is not None and other != own:
            raise CodeTaken

    def _flush(self, session: Session) -> None:
        """Write the row; another one may have got its code since it was asked for."""
        try:
            session.flush()
        except IntegrityError as error:
            raise CodeTaken from error


def _columns_of(row: InspectionItem | Officer | Enterprise) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def apply_changes(
    session: Session,
    register: str,
    row: InspectionItem | Officer | Enterprise,
    values: Mapping[str, Any],
    revision: int,
    by: Actor,
) -> list[str]:
    """Set the columns that differ and record each; return their names.

    Raises ChangedMeanwhile when ``revision`` is not the row's.
    """
    if row.revision != revision:
        raise ChangedMeanwhile
    before = {field: getattr(row, field) for field in values}
    changed = dict(history.differences(before, values))
    if not changed:
        return []
    for field, value in changed.items():
        setattr(row, field, value)
    row.revision += 1
    row.updated_at = clock.now()
    pairs = {field: (before[field], value) for field, value in changed.items()}
    history.record(session, register, row.id, row.name, by=by, changes=pairs)
    return list(changed)


def add_entry(
    register: Register[Row], values: Mapping[str, Any], by: Actor, form: Submission | None = None
) -> UUID:
    """Add an entry from its form and return its id; the same form makes one entry.

    Raises what ``Register.add`` raises.
    """
    with unit_of_work() as session:
        known = made_before(session, form)
        if known is not None:
            return known
        own = {name: value for name, value in values.items() if name != "revision"}
        row = register.add(session, own, by)
        note_made(session, form, row.id)
        return row.id


def change_entry(
    register: Register[Row], row_id: UUID, values: Mapping[str, Any], revision: int, by: Actor
) -> list[str]:
    """Save an entry's form; return the names of the changed fields.

    Raises what ``Register.change`` raises.
    """
    with unit_of_work() as session:
        return register.change(session, row_id, values, revision, by)


def kept_departments(session: Session, actor: Actor) -> frozenset[UUID]:
    """Return the departments whose registers this person keeps: where the role that carries it is
    held, not where another role merely lets them look."""
    return accounts.permitted(session, actor, "registry.edit")


def may_keep(session: Session, actor: Actor, department_id: UUID) -> bool:
    """Return True if this person keeps the registers of the department."""
    return department_id in kept_departments(session, actor)


def refuse_foreign(session: Session, actor: Actor, department_id: UUID) -> None:
    """Raise OutsideYourDepartment unless this person keeps the department's registers."""
    if not may_keep(session, actor, department_id):
        raise OutsideYourDepartment

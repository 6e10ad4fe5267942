"""Who changed what in the registers, field by field.

Rows are added in the caller's transaction. They are never changed or removed. ``keep`` is the one
way in, and tells every change as an event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import Table, insert, or_, select
from sqlalchemy.orm import Session

from backend.app.platform import clock, events, ids
from backend.app.platform.pagination import Page, paginate
from backend.app.registry.models import RegisterChange

_LONGEST = 2000


class Author(Protocol):
    """Whoever a change is put down to."""

    @property
    def account_id(self) -> UUID:
        """Id of the account."""

    @property
    def name(self) -> str:
        """The person's name at the time."""


def shown(value: object) -> str:
    """A value as history keeps it: text, lists joined, nothing as empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "；".join(_element(part) for part in value)[:_LONGEST]
    return str(value)[:_LONGEST]


def _element(part: object) -> str:
    return str(part.get("name", "")) if isinstance(part, Mapping) else str(part)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(field, new value) for each field of `after` that differs from `before`."""
    for field, value in after.items():
        if (before.get(field) or None) != (value or None) or (
            isinstance(value, bool) and before.get(field) != value
        ):
            yield field, value


def change_row(
    register: str,
    object_id: UUID,
    label: str,
    by: Author | None,
    *,
    field: str = "",
    before: object = None,
    after: object = None,
    batch_id: UUID | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """One change as a row to insert."""
    return {
        "id": ids.new_id(),
        "register": register,
        "object_id": object_id,
        "label": label[:240],
        "field": field,
        "before": shown(before),
        "after": shown(after),
        "at": at or clock.now(),
        "account_id": by.account_id if by else None,
        "account_name": by.name if by else "",
        "batch_id": batch_id,
    }


def record(
    session: Session,
    register: str,
    object_id: UUID,
    label: str,
    *,
    by: Author | None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Add history: a row for each changed field (before, after), or one row for a new object."""
    if changes is None:
        keep(session, [change_row(register, object_id, label, by)])
        return
    rows = [
        change_row(register, object_id, label, by, field=field, before=before, after=after)
        for field, (before, after) in changes.items()
    ]
    keep(session, rows)


def keep(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows made by ``change_row``, of one register and one import or act, and tell what they
    say: which objects are new, and which are changed in which fields."""
    if not rows:
        return
    session.execute(insert(cast(Table, RegisterChange.__table__)), list(rows))
    for changed in (False, True):
        told = [row for row in rows if bool(row["field"]) == changed]
        if told:
            events.publish(
                session,
                events.REGISTER_CHANGED,
                told[0]["batch_id"] or told[0]["object_id"],
                register=told[0]["register"],
                objects=list(dict.fromkeys(str(row["object_id"]) for row in told)),
                fields=sorted({row["field"] for row in told} - {""}),
            )


def of_object(session: Session, register: str, object_id: UUID, page: int) -> Page[RegisterChange]:
    """The changes of one object, newest first."""
    query = (
        select(RegisterChange)
        .where(RegisterChange.register == register, RegisterChange.object_id == object_id)
        .order_by(RegisterChange.at.desc(), RegisterChange.id.desc())
    )
    return paginate(session, query, page)


def who_changed_officer(session: Session, officer_id: UUID, since: datetime) -> set[UUID]:
    """Accounts that changed an officer's entry since then: data, leave, grounds."""
    query = select(RegisterChange.account_id).where(
        RegisterChange.register == "officer",
        RegisterChange.object_id == officer_id,
        RegisterChange.at >= since,
        RegisterChange.account_id.is_not(None),
    )
    return {account for account in session.scalars(query) if account is not None}


def who_limited_officers(
    session: Session, officer_ids: Collection[UUID], since: datetime
) -> dict[UUID, set[UUID]]:
    """Officers whose entry was changed since then in what may keep them from inspecting (data,
    leave that was entered, not grounds), each with the accounts that did it."""
    query = select(RegisterChange.object_id, RegisterChange.account_id).where(
        RegisterChange.register == "officer",
        RegisterChange.object_id.in_(officer_ids),
        RegisterChange.at >= since,
        RegisterChange.field.not_in(("", "recusal")),
        or_(RegisterChange.field != "leave", RegisterChange.after != ""),
    )
    found: dict[UUID, set[UUID]] = {}
    for officer, account in session.execute(query):
        authors = found.setdefault(officer, set())
        if account is not None:
            authors.add(account)
    return found


def of_batch(session: Session, batch_id: UUID, page: int) -> Page[RegisterChange]:
    """The changed fields an import made, without the rows for new objects."""
    query = (
        select(RegisterChange)
        .where(RegisterChange.batch_id == batch_id, RegisterChange.field != "")
        .order_by(RegisterChange.label, RegisterChange.id)
    )
    return paginate(session, query, page)

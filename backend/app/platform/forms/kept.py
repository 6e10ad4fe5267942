"""Forms that could not be taken because their author has to sign in or to prove again who they are.

What was typed waits here for its author alone, and goes on afterwards. Files are not kept, and of
forms that hold passwords or secrets nothing is; the pages say both.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import request
from sqlalchemy import ForeignKey, Index, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .. import clock, ids
from ..database import Base, Json, UtcDateTime
from ..errors import NotFound
from ..transactions import unit_of_work
from . import identity

KEPT_FOR = timedelta(days=7)
MOST_KEPT = 20


class KeptForm(Base):
    """A form that waits for its author. ``fields``: [name, text] pairs in their order; ``files``:
    [name of the field, name of the file] of files that have to be chosen again."""

    __tablename__ = "kept_form"
    __table_args__ = (Index("ix_kept_form_account", "account_id", "kept_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    address: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[list[str]]] = mapped_column(Json)
    files: Mapped[list[list[str]]] = mapped_column(Json)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


def keep(author: identity.Author) -> UUID:
    """Keep the posted form for its author; return the id of what is kept."""
    mark = identity.mark()
    pairs = [[name, text.replace("\x00", "")] for name, text in identity.fields()]
    chosen = [
        [name, file.filename] for name, file in request.files.items(multi=True) if file.filename
    ]
    with unit_of_work() as session:
        row = _interrupted_before(session, author) or KeptForm(id=ids.new_id())
        row.account_id = author.account_id
        row.address = request.full_path.rstrip("?")
        row.fields = [*pairs, [identity.MARK, mark]] if mark else pairs
        row.files = chosen
        row.kept_at = clock.now()
        session.add(row)
        session.flush()
        _drop_old(session, author.account_id)
        return row.id


def _interrupted_before(session: Session, author: identity.Author) -> KeptForm | None:
    """Return the row from which the posted form was taken up again, if there is one."""
    kept_id = identity.kept_id()
    row = session.get(KeptForm, kept_id) if kept_id is not None else None
    return row if row is not None and row.account_id == author.account_id else None


def _drop_old(session: Session, account_id: UUID) -> None:
    """Forget what nobody came back for, and all but the newest of one person."""
    session.execute(delete(KeptForm).where(KeptForm.kept_at < clock.now() - KEPT_FOR))
    mine = select(KeptForm.id).where(KeptForm.account_id == account_id)
    newest = session.scalars(mine.order_by(KeptForm.kept_at.desc()).limit(MOST_KEPT)).all()
    session.execute(
        delete(KeptForm).where(KeptForm.account_id == account_id, KeptForm.id.not_in(newest))
    )


def arrived(account_id: UUID) -> None:
    """Forget the kept form from which the posted one was taken up, now that it is here."""
    kept_id = identity.kept_id()
    if kept_id is not None:
        forget(kept_id, account_id)


def get(session: Session, kept_id: UUID) -> KeptForm:
    """Return the kept form, whoever wrote it; raises NotFound."""
    row = session.get(KeptForm, kept_id)
    if row is None or row.kept_at < clock.now() - KEPT_FOR:
        raise NotFound
    return row


def of_account(session: Session, account_id: UUID) -> list[KeptForm]:
    """Return the forms that wait for a person, the newest first."""
    query = select(KeptForm).where(
        KeptForm.account_id == account_id, KeptForm.kept_at >= clock.now() - KEPT_FOR
    )
    return list(session.scalars(query.order_by(KeptForm.kept_at.desc())))


def count(session: Session, account_id: UUID) -> int:
    """Return how many forms wait for a person."""
    query = select(func.count()).where(
        KeptForm.account_id == account_id, KeptForm.kept_at >= clock.now() - KEPT_FOR
    )
    return session.scalar(query) or 0


def forget(kept_id: UUID, account_id: UUID) -> None:
    """Forget a kept form of this person; one that is gone already is no error."""
    with unit_of_work() as session:
        session.execute(
            delete(KeptForm).where(KeptForm.id == kept_id, KeptForm.account_id == account_id)
        )

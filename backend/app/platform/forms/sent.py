"""Forms that were taken: a resend, a proxy's retry, a double click or a second tab makes nothing
twice.

A form is known by its id and by what it holds, so that going back, changing something and sending
again is a new form. The row of a form that makes something is written in the transaction that
makes it; of other forms the address that followed is noted afterwards.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, redirect, request
from sqlalchemy import ForeignKey, Index, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.wrappers import Response

from .. import clock
from ..database import Base, UtcDateTime, upsert
from ..i18n import gettext as _
from ..transactions import read_session, unit_of_work
from . import identity

ALIKE_FOR = timedelta(minutes=10)
"""How long an equal form from another tab of the same person counts as the same one."""


class SentForm(Base):
    """One form that was taken. ``made`` is the id of what it made, if it made something;
    ``next_address`` is where its sender was led."""

    __tablename__ = "sent_form"
    __table_args__ = (Index("ix_sent_form_content", "content_sha256", "sent_at"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_sha256: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made: Mapped[UUID | None] = mapped_column()
    next_address: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Submission:
    """A form as it was sent: digests of the form with its id, and of what it holds."""

    sha256: str
    content_sha256: str
    account_id: UUID


def submission() -> Submission | None:
    """Return the posted form's digests, or None when it has no author."""
    author = identity.author()
    if author is None:
        return None
    content = json.dumps(
        [str(author.account_id), request.path, identity.fields()], ensure_ascii=False
    )
    content_sha256 = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
    whole = hashlib.sha256(author.form_id.bytes + content_sha256.encode()).hexdigest()
    return Submission(whole, content_sha256, author.account_id)


def made_before(session: Session, form: Submission | None, *, twins: bool = True) -> UUID | None:
    """Enter the form into the caller's transaction; return the id of what it has made already.

    None for a form that is new. ``twins``: an equal form that the same person has just sent from
    another page counts as this one.
    """
    if form is None:
        return None
    entered = upsert(session.connection(), SentForm.__table__).values(
        sha256=form.sha256,
        content_sha256=form.content_sha256,
        account_id=form.account_id,
        sent_at=clock.now(),
    )
    once = entered.on_conflict_do_nothing().returning(SentForm.sha256)
    if session.connection().execute(once).first() is None:
        return session.scalar(select(SentForm.made).where(SentForm.sha256 == form.sha256))
    return _made_by_twin(session, form) if twins else None


def _made_by_twin(session: Session, form: Submission) -> UUID | None:
    query = (
        select(SentForm.made)
        .where(
            SentForm.content_sha256 == form.content_sha256,
            SentForm.sent_at >= clock.now() - ALIKE_FOR,
            SentForm.made.is_not(None),
        )
        .order_by(SentForm.sent_at)
    )
    return session.scalar(query.limit(1))


def note_made(session: Session, form: Submission | None, made: UUID) -> None:
    """Note within the caller's transaction what the form has made."""
    if form is not None:
        row = update(SentForm).where(SentForm.sha256 == form.sha256)
        session.execute(row.values(made=made))


def answer_again() -> Response | None:
    """Return the answer to a form that was taken already, or None for one that is new."""
    form = submission()
    if form is None:
        return None
    with read_session() as session:
        known = select(SentForm.next_address).where(SentForm.sha256 == form.sha256)
        address = session.scalar(known)
    if address is None:
        return None
    flash(_("This had been sent before. It was taken once"), "ok")
    return redirect(address, code=303)


def note_answer(address: str) -> None:
    """Note where the sender of the posted form is led, for when it is sent again."""
    form = submission()
    if form is None:
        return
    with unit_of_work() as session:
        row = upsert(session.connection(), SentForm.__table__).values(
            sha256=form.sha256,
            content_sha256=form.content_sha256,
            account_id=form.account_id,
            next_address=address,
            sent_at=clock.now(),
        )
        session.connection().execute(
            row.on_conflict_do_update(
                index_elements=["sha256"], set_={"next_address": row.excluded.next_address}
            )
        )

"""Rows of replacements 补派: seats that officers left, absences, batches asked for on demand.

Rows only. What a batch drew stands in the draw's own rows (``draws``) and in the visits; these rows
tell why a seat was left, who asked, and what became of it. Nothing is ever deleted.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..platform import clock, ids
from ..platform.database import Base, Json, UtcDateTime


class OfficerAbsence(Base):
    """The days on which an officer cannot inspect, the first and the last included. ``reason``: see
    ``rules.ABSENCES``."""

    __tablename__ = "officer_absence"
    __table_args__ = (UniqueConstraint("officer_id", "starts_on", "ends_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(24))
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Vacancy(Base):
    """A seat of a drawn team that an officer left, or that never was filled.

    ``cause``: recusal | absence | unfit | vacant, which is public; ``reason`` is finer and
    ``words`` are the officer's own, both for the office alone. ``state``: asked (a newcomer's seat,
    until a second person agrees, kept as ``seconded_by``) | waiting | filled | unfilled (nobody was
    eligible) | lapsed (the record was handed in before) | withdrawn (with ``settled_words``: the
    office's, or one of ``rules.WORDS_OF_PROGRAM``). A seat has at most one row that is asked or
    waiting. ``department_id`` is the officer's, or the draw's for a seat without an officer.
    """

    __tablename__ = "vacancy"
    __table_args__ = (
        Index("ix_vacancy_state_asked_at", "state", "asked_at"),
        Index("ix_vacancy_officer_id", "officer_id"),
        Index("ix_vacancy_visit_id", "visit_id"),
        Index(
            "uq_vacancy_standing_seat",
            "draw_id",
            "seat_no",
            unique=True,
            postgresql_where=text("state IN ('asked', 'waiting')"),
            sqlite_where=text("state IN ('asked', 'waiting')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"))
    seat_no: Mapped[int] = mapped_column(Integer)
    row: Mapped[int] = mapped_column(Integer)
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"))
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"))
    cause: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(24), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    event_id: Mapped[UUID | None] = mapped_column(unique=True)
    absence_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer_absence.id"))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    seconded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    seconded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_words: Mapped[str] = mapped_column(Text, default="")
    batch: Mapped[int | None] = mapped_column(Integer)
    came_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))


class ReplacementCall(Base):
    """A batch that the supervising side has to release: somebody asked for it before the daily
    cut-off, or the cut-off held it and nobody asked.

    ``state``: open | drawn | withdrawn | overtaken (the cut-off came first, or nothing waited any
    more). A draw has at most one open call. ``held``: what ``service.holding`` found, or empty.
    """

    __tablename__ = "replacement_call"
    __table_args__ = (
        Index(
            "uq_replacement_call_open",
            "draw_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"))
    state: Mapped[str] = mapped_column(String(12), default="open")
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    held: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    batch: Mapped[int | None] = mapped_column(Integer)

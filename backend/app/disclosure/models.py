"""Publications 公示: append-only documents, the index of results, the working-day overrides.

Rows of ``publication`` and ``published_result`` are never changed or deleted: triggers in the
database refuse it, whoever asks. A correction is a further row that names what it corrects.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..platform import clock, ids
from ..platform.database import Base, UtcDateTime

INSPECTION_RESULT = "inspection_result"
DRAW_RESULT = "draw_result"
CORRECTION = "correction"


class Publication(Base):
    """One public document: its canonical bytes (JCS), their digest, and when and by whom it was
    published.

    A document that tells of a draw or of a visit names its draw. Item lists, rulebooks and plans
    exist without a draw and may name none.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "ordinal"),
        CheckConstraint(
            "draw_id IS NOT NULL OR kind IN ('item_list', 'rulebook', 'plan')",
            name="traces_to_draw",
        ),
        CheckConstraint("kind <> 'correction' OR corrects_id IS NOT NULL", name="names_corrected"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(80))
    ordinal: Mapped[int] = mapped_column(Integer, default=1)
    draw_id: Mapped[UUID | None] = mapped_column(ForeignKey("draw.id"), index=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("publication.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class PublishedResult(Base):
    """The columns that lists and searches need of a published result: one row a visit, always with
    its draw."""

    __tablename__ = "published_result"
    __table_args__ = (
        Index("ix_published_result_newest", "published_at", "publication_id"),
        Index("ix_published_result_department", "department_id", "published_at"),
        Index("ix_published_result_category", "category_code", "published_at"),
        Index("ix_published_result_enterprise", "enterprise_code", "published_at"),
    )

    publication_id: Mapped[UUID] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), unique=True)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), index=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"))
    enterprise_code: Mapped[str] = mapped_column(String(64))
    enterprise_name: Mapped[str] = mapped_column(String(300))
    category_code: Mapped[str] = mapped_column(String(8))
    ended_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    late: Mapped[bool] = mapped_column(Boolean)
    minutes_taken: Mapped[int] = mapped_column(Integer, index=True)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    publication: Mapped[Publication] = relationship(lazy="joined", innerjoin=True)


class PublishedName(Base):
    """A pair of neighbouring characters of a name on a published result: a row of the search
    index."""

    __tablename__ = "published_name"
    __table_args__ = (Index("ix_published_name_publication_id", "publication_id"),)

    term: Mapped[str] = mapped_column(String(2), primary_key=True)
    publication_id: Mapped[UUID] = mapped_column(
        ForeignKey("published_result.publication_id"), primary_key=True
    )


class WorkingDayOverride(Base):
    """A day that is worked, or free, contrary to the calendar, with the reason."""

    __tablename__ = "working_day_override"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    works: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(String(200))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

"""Visits 入户: who is visited by whom, what was pinned, what happened, and how it stands.

``visit_event`` is append-only and holds every applied event as the bytes that were hashed. All
other columns about progress are a projection of it: ``service.check`` proves that they are.
Event rows name device and account without foreign keys; docs/adr/0011-event-rows.md says why.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..platform import clock, ids
from ..platform.database import Base, UtcDateTime


class Visit(Base):
    """One visit to one drawn enterprise.

    ``state``: assigned | under_way | sealed | complete | confirmed | disclosed | sent_back.
    ``revision`` counts accepted pushes and server events; ``round`` counts how often the record
    was sent back. Counts are over the points visible now.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("draw_id", "pool_row"),
        Index("ix_visit_state_sealed", "state", "sealed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"))
    draw_number: Mapped[str] = mapped_column(String(64))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.id"), index=True)
    enterprise_code: Mapped[str] = mapped_column(String(40), index=True)
    enterprise_name: Mapped[str] = mapped_column(String(200))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    lot_number: Mapped[int] = mapped_column(Integer)
    pool_row: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date] = mapped_column(Date, index=True)
    state: Mapped[str] = mapped_column(String(12), default="assigned")
    revision: Mapped[int] = mapped_column(Integer, default=0)
    round: Mapped[int] = mapped_column(Integer, default=0)
    event_count: Mapped[int] = mapped_column(Integer, default=0)
    challenge: Mapped[str] = mapped_column(String(64))
    package_sha256: Mapped[str] = mapped_column(String(64))
    points_total: Mapped[int] = mapped_column(Integer, default=0)
    points_answered: Mapped[int] = mapped_column(Integer, default=0)
    points_failed: Mapped[int] = mapped_column(Integer, default=0)
    points_disputed: Mapped[int] = mapped_column(Integer, default=0)
    evidence_total: Mapped[int] = mapped_column(Integer, default=0)
    missing_count: Mapped[int] = mapped_column(Integer, default=0)
    result_code: Mapped[str | None] = mapped_column(String(4))
    follow_up: Mapped[str | None] = mapped_column(String(20))
    digest: Mapped[str | None] = mapped_column(String(64))
    sealed_by: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class VisitPackage(Base):
    """What the phone pins, as the canonical JSON that ``visit.package_sha256`` hashes.

    ``revision`` is the visit's when the package got other officers, else 0: a phone that has
    an earlier one needs the package again.
    """

    __tablename__ = "visit_package"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer, default=0)


class VisitOfficer(Base):
    """An officer drawn for the visit; ``account_id`` is who may sync it."""

    __tablename__ = "visit_officer"
    __table_args__ = (Index("ix_visit_officer_account_id", "account_id"),)

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"))
    seat: Mapped[int] = mapped_column(Integer)


class VisitFormerOfficer(Base):
    """An officer who left the visit in a batch of replacements; what they wrote before stays, and
    what still comes from their phone is kept beside the record. ``reason``: the public cause."""

    __tablename__ = "visit_former_officer"
    __table_args__ = (Index("ix_visit_former_officer_account_id", "account_id"),)

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    batch: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    seat: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(16))
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitItem(Base):
    """An item inspected in the visit; its department sees the visit 一企一表."""

    __tablename__ = "visit_item"
    __table_args__ = (Index("ix_visit_item_department_id", "department_id"),)

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("inspection_item.id"), primary_key=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"))


class VisitEvent(Base):
    """An applied event: ``sent`` is its canonical JSON, ``hash`` that of sync/1 §1.

    ``device_id`` is empty for the server's own events. ``adopted`` marks one that came out of
    quarantine: its own phone is told too, and its place on the device may be taken, since a phone
    restored from a copy counts on from an old number. ``received_at`` is when the event came, also
    of one that waited in quarantine; ``clock_ahead_ms`` how far the phone's clock was ahead then,
    empty when the phone did not say.
    """

    __tablename__ = "visit_event"
    __table_args__ = (
        Index(
            "uq_visit_event_device_seq",
            "device_id",
            "seq",
            unique=True,
            postgresql_where=text("NOT adopted"),
            sqlite_where=text("NOT adopted"),
        ),
        Index("ix_visit_event_visit_revision", "visit_id", "revision"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column()
    device_id: Mapped[UUID | None] = mapped_column()
    account_id: Mapped[UUID | None] = mapped_column()
    officer: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(24))
    sent: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clock_ahead_ms: Mapped[int | None] = mapped_column(BigInteger)
    adopted: Mapped[bool] = mapped_column(Boolean, default=False)


class VisitFold(Base):
    """The reducer's accumulator after ``revision``, so that a push folds only what came since.

    ``reducer``: ``snapshot.VERSION`` of the program that made it; one of another version, or
    of before versions were told, is not read.
    """

    __tablename__ = "visit_fold"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
    reducer: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)

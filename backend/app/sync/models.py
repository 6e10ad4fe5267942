"""What sync keeps beside the events themselves: heads of devices, quarantine, incidents."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..platform import ids
from ..platform.database import Base, UtcDateTime


class SyncHead(Base):
    """How far a device's chain was taken. Locked during a push: a device pushes one at a time.

    ``held`` counts events of the device that wait in quarantine because the chain does not
    reach them.
    """

    __tablename__ = "sync_head"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[str] = mapped_column(String(64))
    held: Mapped[int] = mapped_column(Integer, default=0)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuarantinedEvent(Base):
    """A well-formed event that could not be applied, kept as sent.

    ``receipt_reason`` is what its receipt says, for ever; ``reason`` what keeps it here now.
    ``visit_id`` may name a visit that does not exist. ``decision``: adopted | set_aside | linked
    (its chain closed by itself); empty while it waits. ``clock_ahead_ms``: how far the phone's
    clock was ahead when the event came, empty when the phone did not say.
    """

    __tablename__ = "quarantined_event"
    __table_args__ = (
        Index("ix_quarantined_event_waiting", "decision", "received_at"),
        Index("ix_quarantined_event_device_seq", "device_id", "seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    visit_id: Mapped[UUID] = mapped_column(index=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    prev: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(24))
    sent: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    receipt_reason: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(24))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clock_ahead_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(Text)


class SyncIncident(Base):
    """Somebody sent another event under a known id: both hashes, and what was sent."""

    __tablename__ = "sync_incident"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    event_id: Mapped[UUID] = mapped_column(index=True)
    known_hash: Mapped[str] = mapped_column(String(64))
    sent_hash: Mapped[str] = mapped_column(String(64))
    sent: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

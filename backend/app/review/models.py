"""Decisions 核查: who confirmed or sent back which revision of which record, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..platform import clock, ids
from ..platform.database import Base, Json, UtcDateTime

CONFIRMED = "confirmed"
SENT_BACK = "sent_back"


class Decision(Base):
    """One decision about one revision of one record, named by its digest.

    ``reasons`` of a sent-back record: [{point | evidence | neither, reason}]. ``step_up_at`` is
    when the supervisor last proved who they are before confirming.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("visit_id", "revision"),
        CheckConstraint("outcome IN ('confirmed', 'sent_back')", name="outcome"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))
    revision: Mapped[int] = mapped_column(Integer)
    record_sha256: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16))
    scope: Mapped[str | None] = mapped_column(String(16))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    step_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

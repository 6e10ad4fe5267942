"""Evidence 证据: what events announced, what arrived, and where its bytes are.

Bytes are objects in the store; rows say how far they came. A verified file lies under its own
SHA-256 and is never removed; two rows may share it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..platform import clock, ids
from ..platform.database import Base, Json, UtcDateTime


class Evidence(Base):
    """One photo, video or signature, known by the id its phone gave it.

    ``state``: pending | receiving | verified | damaged | refused; ``problem`` names why it was
    refused, or what a decoder said of verified bytes. ``standing``: an applied event lists it and
    none withdrew it, so the visit waits for it. ``media_type`` is what the bytes say they are,
    ``mime`` what the phone said. ``assembled``: the bytes lie under their SHA-256, not in pieces.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_visit_standing", "visit_id", "standing"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(100))
    filename: Mapped[str] = mapped_column(String(200), default="")
    point: Mapped[str | None] = mapped_column(String(100))
    source: Mapped[str | None] = mapped_column(String(8))
    position: Mapped[dict[str, str] | None] = mapped_column(Json)
    standing: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(12), default="pending")
    problem: Mapped[str | None] = mapped_column(String(40))
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    media_type: Mapped[str | None] = mapped_column(String(40))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    assembled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Upload(Base):
    """One attempt to send a file by tus. ``received`` only moves by compare-and-set.

    ``state``: open | verified | damaged | refused | expired. A damaged attempt stays as a fact;
    sending again is the next attempt.
    """

    __tablename__ = "upload"
    __table_args__ = (
        UniqueConstraint("evidence_id", "attempt"),
        Index("ix_upload_state_expires_at", "state", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    attempt: Mapped[int] = mapped_column(Integer)
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(12), default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EvidencePiece(Base):
    """A run of bytes of an upload: an object in the store, from ``start`` on."""

    __tablename__ = "evidence_piece"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(120))


class Derivative(Base):
    """A picture made from a file, without its metadata. ``variant``: thumb320 | thumb1280."""

    __tablename__ = "derivative"

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    variant: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)

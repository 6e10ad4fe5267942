"""Tables of the ledger: what waits for an index, what has one, what was signed, who co-signs.

An entry's public bytes never change. The salt and the body stand beside them and may be erased:
the entry then proves that something was recorded, and no longer what.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..platform import clock, ids
from ..platform.database import Base, UtcDateTime

Position = BigInteger().with_variant(Integer, "sqlite")


class QueuedEntry(Base):
    """An entry that is committed and has no index yet; ``position`` is the order of writing."""

    __tablename__ = "ledger_queue"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own name

    position: Mapped[int] = mapped_column(Position, primary_key=True, autoincrement=True)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    type: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(120))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class LedgerEntry(Base):
    """An entry with its place in the log; ``index`` counts from 0 without a gap."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_type", "type", "index"),
        Index("ix_ledger_entry_subject", "subject", "type", "index"),
    )

    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    type: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(120))
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class SignedCheckpoint(Base):
    """A checkpoint this log has signed: the whole note with the log's own signature."""

    __tablename__ = "ledger_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Witness(Base):
    """Somebody outside who co-signs checkpoints; ``key`` is a C2SP verifier key."""

    __tablename__ = "ledger_witness"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    key: Mapped[str] = mapped_column(String(400))
    url: Mapped[str] = mapped_column(String(400))
    cosigned_size: Mapped[int] = mapped_column(BigInteger, default=0)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    problem: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Cosignature(Base):
    """A witness's signature line on one checkpoint, verified before it was stored."""

    __tablename__ = "ledger_cosignature"

    size: Mapped[int] = mapped_column(ForeignKey("ledger_checkpoint.size"), primary_key=True)
    witness_id: Mapped[UUID] = mapped_column(
        ForeignKey("ledger_witness.id"), primary_key=True, index=True
    )
    line: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

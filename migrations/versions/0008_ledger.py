"""The ledger: queue, entries, signed checkpoints, witnesses and their cosignatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _entry_columns() -> list[sa.Column]:
    return [
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("type", sa.String(48), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("entry", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary(32)),
        sa.Column("body", sa.LargeBinary),
    ]


def upgrade() -> None:
    """Create the tables of the log, then those of its witnesses."""
    op.create_table(
        "ledger_queue",
        sa.Column("position", _POSITION, primary_key=True, autoincrement=True),
        *_entry_columns(),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ledger_entry",
        sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
        *_entry_columns(),
    )
    op.create_index("ix_ledger_entry_type", "ledger_entry", ["type", "index"])
    op.create_index("ix_ledger_entry_subject", "ledger_entry", ["subject", "type", "index"])
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("signed_at", UtcDateTime, nullable=False),
    )
    _create_witnesses()


def _create_witnesses() -> None:
    op.create_table(
        "ledger_witness",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("url", sa.String(400), nullable=False),
        sa.Column("cosigned_size", sa.BigInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("problem", sa.String(64)),
        sa.Column("asked_at", UtcDateTime),
    )
    op.create_table(
        "ledger_cosignature",
        sa.Column("size", sa.BigInteger, sa.ForeignKey("ledger_checkpoint.size"), primary_key=True),
        sa.Column(
            "witness_id", sa.Uuid, sa.ForeignKey("ledger_witness.id"), primary_key=True, index=True
        ),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )

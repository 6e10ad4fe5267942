"""Evidence: what is expected, how far it came, where its bytes are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _key(name: str, target: str, **options: bool) -> sa.Column[sa.Uuid]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(target), **options)


def upgrade() -> None:
    """Create evidence, then uploads, pieces and derivatives."""
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid, primary_key=True),
        _key("visit_id", "visit.id", nullable=False),
        _key("account_id", "account.id", nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("point", sa.String(100)),
        sa.Column("source", sa.String(8)),
        sa.Column("captured_at", UtcDateTime),
        sa.Column("position", Json),
        sa.Column("standing", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("problem", sa.String(40)),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.String(40)),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("assembled", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("verified_at", UtcDateTime),
    )
    op.create_index("ix_evidence_visit_standing", "evidence", ["visit_id", "standing"])
    _create_uploads()
    op.create_table(
        "derivative",
        _key("evidence_id", "evidence.id", primary_key=True),
        sa.Column("variant", sa.String(12), primary_key=True),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
    )


def _create_uploads() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid, primary_key=True),
        _key("evidence_id", "evidence.id", nullable=False),
        _key("account_id", "account.id", nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime),
        sa.UniqueConstraint("evidence_id", "attempt"),
    )
    op.create_index("ix_upload_state_expires_at", "upload", ["state", "expires_at"])
    op.create_table(
        "evidence_piece",
        _key("upload_id", "upload.id", primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
    )

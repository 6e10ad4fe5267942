"""The platform's own tables and people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create installation, people and jobs."""
    op.create_table(
        "installation",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
    )
    op.create_table(
        "department",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.String(16), nullable=False, unique=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("parent_id", sa.Uuid, sa.ForeignKey("department.id"), index=True),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("is_oversight", sa.Boolean, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("login", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column(
            "department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False, index=True
        ),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column(
            "department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False, index=True
        ),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("granted_at", UtcDateTime, nullable=False),
        sa.Column("granted_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.UniqueConstraint("account_id", "department_id", "role"),
    )
    _create_proofs_of_identity()
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("run_at", UtcDateTime, nullable=False),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("done_units", sa.Integer, nullable=False),
        sa.Column("total_units", sa.Integer, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("requested_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
    )
    op.create_index("ix_job_due", "job", ["state", "run_at"])


def _create_proofs_of_identity() -> None:
    owner = {"nullable": False, "index": True}
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), **owner),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.Integer, nullable=False),
        sa.Column("transports", Json, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_used_at", UtcDateTime),
        sa.Column("revoked_at", UtcDateTime),
    )
    op.create_table(
        "webauthn_challenge",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), **owner),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("browser", sa.String(120), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("step_up_at", UtcDateTime),
        sa.Column("revoked_at", UtcDateTime),
    )
    op.create_table(
        "activation_code",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), **owner),
        sa.Column("code_hash", sa.String(200), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("account.id")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), **owner),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.Column("revoked_at", UtcDateTime),
    )

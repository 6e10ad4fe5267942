"""The registers: items with checklists, officers, enterprises, their history and imports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three registers, then what records changes and imports."""
    _create_items()
    _create_checklists()
    _create_enterprises()
    _create_officers()
    _create_imports()


def _create_items() -> None:
    op.create_table(
        "inspection_item",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.String(40), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("category", sa.String(16), nullable=False),
        sa.Column(
            "department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False, index=True
        ),
        sa.Column("group_name", sa.String(200), nullable=False),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("ratio_note", sa.Text, nullable=False),
        sa.Column("frequency_note", sa.Text, nullable=False),
        sa.Column("officer_requirement", sa.Text, nullable=False),
        sa.Column("remarks", sa.Text, nullable=False),
        sa.Column("subitems", Json, nullable=False),
        sa.Column("materials", Json, nullable=False),
        sa.Column("specialities", Json, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("published", sa.Boolean, nullable=False),
        sa.Column("origin_key", sa.String(64), unique=True),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )


def _create_checklists() -> None:
    op.create_table(
        "checklist",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "item_id", sa.Uuid, sa.ForeignKey("inspection_item.id"), nullable=False, index=True
        ),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("superseded_at", UtcDateTime),
        sa.UniqueConstraint("item_id", "version"),
    )
    op.create_table(
        "checklist_point",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column(
            "checklist_id", sa.Uuid, sa.ForeignKey("checklist.id"), nullable=False, index=True
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("no", sa.String(12), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("required", sa.Boolean, nullable=False),
        sa.Column("key_point", sa.Boolean, nullable=False),
        sa.Column("evidence", sa.String(8), nullable=False),
        sa.Column("unit", sa.String(20)),
        sa.Column("minimum", sa.String(40)),
        sa.Column("maximum", sa.String(40)),
        sa.Column("options", Json, nullable=False),
        sa.Column("legal_basis", sa.Text),
        sa.Column("method", sa.Text),
        sa.Column("remarks", Json, nullable=False),
        sa.Column("shown_if", Json),
        sa.UniqueConstraint("checklist_id", "no"),
    )


def _create_enterprises() -> None:
    op.create_table(
        "enterprise",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.String(18), nullable=False, unique=True),
        sa.Column("registration_number", sa.String(30), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("region_code", sa.String(12), nullable=False),
        sa.Column("address", sa.String(400), nullable=False),
        sa.Column("industry", sa.String(120), nullable=False, index=True),
        sa.Column("risk_class", sa.String(1), nullable=False, index=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("established_on", sa.Date),
        sa.Column("business_scope", sa.Text, nullable=False),
        sa.Column("contact_phone", sa.String(60), nullable=False),
        sa.Column("latitude", sa.String(24)),
        sa.Column("longitude", sa.String(24)),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_enterprise_status_code", "enterprise", ["status", "code"])
    op.create_index("ix_enterprise_region_code_code", "enterprise", ["region_code", "code"])
    op.create_table(
        "supervision_tag",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String(60), nullable=False, unique=True),
    )
    op.create_table(
        "enterprise_tag",
        sa.Column("enterprise_id", sa.Uuid, sa.ForeignKey("enterprise.id"), primary_key=True),
        sa.Column(
            "tag_id", sa.Uuid, sa.ForeignKey("supervision_tag.id"), primary_key=True, index=True
        ),
    )


def _create_officers() -> None:
    op.create_table(
        "officer",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), unique=True),
        sa.Column(
            "department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False, index=True
        ),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("certificate", sa.String(40), nullable=False, unique=True),
        sa.Column("certificate_expires_on", sa.Date, nullable=False, index=True),
        sa.Column("specialities", Json, nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "officer_leave",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("officer_id", sa.Uuid, sa.ForeignKey("officer.id"), nullable=False, index=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
    )
    op.create_table(
        "recusal_ground",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("officer_id", sa.Uuid, sa.ForeignKey("officer.id"), nullable=False, index=True),
        sa.Column(
            "enterprise_id", sa.Uuid, sa.ForeignKey("enterprise.id"), nullable=False, index=True
        ),
        sa.Column("ground", sa.String(24), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("declared_at", UtcDateTime, nullable=False),
        sa.Column("declared_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("revoked_at", UtcDateTime),
    )


def _create_imports() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("encoding", sa.String(16), nullable=False),
        sa.Column("sheet", sa.String(120), nullable=False),
        sa.Column("header_row", sa.Integer, nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("failure", sa.String(40), nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column(
            "department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False, index=True
        ),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
    )
    op.create_table(
        "import_problem",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("batch_id", sa.Uuid, sa.ForeignKey("import_batch.id"), nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("header", sa.String(120), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("params", Json, nullable=False),
    )
    op.create_index(
        "ix_import_problem_batch", "import_problem", ["batch_id", "severity", "code", "row"]
    )
    op.create_table(
        "register_change",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("register", sa.String(12), nullable=False),
        sa.Column("object_id", sa.Uuid, nullable=False),
        sa.Column("label", sa.String(240), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("account_name", sa.String(80), nullable=False),
        sa.Column("batch_id", sa.Uuid, sa.ForeignKey("import_batch.id"), index=True),
    )
    op.create_index("ix_register_change_object", "register_change", ["register", "object_id", "at"])

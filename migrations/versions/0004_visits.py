"""Visits with their events, and what sync keeps of devices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _key(name: str, target: str, **options: bool) -> sa.Column[sa.Uuid]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(target), **options)


def upgrade() -> None:
    """Create the visit, what belongs to one, its events, and the tables of sync."""
    _create_visit()
    _create_parts()
    _create_events()
    _create_sync()


def _create_visit() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid, primary_key=True),
        _key("draw_id", "draw.id", nullable=False),
        sa.Column("draw_number", sa.String(64), nullable=False),
        _key("enterprise_id", "enterprise.id", nullable=False, index=True),
        sa.Column("enterprise_code", sa.String(40), nullable=False, index=True),
        sa.Column("enterprise_name", sa.String(200), nullable=False),
        _key("department_id", "department.id", nullable=False, index=True),
        sa.Column("lot_number", sa.Integer, nullable=False),
        sa.Column("pool_row", sa.Integer, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False, index=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("event_count", sa.Integer, nullable=False),
        sa.Column("challenge", sa.String(64), nullable=False),
        sa.Column("package_sha256", sa.String(64), nullable=False),
        sa.Column("points_total", sa.Integer, nullable=False),
        sa.Column("points_answered", sa.Integer, nullable=False),
        sa.Column("points_failed", sa.Integer, nullable=False),
        sa.Column("points_disputed", sa.Integer, nullable=False),
        sa.Column("evidence_total", sa.Integer, nullable=False),
        sa.Column("missing_count", sa.Integer, nullable=False),
        sa.Column("result_code", sa.String(4)),
        sa.Column("follow_up", sa.String(20)),
        sa.Column("digest", sa.String(64)),
        _key("sealed_by", "officer.id"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime),
        sa.Column("sealed_at", UtcDateTime),
        sa.Column("completed_at", UtcDateTime),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("draw_id", "pool_row"),
    )
    op.create_index("ix_visit_state_sealed", "visit", ["state", "sealed_at"])


def _create_parts() -> None:
    op.create_table(
        "visit_package",
        _key("visit_id", "visit.id", primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "visit_fold",
        _key("visit_id", "visit.id", primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "visit_officer",
        _key("visit_id", "visit.id", primary_key=True),
        _key("officer_id", "officer.id", primary_key=True),
        _key("account_id", "account.id"),
        _key("department_id", "department.id", nullable=False),
        sa.Column("seat", sa.Integer, nullable=False),
    )
    op.create_index("ix_visit_officer_account_id", "visit_officer", ["account_id"])
    op.create_table(
        "visit_item",
        _key("visit_id", "visit.id", primary_key=True),
        _key("item_id", "inspection_item.id", primary_key=True),
        _key("department_id", "department.id", nullable=False),
    )
    op.create_index("ix_visit_item_department_id", "visit_item", ["department_id"])


def _create_events() -> None:
    op.create_table(
        "visit_event",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("visit_id", sa.Uuid, nullable=False),
        sa.Column("device_id", sa.Uuid),
        sa.Column("account_id", sa.Uuid),
        sa.Column("officer", sa.String(36), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("adopted", sa.Boolean, nullable=False),
    )
    op.create_index(
        "uq_visit_event_device_seq",
        "visit_event",
        ["device_id", "seq"],
        unique=True,
        postgresql_where=sa.text("NOT adopted"),
        sqlite_where=sa.text("NOT adopted"),
    )
    op.create_index("ix_visit_event_visit_revision", "visit_event", ["visit_id", "revision"])


def _create_sync() -> None:
    op.create_table(
        "sync_head",
        _key("device_id", "device.id", primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "quarantined_event",
        sa.Column("id", sa.Uuid, primary_key=True),
        _key("device_id", "device.id", nullable=False),
        _key("account_id", "account.id", nullable=False),
        _key("department_id", "department.id", nullable=False, index=True),
        sa.Column("visit_id", sa.Uuid, nullable=False, index=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("receipt_reason", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("decision", sa.String(12)),
        _key("decided_by", "account.id"),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("note", sa.Text),
    )
    op.create_index(
        "ix_quarantined_event_waiting", "quarantined_event", ["decision", "received_at"]
    )
    op.create_index("ix_quarantined_event_device_seq", "quarantined_event", ["device_id", "seq"])
    op.create_table(
        "sync_incident",
        sa.Column("id", sa.Uuid, primary_key=True),
        _key("device_id", "device.id", nullable=False),
        _key("account_id", "account.id", nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False, index=True),
        sa.Column("known_hash", sa.String(64), nullable=False),
        sa.Column("sent_hash", sa.String(64), nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )

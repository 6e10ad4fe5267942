"""Draws: plans, witnesses, drawn rows, seats, number series."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _key(name: str, target: str, **options: bool) -> sa.Column[sa.Uuid]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(target), **options)


def upgrade() -> None:
    """Create the draw, then what belongs to one."""
    _create_draw()
    _create_parts()
    _create_outcome()


def _create_draw() -> None:
    op.create_table(
        "draw",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.String(64), unique=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        _key("department_id", "department.id", nullable=False, index=True),
        sa.Column("strata", Json, nullable=False),
        sa.Column("team", Json, nullable=False),
        sa.Column("exclusions", Json, nullable=False),
        sa.Column("cap", sa.Integer, nullable=False),
        sa.Column("last_day", sa.Date),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("plan_json", sa.Text),
        sa.Column("freeze_json", sa.Text),
        sa.Column("freeze_sha256", sa.String(64)),
        sa.Column("commits_json", sa.Text),
        sa.Column("transcript_json", sa.Text),
        sa.Column("seed", sa.String(64)),
        sa.Column("result_sha256", sa.String(64)),
        sa.Column("index_sha256", sa.String(64)),
        sa.Column("secrets", sa.Text),
        sa.Column("operator_secret", sa.String(64)),
        sa.Column("counts", Json, nullable=False),
        sa.Column("pool_rows", sa.Integer, nullable=False),
        sa.Column("drawn_rows", sa.Integer, nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("vacant_seats", sa.Integer, nullable=False),
        _key("created_by", "account.id"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        _key("frozen_by", "account.id"),
        sa.Column("frozen_at", UtcDateTime),
        sa.Column("committed_at", UtcDateTime),
        sa.Column("opened_at", UtcDateTime),
        sa.Column("revealed_at", UtcDateTime),
        sa.Column("drawn_at", UtcDateTime, index=True),
        sa.Column("dispatched_at", UtcDateTime),
        _key("ended_by", "account.id"),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("end_reason", sa.Text),
    )
    op.create_index("ix_draw_state_created", "draw", ["state", "created_at"])


def _create_parts() -> None:
    op.create_table(
        "draw_item",
        _key("draw_id", "draw.id", primary_key=True),
        _key("item_id", "inspection_item.id", primary_key=True, index=True),
    )
    op.create_table(
        "draw_department",
        _key("draw_id", "draw.id", primary_key=True),
        _key("department_id", "department.id", primary_key=True, index=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "draw_witness",
        _key("draw_id", "draw.id", primary_key=True),
        sa.Column("token", sa.String(16), primary_key=True),
        _key("account_id", "account.id"),
        sa.Column("office", sa.String(120), nullable=False),
        sa.Column("commitment", sa.String(64)),
        sa.Column("committed_at", UtcDateTime),
        sa.Column("text", sa.Text),
        sa.Column("rand", sa.String(64)),
        sa.Column("revealed_at", UtcDateTime),
        sa.UniqueConstraint("draw_id", "account_id"),
    )
    op.create_table(
        "draw_series",
        sa.Column("series", sa.String(56), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )


def _create_outcome() -> None:
    op.create_table(
        "draw_row",
        _key("draw_id", "draw.id", primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("lot_number", sa.Integer, nullable=False),
        sa.Column("stratum", sa.String(64), nullable=False),
        sa.Column("object", sa.String(64), nullable=False),
        _key("enterprise_id", "enterprise.id", nullable=False, index=True),
        sa.Column("enterprise_name", sa.String(200), nullable=False),
        sa.Column("lot", sa.String(32), nullable=False),
        sa.Column("path", Json, nullable=False),
        sa.UniqueConstraint("draw_id", "lot_number"),
    )
    op.create_table(
        "draw_seat",
        _key("draw_id", "draw.id", primary_key=True),
        sa.Column("seat_no", sa.Integer, primary_key=True),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("department", sa.String(64), nullable=False),
        sa.Column("speciality", sa.String(64), nullable=False),
        _key("officer_id", "officer.id", index=True),
    )

"""Replacements: recusals from the phone, absences, batches of re-drawn seats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What a draw and a visit keep of a batch, then what waits for the next one."""
    _batches()
    _absences()
    _vacancies()


def _batches() -> None:
    op.create_table(
        "draw_replacement",
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), primary_key=True),
        sa.Column("batch", sa.Integer, primary_key=True),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("drawn_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "visit_former_officer",
        sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visit.id"), primary_key=True),
        sa.Column("officer_id", sa.Uuid, sa.ForeignKey("officer.id"), primary_key=True),
        sa.Column("batch", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("seat", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("left_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_visit_former_officer_account_id", "visit_former_officer", ["account_id"])
    with op.batch_alter_table("visit_package") as table:
        table.add_column(sa.Column("revision", sa.Integer))
    packages = sa.table("visit_package", sa.column("revision", sa.Integer))
    op.execute(packages.update().values(revision=0))
    with op.batch_alter_table("visit_package") as table:
        table.alter_column("revision", existing_type=sa.Integer, nullable=False)


def _absences() -> None:
    op.create_table(
        "officer_absence",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("officer_id", sa.Uuid, sa.ForeignKey("officer.id"), nullable=False),
        sa.Column("department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("entered_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("entered_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("officer_id", "starts_on", "ends_on"),
    )
    op.create_index("ix_officer_absence_department_id", "officer_absence", ["department_id"])
    op.create_table(
        "replacement_call",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("asked_by", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("released_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("batch", sa.Integer),
    )
    op.create_index(
        "uq_replacement_call_open",
        "replacement_call",
        ["draw_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )


def _vacancies() -> None:
    op.create_table(
        "vacancy",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), nullable=False),
        sa.Column("seat_no", sa.Integer, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visit.id")),
        sa.Column("officer_id", sa.Uuid, sa.ForeignKey("officer.id")),
        sa.Column("department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("event_id", sa.Uuid, unique=True),
        sa.Column("absence_id", sa.Uuid, sa.ForeignKey("officer_absence.id")),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("asked_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("settled_words", sa.Text, nullable=False),
        sa.Column("batch", sa.Integer),
        sa.Column("came_id", sa.Uuid, sa.ForeignKey("officer.id")),
    )
    op.create_index("ix_vacancy_state_asked_at", "vacancy", ["state", "asked_at"])
    op.create_index("ix_vacancy_officer_id", "vacancy", ["officer_id"])
    op.create_index("ix_vacancy_visit_id", "vacancy", ["visit_id"])
    op.create_index(
        "uq_vacancy_waiting_seat",
        "vacancy",
        ["draw_id", "seat_no"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )

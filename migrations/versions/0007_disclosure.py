"""Publications, append-only by trigger; the index of results; working-day overrides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("publication", "published_result")


def upgrade() -> None:
    """Create the tables, then the triggers that keep them append-only."""
    _create_publication()
    _create_published_result()
    op.create_table(
        "working_day_override",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("works", sa.Boolean, nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("created_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    for statement in _refusals(op.get_bind().dialect.name):
        op.execute(statement)


def _create_publication() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), index=True),
        sa.Column(
            "department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False, index=True
        ),
        sa.Column("corrects_id", sa.Uuid, sa.ForeignKey("publication.id"), index=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("published_at", UtcDateTime, nullable=False),
        sa.Column("published_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.UniqueConstraint("kind", "subject", "ordinal"),
        sa.CheckConstraint(
            "draw_id IS NOT NULL OR kind IN ('item_list', 'rulebook', 'plan')",
            name="traces_to_draw",
        ),
        sa.CheckConstraint(
            "kind <> 'correction' OR corrects_id IS NOT NULL", name="names_corrected"
        ),
    )


def _create_published_result() -> None:
    op.create_table(
        "published_result",
        sa.Column("publication_id", sa.Uuid, sa.ForeignKey("publication.id"), primary_key=True),
        sa.Column("visit_id", sa.Uuid, sa.ForeignKey("visit.id"), nullable=False, unique=True),
        sa.Column("draw_id", sa.Uuid, sa.ForeignKey("draw.id"), nullable=False, index=True),
        sa.Column("department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False),
        sa.Column("enterprise_code", sa.String(64), nullable=False),
        sa.Column("enterprise_name", sa.String(300), nullable=False),
        sa.Column("category_code", sa.String(8), nullable=False),
        sa.Column("ended_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("minutes_taken", sa.Integer, nullable=False, index=True),
        sa.Column("published_at", UtcDateTime, nullable=False),
    )
    for name, first, second in (
        ("newest", "published_at", "publication_id"),
        ("department", "department_id", "published_at"),
        ("category", "category_code", "published_at"),
        ("enterprise", "enterprise_code", "published_at"),
    ):
        op.create_index(f"ix_published_result_{name}", "published_result", [first, second])
    op.create_table(
        "published_name",
        sa.Column("term", sa.String(2), primary_key=True),
        sa.Column(
            "publication_id",
            sa.Uuid,
            sa.ForeignKey("published_result.publication_id"),
            primary_key=True,
        ),
    )
    op.create_index("ix_published_name_publication_id", "published_name", ["publication_id"])


def _refusals(dialect: str) -> list[str]:
    """Triggers that refuse to change or delete a row, in the words of each database."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for table in APPEND_ONLY
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        "CREATE FUNCTION publication_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    return [
        function,
        *(
            f"CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table} "
            f"FOR EACH {level} EXECUTE FUNCTION publication_is_append_only()"
            for table in APPEND_ONLY
            for verb, level in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT"))
        ),
    ]

"""Jobs whose rows are the queue, events with any number of subscribers, workers' signs of life."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

FORMER_QUEUE = ("huey_kv", "huey_schedule", "huey_task", "huey_counter")
NEWS = {
    "visits.recusal_requested": "recusal.requested",
    "registry.officer_account_changed": "register.changed",
    "registry.officer_limited": "register.changed",
}
"""Kinds of job that carried news between features, and the kind of event that does now."""
FIELDS = {
    "registry.officer_account_changed": ["account_id"],
    "registry.officer_limited": ["active", "certificate_expires_on"],
}


def upgrade() -> None:
    """Make the tables; news that still waited as jobs become events.

    The tables of the former queue held pickled calls, which nothing may ever load again.
    """
    for name in FORMER_QUEUE:
        op.execute(f"DROP TABLE IF EXISTS {name}")
    op.create_table(
        "worker",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
    )
    with op.batch_alter_table("job") as table:
        table.add_column(sa.Column("lane", sa.String(160)))
    _index("ix_job_lane", "job", ["lane", "id"], "lane IS NOT NULL")
    op.create_table(
        "domain_event",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("handed_out_at", UtcDateTime()),
    )
    _index("ix_domain_event_waiting", "domain_event", ["id"], "handed_out_at IS NULL")
    _move_news()


def _index(name: str, table: str, columns: list[str], which: str) -> None:
    where = sa.text(which)
    op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)


def _move_news() -> None:
    job = sa.table(
        "job",
        sa.column("id", sa.Uuid),
        sa.column("kind", sa.String),
        sa.column("payload", Json),
        sa.column("state", sa.String),
        sa.column("created_at", UtcDateTime()),
    )
    event = sa.table(
        "domain_event",
        sa.column("id", sa.Uuid),
        sa.column("kind", sa.String),
        sa.column("subject", sa.String),
        sa.column("facts", Json),
        sa.column("at", UtcDateTime()),
    )
    waiting = (job.c.kind.in_(list(NEWS)), job.c.state.in_(["queued", "running"]))
    connection = op.get_bind()
    for row in connection.execute(sa.select(job).where(*waiting).order_by(job.c.id)).all():
        subject, facts = _told_by(connection, row)
        connection.execute(
            event.insert().values(
                id=row.id, kind=NEWS[row.kind], subject=subject, facts=facts, at=row.created_at
            )
        )
    connection.execute(job.delete().where(*waiting))


def _told_by(connection: sa.Connection, row: sa.Row) -> tuple[str, dict]:  # type: ignore[type-arg]
    """Return the subject and the facts of the event that a waiting job carried."""
    if row.kind in FIELDS:
        officer = row.payload["officer"]
        fields = FIELDS[row.kind]
        return officer, {"register": "officer", "objects": [officer], "fields": fields}
    event_id = row.payload["event"]
    asked = sa.table("visit_event", sa.column("id", sa.Uuid), sa.column("visit_id", sa.Uuid))
    of_request = sa.select(asked.c.visit_id).where(asked.c.id == uuid.UUID(event_id))
    return str(connection.scalar(of_request) or ""), {"event": event_id}


def downgrade() -> None:
    """Forget signs of life and events; deliveries that wait are lost with them."""
    op.drop_table("domain_event")
    op.drop_index("ix_job_lane", table_name="job")
    with op.batch_alter_table("job") as table:
        table.drop_column("lane")
    op.drop_table("worker")

"""The error of a phone's clock beside each event, and no claimed moment in a column.

A column that holds a claim is sooner or later taken for a fact. When a visit began and when a file
was taken stay in the events, where the bounds of the server stand beside them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of events received before, nobody knows how wrong the phone's clock was."""
    for name in ("visit_event", "quarantined_event"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("clock_ahead_ms", sa.BigInteger))
    with op.batch_alter_table("visit") as table:
        table.drop_column("started_at")
    with op.batch_alter_table("evidence") as table:
        table.drop_column("captured_at")


def downgrade() -> None:
    """Forget the errors of clocks; the claims are in the events."""
    with op.batch_alter_table("evidence") as table:
        table.add_column(sa.Column("captured_at", UtcDateTime()))
    with op.batch_alter_table("visit") as table:
        table.add_column(sa.Column("started_at", UtcDateTime()))
    for name in ("quarantined_event", "visit_event"):
        with op.batch_alter_table(name) as table:
            table.drop_column("clock_ahead_ms")

"""What a file holds beside its rows, what its words and its doubtful firms were decided to mean."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Imports of before have no survey; they are looked at anew when they are read again."""
    with op.batch_alter_table("import_batch") as table:
        table.add_column(sa.Column("delimiter", sa.String(2), server_default="", nullable=False))
        table.add_column(sa.Column("survey", Json))
    batches = sa.table("import_batch", sa.column("survey", Json))
    op.execute(batches.update().values(survey={}))
    with op.batch_alter_table("import_batch") as table:
        table.alter_column("delimiter", existing_type=sa.String(2), server_default=None)
        table.alter_column("survey", existing_type=Json, nullable=False)
    op.create_table(
        "import_word",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("department_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("word", sa.String(200), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("decided_by", sa.Uuid, nullable=False),
        sa.Column("decided_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_import_word_department_id_department"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_import_word_decided_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_word")),
        sa.UniqueConstraint("department_id", "kind", "field", "key"),
    )
    op.create_table(
        "import_pair",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("ours", Json, nullable=False),
        sa.Column("other", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_pair_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_pair")),
    )
    op.create_index(op.f("ix_import_pair_batch_id"), "import_pair", ["batch_id"])


def downgrade() -> None:
    """Forget surveys, words and pairs."""
    op.drop_table("import_pair")
    op.drop_table("import_word")
    with op.batch_alter_table("import_batch") as table:
        table.drop_column("survey")
        table.drop_column("delimiter")

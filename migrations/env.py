"""Alembic's environment: runs migrations on the running application's database."""

from __future__ import annotations

from alembic import context

from backend.app.platform.database import Base, db


def run() -> None:
    """Apply migrations, each in its own transaction."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()

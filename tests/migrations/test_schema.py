"""The models and the migrated database are the same, on both kinds of database."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backend.app.platform.database import Base, db


def test_the_models_equal_the_migrated_schema(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True}
        )
        differences = compare_metadata(context, Base.metadata)
    assert not differences, "\n".join(str(one) for one in differences)


def test_every_table_belongs_to_a_feature_or_the_platform(app):
    assert len(Base.metadata.tables) > 20
    names = set(Base.metadata.tables)
    with db.engine.connect() as connection:
        found = set(db.inspect(connection).get_table_names()) - {"alembic_version"}
    assert found == names

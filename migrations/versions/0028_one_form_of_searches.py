"""Published names are found by the form that the office's registers are found by.

Both lose more kinds of brackets and dots; published names also their marks without width and the
difference between letters and digits of one look.
"""

from __future__ import annotations

import uuid
from functools import reduce

import sqlalchemy as sa
from alembic import op

from backend.app.platform.text import search_form

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None

_REGISTERS = ("inspection_item", "officer", "enterprise")
_MARKS = "〖〗〘〙〚〛«»‹›⟨⟩⟪⟫⦅⦆⋅∙′″`"
_AT_A_TIME = 1000
_results = sa.table(
    "published_result",
    sa.column("publication_id", sa.Uuid),
    sa.column("enterprise_name", sa.String),
)
_names = sa.table(
    "published_name", sa.column("term", sa.String), sa.column("publication_id", sa.Uuid)
)


def upgrade() -> None:
    """A few replacements are made at a time, since a database takes only so many within each
    other."""
    for name in _REGISTERS:
        rows = sa.table(name, sa.column("search_text", sa.Text))
        for marks in (_MARKS[:12], _MARKS[12:]):
            text = reduce(
                lambda found, mark: sa.func.replace(found, mark, ""), marks, rows.c.search_text
            )
            held = sa.or_(*(rows.c.search_text.contains(mark) for mark in marks))
            op.execute(rows.update().where(held).values(search_text=text))
    op.execute(_names.delete())
    connection, after = op.get_bind(), uuid.UUID(int=0)
    query = sa.select(_results).order_by(_results.c.publication_id).limit(_AT_A_TIME)
    while part := connection.execute(query.where(_results.c.publication_id > after)).all():
        after = part[-1].publication_id
        rows_of_part = [
            {"term": term, "publication_id": found.publication_id}
            for found in part
            for term in _terms(found.enterprise_name)
        ]
        if rows_of_part:
            connection.execute(_names.insert(), rows_of_part)


def _terms(name: str) -> set[str]:
    """The single characters of a name and its pairs of neighbours."""
    form = search_form(name)
    return {*form, *(form[at : at + 2] for at in range(len(form) - 1))}


def downgrade() -> None:
    """Nothing to do: a name without marks is still found, but for the letters O, I and L."""

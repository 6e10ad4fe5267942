"""An account belongs to a person by employee number, and what accounts did to each other is kept.

Old accounts take their login for a number, marked as not checked. Who granted their roles and made
their codes is known from before; who created them is the person who made their first code.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from backend.app.platform.database import Json, UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_CODE_LIFETIME = timedelta(days=7)
_accounts = sa.table(
    "account",
    sa.column("id", sa.Uuid),
    sa.column("login", sa.String),
    sa.column("employee_number", sa.String),
    sa.column("number_checked", sa.Boolean),
)
_grants = sa.table(
    "role_grant",
    sa.column("account_id", sa.Uuid),
    sa.column("granted_by", sa.Uuid),
    sa.column("granted_at", UtcDateTime),
)
_codes = sa.table(
    "activation_code",
    sa.column("account_id", sa.Uuid),
    sa.column("created_by", sa.Uuid),
    sa.column("expires_at", UtcDateTime),
)
_acts = sa.table(
    "account_act",
    sa.column("id", sa.Uuid),
    sa.column("by_id", sa.Uuid),
    sa.column("about_id", sa.Uuid),
    sa.column("kind", sa.String),
    sa.column("at", UtcDateTime),
)


def upgrade() -> None:
    """Add the columns, fill them, and tie the accounts that are known to be tied."""
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("employee_number", sa.String(64)))
        table.add_column(sa.Column("number_checked", sa.Boolean))
    op.execute(
        _accounts.update().values(
            employee_number=sa.func.upper(_accounts.c.login), number_checked=False
        )
    )
    with op.batch_alter_table("account") as table:
        table.alter_column("employee_number", existing_type=sa.String(64), nullable=False)
        table.alter_column("number_checked", existing_type=sa.Boolean, nullable=False)
        table.create_unique_constraint("uq_account_employee_number", ["employee_number"])
    op.create_table(
        "account_act",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("by_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("about_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "role_proposal",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("department_id", sa.Uuid, sa.ForeignKey("department.id"), nullable=False),
        sa.Column("proposed_by", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("proposed_at", UtcDateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("decided_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("words", sa.String(500), nullable=False),
    )
    op.create_table(
        "credential_reset",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("ordered_by", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("ordered_at", UtcDateTime, nullable=False),
        sa.Column("kept_passkeys", Json, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("agreed_by", sa.Uuid, sa.ForeignKey("account.id")),
        sa.Column("agreed_at", UtcDateTime),
        sa.Column("works_at", UtcDateTime),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("read_at", UtcDateTime),
    )
    _tie("roles", _grants, _grants.c.granted_by, _grants.c.granted_at)
    _tie("credentials", _codes, _codes.c.created_by, _codes.c.expires_at, _CODE_LIFETIME)


def _tie(
    kind: str,
    of: sa.TableClause,
    by: sa.ColumnElement,
    at: sa.ColumnElement,
    earlier: timedelta = timedelta(0),
) -> None:
    connection = op.get_bind()
    found = connection.execute(sa.select(of.c.account_id, by, at).where(by.is_not(None))).all()
    rows = [
        {
            "id": uuid.uuid4(),
            "by_id": row[1],
            "about_id": row[0],
            "kind": kind,
            "at": row[2] - earlier,
        }
        for row in found
    ]
    if rows:
        connection.execute(_acts.insert(), rows)


def downgrade() -> None:
    """Forget the numbers and the acts."""
    op.drop_table("credential_reset")
    op.drop_table("role_proposal")
    op.drop_table("account_act")
    with op.batch_alter_table("account") as table:
        table.drop_constraint("uq_account_employee_number", type_="unique")
        table.drop_column("number_checked")
        table.drop_column("employee_number")

"""The text that rows of the registers are found by: without marks, look-alikes as one character."""

from __future__ import annotations

from functools import reduce

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_REGISTERS = ("inspection_item", "officer", "enterprise")
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_MARKS = "()[]{}<>《》〈〉【】〔〕「」『』·•・‧,，.。、_'\"“”‘’-‐‑‒–—―−"
_LOOK_ALIKES = {"o": "0", "i": "1", "l": "1"}


def upgrade() -> None:
    """The texts were in NFKC and lower case already; a few replacements are made at a time, since
    a database takes only so many within each other."""
    changes = list((dict.fromkeys(_UNSEEN + _MARKS, "") | _LOOK_ALIKES).items())
    for name in _REGISTERS:
        rows = sa.table(name, sa.column("search_text", sa.Text))
        for pairs in [changes[i : i + 12] for i in range(0, len(changes), 12)]:
            text = reduce(
                lambda found, pair: sa.func.replace(found, *pair), pairs, rows.c.search_text
            )
            op.execute(rows.update().values(search_text=text))


def downgrade() -> None:
    """Nothing to do: a text without marks still finds its row, but for codes with O, I or L."""

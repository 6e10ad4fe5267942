"""The minutes as plain values: blocks of facts, tables and signature lines. Pure.

Everything a reader sees is already text in their language; the typesetter only places it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``widths`` are parts of the line (1, 2, …) or "auto". A cell that begins with a back
    quote is set in the type of digests."""

    head: Row
    rows: Sequence[Row]
    widths: Sequence[str]


@dataclass(frozen=True, slots=True)
class Block:
    """One section. ``facts``: (name, value); ``notes`` stand below."""

    title: str
    facts: Sequence[Row] = ()
    table: Table | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole document. ``made`` is a moment of the draw, never of the printing; ``qr`` is an
    SVG, empty while the ledger has no entry; each of the ``signers`` gets a line."""

    lang: str
    title: str
    subtitle: str
    number: str
    made: datetime
    blocks: Sequence[Block]
    signers: Sequence[str]
    signing: str
    day: str
    qr: str = ""
    qr_text: str = ""
    qr_title: str = ""
    footer: str = ""
    pages: str = field(default="{page} / {pages}")

    def values(self) -> dict[str, Any]:
        """Return the sheet as plain JSON for the typesetter."""
        found = asdict(self)
        found["made"] = [
            self.made.year,
            self.made.month,
            self.made.day,
            self.made.hour,
            self.made.minute,
            self.made.second,
        ]
        return found


def mono(text: str) -> str:
    """Return ``text`` marked to be set in the type of digests."""
    return "`" + text

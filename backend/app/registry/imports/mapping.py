"""Which column is which field: a guess by name that a person can correct.

Names are compared without case, spaces and marks. It must not look at the data to guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.app.registry.imports.cells import fold

_BRACKETS = re.compile(r"[（(\[【].*?[)）\]】]")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a kind of register can hold.

    aliases: column names it is known by; the first is the one templates are written with.
    required: a file without such a column cannot be imported.
    """

    name: str
    aliases: tuple[str, ...]
    required: bool = False
    keep_lines: bool = False


def guess_mapping(labels: Sequence[str], fields: Sequence[Field]) -> dict[str, int]:
    """field name -> column index, each column at most once.

    Exact names win over names with a bracketed remark taken off, those over names that only
    contain an alias; a longer alias wins over a shorter one.
    """
    folded = [(fold(label), fold(_BRACKETS.sub("", label))) for label in labels]
    offers: list[tuple[int, int, int, int, str]] = []
    for order, field in enumerate(fields):
        for alias in field.aliases:
            wanted = fold(alias)
            for column, (full, bare) in enumerate(folded):
                rank = _rank(wanted, full, bare)
                if rank is not None:
                    offers.append((rank, -len(wanted), order, column, field.name))
    taken: dict[str, int] = {}
    used: set[int] = set()
    for _, _, _, column, name in sorted(offers):
        if name not in taken and column not in used:
            taken[name] = column
            used.add(column)
    return taken


def _rank(wanted: str, full: str, bare: str) -> int | None:
    if not full:
        return None
    if wanted == full:
        return 0
    if wanted == bare:
        return 1
    if len(wanted) >= 3 and len(full) <= 24 and wanted in full:
        return 2
    return None


def problems_of_mapping(
    mapping: Mapping[str, int], fields: Sequence[Field], width: int
) -> list[tuple[str, str]]:
    """(code, field name) for each reason the mapping cannot be used.

    missing_column: a required field has no column; doubled_column: two fields share one;
    no_such_column: the column lies beyond the header.
    """
    found = [
        ("missing_column", field.name)
        for field in fields
        if field.required and field.name not in mapping
    ]
    seen: dict[int, str] = {}
    for name, column in mapping.items():
        if not 0 <= column < width:
            found.append(("no_such_column", name))
        elif column in seen:
            found.append(("doubled_column", name))
        seen[column] = name
    return found

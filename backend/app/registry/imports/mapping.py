"""Which column is which field: a guess by name that a person can correct.

Names are compared without case, spaces and marks. It must not look at the data to guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.app.registry.imports.cells import fold

_BRACKETS = re.compile(r"[（(\[【].*?[)）\]】]")


_DECISIVE = re.compile(
    "状态|是否在|在岗|在职|在编|有效|失效|注销|吊销|退休|资质|资格|status|active|qualif",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a kind of register can hold.

    aliases: column names it is known by, the best first; with the first, templates are written.
    required: a file without such a column cannot be imported.
    decisive: it decides whether somebody can be drawn, so a file that seems to have such a column
    is not read without it unless a person says so.
    """

    name: str
    aliases: tuple[str, ...]
    required: bool = False
    keep_lines: bool = False
    decisive: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A column nobody has chosen and that must not be left out in passing.

    reason: rival (it could be `field` just as well as the column chosen) or decisive (it looks as
    if it decided who can be drawn).
    """

    column: int
    label: str
    reason: str
    field: str = ""


def guess_mapping(labels: Sequence[str], fields: Sequence[Field]) -> dict[str, int]:
    """field name -> column index, each column at most once.

    Exact names win over names with a bracketed remark taken off, those over names that only
    contain an alias. Among equals the alias that stands first in the field's list wins, wherever
    its column stands; among contained ones the longer alias.
    """
    taken: dict[str, int] = {}
    used: set[int] = set()
    for *_rank, column, name in sorted(_offers(labels, fields)):
        if name not in taken and column not in used:
            taken[name] = column
            used.add(column)
    return taken


Offer = tuple[int, int, int, int, int, str]
"""Rank, negative length, place of the alias, place of the field, column, field name."""


def _offers(labels: Sequence[str], fields: Sequence[Field]) -> list[Offer]:
    """Every way in which a column could be a field, the better ones sorting first."""
    folded = [(fold(label), fold(_BRACKETS.sub("", label))) for label in labels]
    offers: list[Offer] = []
    for order, field in enumerate(fields):
        for place, alias in enumerate(field.aliases):
            wanted = fold(alias)
            for column, (full, bare) in enumerate(folded):
                rank = _rank(wanted, full, bare)
                if rank is not None:
                    length = -len(wanted) if rank == _CONTAINED else 0
                    offers.append((rank, length, place, order, column, field.name))
    return offers


def questions(
    labels: Sequence[str],
    filled: frozenset[int],
    mapping: Mapping[str, int],
    fields: Sequence[Field],
) -> list[Question]:
    """The columns without a field that a person has to look at, in the order of the file.

    filled: columns that hold something. A column that no longer competes (its field is chosen
    from it) raises no question.
    """
    used = set(mapping.values())
    rivals: dict[int, str] = {}
    for rank, *_rest, column, name in sorted(_offers(labels, fields)):
        if rank < _CONTAINED and column not in used and name in mapping:
            rivals.setdefault(column, name)
    decisive = next((field.name for field in fields if field.decisive), "")
    found = []
    for column, label in enumerate(labels):
        if column in used or column not in filled or not label:
            continue
        if column in rivals:
            found.append(Question(column, label, "rival", rivals[column]))
        elif decisive and _DECISIVE.search(label) and len(label) <= _LONGEST_LABEL:
            found.append(Question(column, label, "decisive"))
    return found


_CONTAINED = 2
_LONGEST_LABEL = 24


def _rank(wanted: str, full: str, bare: str) -> int | None:
    if not full:
        return None
    if wanted == full:
        return 0
    if wanted == bare:
        return 1
    if len(wanted) >= 3 and len(full) <= _LONGEST_LABEL and wanted in full:
        return _CONTAINED
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

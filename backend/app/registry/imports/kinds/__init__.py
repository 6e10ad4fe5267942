"""The kinds of register that can be imported, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from backend.app.registry.imports.kinds import (
    checklists,
    enterprises,
    items,
    materials,
    officers,
)
from backend.app.registry.imports.mapping import Field
from backend.app.registry.imports.model import Context, Entry, RowCheck


class Checker(Protocol):
    """Judges the rows of one file; lives as long as the file is read."""

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """Judge a row, adding problems to it; give the entries it completes."""

    def late_problems(self) -> Iterator[RowCheck]:
        """After the last row: findings that needed the whole file."""

    def finish(self) -> Iterator[Entry]:
        """After the late findings: the entries held back until now."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be imported: its fields and how its rows are judged."""

    name: str
    fields: tuple[Field, ...]
    checker: Callable[[Context], Checker]

    def field(self, name: str) -> Field:
        """The field of this name; raises KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("items", items.FIELDS, items.Checker),
        Kind("checklists", checklists.FIELDS, checklists.Checker),
        Kind("materials", materials.FIELDS, materials.Checker),
        Kind("officers", officers.FIELDS, officers.Checker),
        Kind("enterprises", enterprises.FIELDS, enterprises.Checker),
    )
}

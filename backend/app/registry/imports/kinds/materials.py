"""Materials 要求提供材料: what an enterprise is asked to have ready, by item."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.app.registry.imports.kinds.checklists import read_item_code
from backend.app.registry.imports.kinds.reading import only_filled, read_text
from backend.app.registry.imports.mapping import Field
from backend.app.registry.imports.model import Context, Entry, RowCheck

FIELDS = (
    Field("item_code", ("事项代码", "事项编码", "抽查事项代码", "item code"), required=True),
    Field("title", ("记录表名称", "检查表名称", "表名称", "title")),
    Field(
        "materials",
        ("要求提供材料", "提供材料", "材料清单", "所需材料", "materials"),
        required=True,
        keep_lines=True,
    ),
)

_ON_GOING = frozenset({"materials"})
_BARS = re.compile(r"[|｜\n]+")
_LEFTOVER = re.compile(r"[\s.。…．]+$")


class Checker:
    """Checks the materials of each item. They may stand in one cell or one below the other; an
    item that comes again further down the file is refused there."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._seen: dict[str, int] = {}
        self._held: list[RowCheck] = []
        self._code = ""
        self._materials: list[str] = []

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """The entry of the item before, once this row begins another one."""
        if self._held and only_filled(row, _ON_GOING):
            self._join(row)
            return
        code = read_item_code(row, self.context)
        read_text(row, "title", 200)
        if self._held and code and code == self._code:
            self._join(row)
            return
        yield from self.finish()
        materials = self._read(row)
        first = self._seen.setdefault(code, row.number)
        if first != row.number and code:
            row.error("item_code", "duplicate_item", first=str(first))
        self._held, self._code, self._materials = [row], code, materials

    def finish(self) -> Iterator[Entry]:
        """The entry of the item that is held back."""
        if self._held:
            rows = tuple(row.number for row in self._held)
            values = {"item_code": self._code, "materials": self._materials}
            yield Entry(rows, self._code, values, all(row.good for row in self._held))
            self._held = []

    def late_problems(self) -> Iterator[RowCheck]:
        """No findings need the whole file."""
        return iter(())

    def _read(self, row: RowCheck) -> list[str]:
        listed = _listed(read_text(row, "materials", 8000, keep_lines=True))
        materials = [part for part in (_LEFTOVER.sub("", text) for text in listed) if part]
        if materials != listed:
            row.note("materials", "form_leftover")
        if not materials and not row.faulty("materials"):
            row.error("materials", "missing_cell")
        return materials

    def _join(self, row: RowCheck) -> None:
        row.note("materials", "joined_row", first=str(self._held[0].number))
        self._held.append(row)
        self._materials = list(dict.fromkeys([*self._materials, *self._read(row)]))


def _listed(text: str) -> list[str]:
    """The materials of a cell, parted by bars or line breaks; without those by semicolons.

    A pause mark 、 stays inside a material: 换货、退货制度 is one.
    """
    parts = _BARS.split(text) if _BARS.search(text) else re.split("[;；]", text)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

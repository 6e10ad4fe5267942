"""Materials 要求提供材料: what an enterprise is asked to have ready, by item."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.app.registry.imports.kinds.checklists import read_item_code
from backend.app.registry.imports.kinds.reading import read_text
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

_BARS = re.compile(r"[|｜\n]+")
_LEFTOVER = re.compile(r"[\s.。…．]+$")


class Checker:
    """Checks the materials of each item; an item may be named once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._seen: dict[str, int] = {}

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """The entry of this row."""
        code = read_item_code(row, self.context)
        read_text(row, "title", 200)
        listed = _listed(read_text(row, "materials", 8000, keep_lines=True))
        materials = [part for part in (_LEFTOVER.sub("", text) for text in listed) if part]
        if materials != listed:
            row.note("materials", "form_leftover")
        if not materials:
            row.error("materials", "missing_cell")
        first = self._seen.setdefault(code, row.number)
        if first != row.number and code:
            row.error("item_code", "duplicate_item", first=str(first))
        yield Entry((row.number,), code, {"item_code": code, "materials": materials}, row.good)

    def finish(self) -> Iterator[Entry]:
        """Nothing is held back: every row gave its entry."""
        return iter(())

    def late_problems(self) -> Iterator[RowCheck]:
        """No findings need the whole file."""
        return iter(())


def _listed(text: str) -> list[str]:
    """The materials of a cell, parted by bars or line breaks; without those by semicolons.

    A pause mark 、 stays inside a material: 换货、退货制度 is one.
    """
    parts = _BARS.split(text) if _BARS.search(text) else re.split("[;；]", text)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

"""Inspection items 抽查事项: rows that share a code are one item with several sub-items.

An item without a code is refused, unless the person importing chose to have such items numbered
by department; then what the list says about it tells one item from another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.app.registry.imports.cells import fold
from backend.app.registry.imports.dates import NO_END
from backend.app.registry.imports.kinds.reading import (
    only_filled,
    read_choice,
    read_day,
    read_department,
    read_identifier,
    read_names,
    read_prose,
    read_required,
    read_text,
    warn_broken,
    words,
)
from backend.app.registry.imports.mapping import Field
from backend.app.registry.imports.model import Context, Entry, RowCheck

FIELDS = (
    Field("code", ("事项代码", "事项编码", "抽查事项代码", "事项编号", "item code", "code")),
    Field(
        "name",
        ("抽查事项名称", "抽查事项", "检查事项", "事项名称", "检查事项名称", "item name", "name"),
        required=True,
    ),
    Field("subitem", ("抽查子项", "子项", "检查内容", "sub-item", "subitem")),
    Field("group_name", ("抽查类别", "抽查领域", "执法类别", "监管领域", "group")),
    Field("category", ("事项类别", "重点/一般", "检查类别", "事项性质", "category")),
    Field(
        "department",
        ("编制单位名称", "编制单位", "牵头部门", "责任部门", "所属部门", "部门", "department"),
    ),
    Field(
        "legal_basis", ("抽查依据", "检查依据", "法律依据", "依据", "legal basis"), keep_lines=True
    ),
    Field("subject", ("抽查主体", "检查主体", "实施主体", "authority")),
    Field("target", ("抽查对象", "检查对象", "抽查对象范围", "target"), keep_lines=True),
    Field("method", ("抽查方式", "检查方式", "检查方法", "method"), keep_lines=True),
    Field("ratio_note", ("抽查比例", "检查比例", "比例", "ratio"), keep_lines=True),
    Field("frequency_note", ("抽查频次", "检查频次", "频次", "frequency"), keep_lines=True),
    Field("officer_requirement", ("检查人员要求", "人员要求", "officer requirement")),
    Field("specialities", ("执法资格", "专业资格要求", "specialities")),
    Field("remarks", ("备注", "remarks", "note")),
    Field("valid_from", ("生效日期", "施行日期", "valid from")),
    Field("valid_to", ("失效日期", "有效期至", "valid to")),
)

CATEGORIES = words(
    general=("一般检查事项", "一般事项", "一般", "一般抽查事项"),
    key=("重点检查事项", "重点事项", "重点", "重点抽查事项"),
)

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._\-]{0,39}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d*)?[eE]\+?\d{1,3}")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十百千]+(?:次|分之|成)|全部|全覆盖")
_LIST_OF_CHECKS = re.compile(r"^\s*\d\D.*[;；]\s*\d\D")
_LONG_NAME = 150
_SUBITEM_FIELDS = (
    "legal_basis",
    "subject",
    "target",
    "method",
    "ratio_note",
    "frequency_note",
    "officer_requirement",
    "remarks",
)
_ON_GOING = frozenset({"legal_basis", "remarks", "officer_requirement"})
_CONTRADICTABLE = tuple(name for name in _SUBITEM_FIELDS if name not in _ON_GOING)
_IDENTITY = ("department_id", "group_name", "name", "target", "category", "subject", "method")


class Checker:
    """Checks items, gathering the rows of one code until the file ends."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._groups: dict[str, list[tuple[RowCheck, dict[str, object]]]] = {}
        self._last: dict[str, object] = {}

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """Read the row; its item comes with `finish`."""
        if self._last and only_filled(row, _ON_GOING):
            values = self._going_on(row)
        else:
            values = self._values(row)
        key = str(values["code"]) or self._identity(values)
        self._last = values
        self._groups.setdefault(key, []).append((row, values))
        return iter(())

    def _going_on(self, row: RowCheck) -> dict[str, object]:
        """The values of a row that only adds texts to the item above, as under merged cells."""
        texts = {name: read_prose(row, name) for name in _SUBITEM_FIELDS}
        return {**self._last, **{name: text for name, text in texts.items() if text}}

    def late_problems(self) -> Iterator[RowCheck]:
        """Findings that need the whole group: same code, other name; repeated sub-items."""
        for members in self._groups.values():
            first, values = members[0]
            seen = {str(values["subitem"]): [(first.number, values)]}
            for row, other in members[1:]:
                late = RowCheck(row.number, row.cells, row.headers)
                _compare(late, first.number, values, other, seen)
                row.problems.extend(late.problems)
                yield late

    def finish(self) -> Iterator[Entry]:
        """One entry for each code, or for each item told apart by what it says."""
        for key, members in self._groups.items():
            good = all(row.good for row, _ in members)
            rows = tuple(row.number for row, _ in members)
            given = frozenset().union(*(row.given for row, _ in members))
            yield Entry(rows, key, _merge(key, [values for _, values in members]), good, given)

    def _values(self, row: RowCheck) -> dict[str, object]:
        values: dict[str, object] = {
            "code": self._code(row),
            "name": read_required(row, "name", 2000),
            "subitem": read_text(row, "subitem", 1000),
            "group_name": read_text(row, "group_name", 200),
            "category": read_choice(row, "category", CATEGORIES, "general", self.context),
            "department_id": read_department(row, "department", self.context),
            "specialities": read_names(row, "specialities", 400),
            "valid_from": read_day(row, "valid_from"),
            "valid_to": self._last_day(row),
        }
        for name in _SUBITEM_FIELDS:
            values[name] = read_prose(row, name)
        warn_broken(row, "name", str(values["name"]))
        _warn_neighbours(row, values)
        return values

    def _code(self, row: RowCheck) -> str:
        text = read_identifier(row, "code").replace(" ", "")
        if row.faulty("code"):
            return text
        if not text:
            if self.context.number_items:
                row.note("code", "will_be_numbered")
            else:
                row.error("code", "missing_item_code")
        elif _SCIENTIFIC.fullmatch(text):
            row.error("code", "item_code_damaged")
        elif not _CODE.fullmatch(text):
            row.error("code", "item_code_shape")
        return text

    def _last_day(self, row: RowCheck) -> str | None:
        """The last day of validity; an item without end has none."""
        day = read_day(row, "valid_to", is_end=True)
        return None if day == NO_END.isoformat() else day

    def _identity(self, values: dict[str, object]) -> str:
        return "\x1f".join(["", *(fold(str(values[name] or "")) for name in _IDENTITY)])


def _warn_neighbours(row: RowCheck, values: dict[str, object]) -> None:
    """Warn of cells that read like the neighbouring column, and of prose where a number belongs."""
    ratio, frequency = str(values["ratio_note"]), str(values["frequency_note"])
    if ratio and not _NUMBER.search(ratio):
        row.warn("ratio_note", "ratio_prose")
    if "%" in frequency or "％" in frequency:
        row.warn("frequency_note", "neighbour_ratio")
    elif frequency and not _NUMBER.search(frequency):
        row.note("frequency_note", "frequency_prose")
    if "legal_basis" in row.cells and not values["legal_basis"]:
        row.warn("legal_basis", "missing_legal_basis")
    _warn_strayed(row, values)


def _warn_strayed(row: RowCheck, values: dict[str, object]) -> None:
    """Warn of texts that belong into another column by their look: law titles, lists of checks."""
    for name in ("method", "officer_requirement", "subject"):
        text = str(values[name])
        if text.startswith("《"):
            row.warn(name, "neighbour_legal_basis")
        elif _LIST_OF_CHECKS.search(text):
            row.warn(name, "neighbour_content")
    if len(str(values["name"])) > _LONG_NAME:
        row.warn("name", "neighbour_content")


Seen = dict[str, list[tuple[int, dict[str, object]]]]
"""Sub-item -> the rows that named it so far, with what they say."""


def _compare(
    late: RowCheck, first: int, values: dict[str, object], other: dict[str, object], seen: Seen
) -> None:
    """What a later row of the same item says differently from the first."""
    if fold(str(other["name"])) != fold(str(values["name"])):
        late.error("name", "code_of_another_item", first=str(first), name=str(values["name"]))
        return
    if other["department_id"] != values["department_id"]:
        late.error("department", "other_department", first=str(first))
    if other["category"] != values["category"]:
        late.error("category", "other_category", first=str(first))
    subitem = str(other["subitem"])
    before = seen.setdefault(subitem, [])
    before.append((late.number, other))
    if len(before) > 1:
        _compare_with_same(late, other, before[:-1])
        return
    late.note("code", "joined_to_item", first=str(first))
    for name in ("ratio_note", "frequency_note"):
        if other[name] != values[name]:
            late.warn(name, "subitem_differs", first=str(first))


def _compare_with_same(
    late: RowCheck, other: dict[str, object], before: list[tuple[int, dict[str, object]]]
) -> None:
    """A sub-item named again: the same row, one more text of it, or a contradiction.

    Where several laws stand one per row, the rows differ in the legal basis alone; those texts
    are joined. Other texts may differ only where one of the rows says nothing.
    """
    first, values = before[0]
    if any(all(other[name] == row[name] for name in _SUBITEM_FIELDS) for _number, row in before):
        late.warn("name", "repeated_row", first=str(first))
        return
    for name in _CONTRADICTABLE:
        if other[name] and values[name] and other[name] != values[name]:
            late.error("subitem" if other["subitem"] else "name", "repeated_item", first=str(first))
            return
    late.note("legal_basis", "joined_row", first=str(first))


def _merge(key: str, members: list[dict[str, object]]) -> dict[str, object]:
    """One item out of its rows: each text once, and each sub-item with its own texts."""
    merged = {name: value for name, value in members[0].items() if name != "subitem"}
    for name in _SUBITEM_FIELDS:
        merged[name] = _joined(members, name)
    merged["subitems"] = [
        {"name": name, **{field: _joined(same, field) for field in _SUBITEM_FIELDS}}
        for name, same in _by_subitem(members).items()
    ]
    merged["origin_key"] = key if key.startswith("\x1f") else ""
    return merged


def _by_subitem(members: list[dict[str, object]]) -> dict[str, list[dict[str, object]]]:
    """The rows of each sub-item, in the order of the file; rows without one are left out."""
    found: dict[str, list[dict[str, object]]] = {}
    for member in members:
        if member["subitem"]:
            found.setdefault(str(member["subitem"]), []).append(member)
    return found


def _joined(members: list[dict[str, object]], name: str) -> str:
    """Each text of a field once, one below the other."""
    return "\n".join(dict.fromkeys(str(member[name]) for member in members if member[name]))

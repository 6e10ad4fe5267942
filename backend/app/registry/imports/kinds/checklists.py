"""Checklists 检查表: rows of one item are the points of its sheet, in the order of the file.

A sheet is taken whole or not at all: half a checklist would let an inspection pass that was
never asked the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from backend.app.registry.imports.cells import fold, half_width
from backend.app.registry.imports.kinds.reading import (
    only_filled,
    read_choice,
    read_decimal,
    read_flag,
    read_identifier,
    read_list,
    read_prose,
    read_required,
    read_text,
    warn_broken,
    words,
)
from backend.app.registry.imports.mapping import Field
from backend.app.registry.imports.model import Context, Entry, RowCheck

FIELDS = (
    Field("item_code", ("事项代码", "事项编码", "抽查事项代码", "item code"), required=True),
    Field("title", ("记录表名称", "检查表名称", "表名称", "checklist", "title")),
    Field("no", ("序号", "编号", "要点序号", "no", "number"), required=True),
    Field(
        "text",
        (
            "检查内容",
            "检查要点",
            "要点内容",
            "检查内容及要求",
            "检查标准",
            "检查项目",
            "point",
            "text",
        ),
        required=True,
        keep_lines=True,
    ),
    Field(
        "heading",
        ("检查项目", "检查类别", "检查大项", "一级指标", "检查环节", "项目", "heading", "section"),
    ),
    Field(
        "method",
        ("操作方法与要领", "检查方法", "操作方法", "检查方式", "method"),
        keep_lines=True,
    ),
    Field("kind", ("填写方式", "要点类型", "类型", "kind")),
    Field("required", ("是否必填", "必填", "required")),
    Field("key_point", ("是否重点", "重点项", "关键项", "key point")),
    Field("evidence", ("取证要求", "证据要求", "evidence")),
    Field("unit", ("单位", "计量单位", "unit")),
    Field("minimum", ("下限", "最小值", "minimum", "min")),
    Field("maximum", ("上限", "最大值", "maximum", "max")),
    Field("options", ("选项", "可选值", "options")),
    Field("legal_basis", ("检查依据", "法律依据", "依据", "legal basis"), keep_lines=True),
    Field("remarks", ("常用备注", "备注模板", "remarks")),
    Field("shown_if", ("显示条件", "shown if")),
)

KINDS = words(
    **{
        "pass": ("合格/不合格", "是否", "是/否", "判断", "合格判定"),
        "number": ("数值", "数字", "测量值"),
        "choice": ("单选", "选择"),
        "text": ("文本", "文字", "填空"),
        "date": ("日期",),
    }
)
EVIDENCE = words(
    none=("无", "不需要", "否"),
    on_fail=("不合格时", "不合格须取证", "不合格时取证"),
    always=("必须", "始终", "是"),
)
_VERDICTS = words(**{"pass": ("合格", "是"), "fail": ("不合格", "否"), "none": ("不判定",)})
_ON_GOING_TEXTS = ("method", "legal_basis")
_ON_GOING = frozenset({*_ON_GOING_TEXTS, "remarks"})
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._\-]{0,39}")
_NO = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,11}")
_CONDITION = re.compile(r"([0-9A-Za-z][0-9A-Za-z.\-]{0,11})\s*(?:=|＝|为)\s*(.+)")


class Checker:
    """Checks points, gathering the rows of one item until the file ends."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._sheets: dict[str, list[tuple[RowCheck, dict[str, Any]]]] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._last: tuple[str, tuple[RowCheck, dict[str, Any]]] | None = None
        self._joined: dict[int, list[RowCheck]] = {}

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """Read the row; its sheet comes with `finish`."""
        if self._last and only_filled(row, _ON_GOING):
            self._go_on(row)
            return iter(())
        code = read_item_code(row, self.context)
        values = {"title": read_text(row, "title", 200), **self._point(row)}
        if self._last and self._last[0] == code and self._same_point(self._last[1][1], values):
            self._join(row, values)
            return iter(())
        self._last = (code, (row, values))
        numbers = self._numbers.setdefault(code, {})
        first = numbers.setdefault(values["no"], row.number)
        if first != row.number and values["no"]:
            row.error("no", "duplicate_point_number", first=str(first), item=code)
        self._sheets.setdefault(code, []).append((row, values))
        return iter(())

    def _same_point(self, before: dict[str, Any], values: dict[str, Any]) -> bool:
        """Whether a row repeats the point above with another method or legal basis: where these
        stand one per row, the rows are one point."""
        same = all(values[name] == before[name] for name in values if name not in _ON_GOING)
        new = any(values[name] and values[name] != before[name] for name in _ON_GOING_TEXTS)
        return bool(values["no"]) and same and new

    def _go_on(self, row: RowCheck) -> None:
        values: dict[str, Any] = {name: read_prose(row, name) for name in _ON_GOING_TEXTS}
        values["remarks"] = read_list(row, "remarks")
        self._join(row, values)

    def _join(self, row: RowCheck, values: dict[str, Any]) -> None:
        """Add a row's texts to the point above."""
        if self._last is None:
            return
        first, point = self._last[1]
        row.note("method", "joined_row", first=str(first.number))
        self._joined.setdefault(first.number, []).append(row)
        for name in _ON_GOING_TEXTS:
            texts = dict.fromkeys(filter(None, (point[name], values[name])))
            point[name] = "\n".join(texts) or None
        point["remarks"] = list(dict.fromkeys([*point["remarks"], *values["remarks"]]))

    def late_problems(self) -> Iterator[RowCheck]:
        """Findings that need the whole sheet: conditions on points that are not there."""
        for members in self._sheets.values():
            kinds = {values["no"]: values for _, values in members}
            title = members[0][1]["title"]
            for row, values in members:
                late = RowCheck(row.number, row.cells, row.headers)
                if values["title"] != title:
                    late.warn("title", "other_title", first=str(members[0][0].number))
                _check_condition(late, values, kinds)
                row.problems.extend(late.problems)
                yield late

    def finish(self) -> Iterator[Entry]:
        """One entry for each item: its whole sheet, good only when every row is."""
        for code, members in self._sheets.items():
            points = [
                {name: value for name, value in values.items() if name != "title"}
                for _, values in members
            ]
            rows = [part for row, _ in members for part in (row, *self._joined.get(row.number, ()))]
            yield Entry(
                tuple(row.number for row in rows),
                code,
                {"item_code": code, "title": members[0][1]["title"], "points": points},
                bool(code) and all(row.good for row in rows),
            )

    def _point(self, row: RowCheck) -> dict[str, Any]:
        kind = read_choice(row, "kind", KINDS, "pass", self.context)
        text = read_required(row, "text", 2000, keep_lines=True)
        warn_broken(row, "text", text)
        method = read_prose(row, "method")
        if "method" in row.cells and not method:
            row.note("method", "missing_method")
        low, high = _bounds(row, kind)
        return {
            "no": self._number(row),
            "text": _under_heading(read_text(row, "heading", 200), text),
            "method": method or None,
            "kind": kind,
            "required": read_flag(row, "required", default=True),
            "key_point": read_flag(row, "key_point", default=False),
            "evidence": read_choice(row, "evidence", EVIDENCE, _usual_evidence(kind), self.context),
            "unit": read_text(row, "unit", 20) or None,
            "minimum": low,
            "maximum": high,
            "options": _options(row, kind),
            "legal_basis": read_prose(row, "legal_basis") or None,
            "remarks": read_list(row, "remarks"),
            "shown_if": _condition(row),
        }

    def _number(self, row: RowCheck) -> str:
        text = read_identifier(row, "no", 20).rstrip(".、 ")
        if not text and not row.faulty("no"):
            row.error("no", "missing_cell")
        if text and not _NO.fullmatch(text):
            row.error("no", "point_number_shape")
        return text


def read_item_code(row: RowCheck, context: Context) -> str:
    """The code of the item a row belongs to; it must be in the register already."""
    text = read_identifier(row, "item_code").replace(" ", "")
    if not text and not row.faulty("item_code"):
        row.error("item_code", "missing_cell")
    elif text and not _CODE.fullmatch(text):
        row.error("item_code", "item_code_shape")
    elif text and text not in context.item_codes:
        row.error("item_code", "unknown_item", item=text)
    return text


def _under_heading(heading: str, text: str) -> str:
    """The point with the heading it stands under in front, as the printed sheet shows it."""
    if not heading or text.startswith(heading):
        return text
    return f"{heading}：{text}"


def _usual_evidence(kind: str) -> str:
    return "on_fail" if kind in {"pass", "number", "choice"} else "none"


def _bounds(row: RowCheck, kind: str) -> tuple[str | None, str | None]:
    low, high = read_decimal(row, "minimum"), read_decimal(row, "maximum")
    if kind != "number" and (low or high):
        row.error("minimum" if low else "maximum", "bounds_without_number")
    elif low and high and Decimal(low) > Decimal(high):
        row.error("maximum", "bounds_swapped", low=low, high=high)
    return low, high


def _options(row: RowCheck, kind: str) -> list[dict[str, str]]:
    """Options written as 合格:pass | 不合格:fail, or plain labels without a verdict."""
    options = []
    for place, part in enumerate(read_list(row, "options"), start=1):
        label, _, verdict = part.replace("：", ":").partition(":")
        known = _VERDICTS.get(fold(verdict), "") if verdict else "none"
        if not known:
            row.error("options", "unknown_verdict", verdict=verdict)
        options.append({"code": str(place), "label": label.strip(), "verdict": known or "none"})
    if kind == "choice" and len(options) < 2:
        row.error("options", "too_few_options")
    return options


def _condition(row: RowCheck) -> dict[str, str] | None:
    text = half_width(read_text(row, "shown_if", 100))
    if not text:
        return None
    found = _CONDITION.fullmatch(text)
    if found is None:
        row.error("shown_if", "condition_shape")
        return None
    return {"no": found[1], "equals": _VERDICTS.get(fold(found[2]), found[2].strip())}


def _check_condition(late: RowCheck, values: dict[str, Any], sheet: dict[str, Any]) -> None:
    condition = values["shown_if"]
    if condition is None:
        return
    other = sheet.get(condition["no"])
    if other is None or condition["no"] == values["no"]:
        late.error("shown_if", "condition_point", no=condition["no"])
    elif other["kind"] == "choice":
        codes = {option["label"]: option["code"] for option in other["options"]}
        condition["equals"] = codes.get(condition["equals"], condition["equals"])
        if condition["equals"] not in codes.values():
            late.error("shown_if", "condition_value", no=condition["no"])

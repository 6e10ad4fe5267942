"""Read ``items.txt``: inspection items with their checklist points.

The format is explained at the head of that file. Nothing here touches the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

OPENING = """
P !* 现场检查人员已亮证、说明来意，并告知当事人权利 § 《行政处罚法》第五十五条
P - 营业执照（登记证书）在有效期内，名称、住所与登记一致 § 《市场主体登记管理条例》第三十六条
P - 通过登记的住所或者经营场所可以取得联系 § 《企业经营异常名录管理办法》第九条
"""
_POINT = re.compile(
    r"(?P<dependent>\^)?(?P<kind>[PNCTD])(?:\((?P<args>[^)]*)\))? "
    r"(?P<evidence>-|!!|!)(?P<key>\*)?(?P<optional>\?)? "
    r"(?P<text>[^§#]+?)(?: § (?P<basis>[^#]+?))?(?: # (?P<remarks>.+))?"
)
_KINDS = {"P": "pass", "N": "number", "C": "choice", "T": "text", "D": "date"}
_EVIDENCE = {"-": "none", "!": "on_fail", "!!": "always"}


@dataclass(frozen=True, slots=True)
class PointText:
    """One checklist point; ``minimum`` and ``maximum`` are decimal strings or None."""

    no: str
    text: str
    kind: str
    evidence: str
    key_point: bool
    required: bool
    unit: str | None
    minimum: str | None
    maximum: str | None
    options: list[dict[str, str]]
    legal_basis: str | None
    remarks: list[str]
    shown_after: str | None


@dataclass(slots=True)
class ItemText:
    """One inspection item with its points and the materials it asks for."""

    code: str
    department: str
    category: str
    name: str
    speciality: str
    target: str
    legal_basis: str
    materials: list[str] = field(default_factory=list)
    points: list[PointText] = field(default_factory=list)


def read_items() -> list[ItemText]:
    """Every item of ``items.txt`` in order; raises ValueError naming a line it cannot read."""
    text = (Path(__file__).parent / "items.txt").read_text(encoding="utf-8")
    items: list[ItemText] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("@ "):
            items.append(_item(line))
        elif line.startswith("m "):
            items[-1].materials = line[2:].split(",")
        else:
            items[-1].points.append(_point(items[-1].points, line, number))
    return items


def _item(line: str) -> ItemText:
    code, department, category, name, speciality, target, basis = (
        part.strip() for part in line[2:].split("|")
    )
    item = ItemText(code, department, category, name, speciality, target, basis)
    for number, opening in enumerate(OPENING.strip().splitlines(), 1):
        item.points.append(_point(item.points, opening, number))
    return item


def _point(before: list[PointText], line: str, number: int) -> PointText:
    found = _POINT.fullmatch(line)
    if found is None:
        raise ValueError(f"line {number} is no checklist point: {line}")
    args = (found["args"] or "").split("," if found["kind"] == "N" else "/")
    numeric = found["kind"] == "N"
    own = len(before) - 3
    return PointText(
        no=f"0.{len(before) + 1}" if own < 0 else f"{1 + own // 5}.{1 + own % 5}",
        text=found["text"].strip(),
        kind=_KINDS[found["kind"]],
        evidence=_EVIDENCE[found["evidence"]],
        key_point=bool(found["key"]),
        required=not found["optional"],
        unit=(args[0] or None) if numeric else None,
        minimum=(args[1] or None) if numeric else None,
        maximum=(args[2] or None) if numeric else None,
        options=_options(args) if found["kind"] == "C" else [],
        legal_basis=(found["basis"] or "").strip() or None,
        remarks=(found["remarks"] or "").split("；") if found["remarks"] else [],
        shown_after=before[-1].no if found["dependent"] else None,
    )


def _options(args: list[str]) -> list[dict[str, str]]:
    pairs = [arg.split("=") for arg in args]
    return [
        {"code": str(place), "label": label, "verdict": verdict}
        for place, (label, verdict) in enumerate(pairs, 1)
    ]

"""Rows of a template that are no entries: examples, instructions, column numbers, totals."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SAYS_SO = re.compile("请删除|请勿删除|删除本行|删除此行|填写时删除|此行为示例|本行为示例|仅供参考")
_BEGINS = re.compile(
    r"[（(【\[]?(?:案例|示例|样例|范例|举例|例|填写示例|填写样例|填写说明|填表说明|填报说明|填写要求|填报要求"
    r"|说明|备注说明|注|example|sample|instructions?)\s*\d{0,2}(?:[)）】\]:：、.]|$)",
    re.IGNORECASE,
)
_TOTALS = frozenset({"合计", "小计", "总计", "合 计", "总 计"})
_SIGNED = re.compile("(?:填表人|填报人|审核人|制表人|负责人|填报单位|填报日期|制表日期)\\s*[:：]")
_RULES = frozenset({"必填", "选填", "非必填", "可选", "必填项", "选填项"})
_LOOKED_AT = 3


def is_example(cells: Sequence[str]) -> bool:
    """Return True if the row explains how to fill in the table, or sums it up.

    An example counts only where it says so itself: 案例（请删除）, 示例, 填写说明：….
    """
    filled = [text for cell in cells if (text := cell.strip())]
    if not filled:
        return False
    if any(_SAYS_SO.search(text) for text in filled):
        return True
    if any(_BEGINS.match(text) for text in filled[:_LOOKED_AT]):
        return True
    if filled[0] in _TOTALS or _SIGNED.match(filled[0]):
        return True
    return len(filled) > 2 and (_RULES.issuperset(filled) or _counts_columns(filled))


def _counts_columns(filled: Sequence[str]) -> bool:
    """Return True if the cells are 1, 2, 3 … as below a printed header."""
    bare = [text.strip("（）() ") for text in filled]
    return bare == [str(place) for place in range(1, len(bare) + 1)]

"""Reading single cells into values, saying what was found.

Shared by all kinds. Each function reads one field of a row, adds problems to the row, and gives
the value or None; none of them knows another row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from backend.app.registry.imports.cells import (
    clean,
    fold,
    half_width,
    is_empty,
    plain_decimal,
    unbalanced,
)
from backend.app.registry.imports.dates import read_date
from backend.app.registry.imports.model import Context, RowCheck

LIST_SEPARATORS = re.compile(r"[|｜;；、\n]+")
_YES = frozenset(map(fold, ("是", "有", "true", "yes", "y", "1", "√", "需要", "必填", "在岗")))
_NO = frozenset(map(fold, ("否", "无", "false", "no", "n", "0", "×", "不需要", "选填", "离岗")))
_SILENT_NOTES = frozenset({"spaces"})


def read_text(row: RowCheck, name: str, longest: int, *, keep_lines: bool = False) -> str:
    """The cleaned text of a cell, "" when empty; notes what cleaning changed."""
    raw = row.cells.get(name)
    if not raw:
        return ""
    text, notes = clean(raw, keep_lines=keep_lines)
    if is_empty(text):
        row.note(name, "placeholder_empty")
        return ""
    for note in notes:
        if note not in _SILENT_NOTES or raw.strip() == raw:
            row.note(name, f"cleaned_{note}")
        else:
            row.note(name, "cleaned_trimmed")
    if len(text) > longest:
        row.error(name, "too_long", length=str(len(text)), longest=str(longest))
        return text[:longest]
    return text


def read_required(row: RowCheck, name: str, longest: int, *, keep_lines: bool = False) -> str:
    """Like `read_text`, and an error when the cell is empty."""
    text = read_text(row, name, longest, keep_lines=keep_lines)
    if not text:
        row.error(name, "missing_cell")
    return text


def read_prose(row: RowCheck, name: str, longest: int = 4000) -> str:
    """A passage of text that keeps its lines; warns of marks that hint at a cut-off text."""
    text = read_text(row, name, longest, keep_lines=True)
    warn_broken(row, name, text)
    return text


def warn_broken(row: RowCheck, name: str, text: str) -> None:
    """Warn of a bracket without its partner and of doubled separators: text was lost or joined."""
    if not text:
        return
    mark = unbalanced(text)
    if mark:
        row.warn(name, "unbalanced_mark", mark=mark)
    if "；；" in text or "、；" in text or "：；" in text:
        row.warn(name, "doubled_separator")


def read_choice(row: RowCheck, name: str, words: Mapping[str, str], default: str) -> str:
    """One of a closed list, by any of its names; empty gives the default.

    words: folded name -> value. An unknown word is an error that lists nothing it guesses.
    """
    text = read_text(row, name, 60)
    if not text:
        return default
    value = words.get(fold(text))
    if value is None:
        row.error(name, "unknown_word")
        return default
    return value


def read_flag(row: RowCheck, name: str, default: bool) -> bool:
    """Yes or no in the words registers use; empty gives the default."""
    text = read_text(row, name, 20)
    if not text:
        return default
    word = fold(half_width(text)) or text
    if word in _YES or text == "√":
        return True
    if word in _NO or text == "×":
        return False
    row.error(name, "not_yes_or_no")
    return default


def read_day(row: RowCheck, name: str) -> str | None:
    """A day as ISO text, or None; every doubt is named."""
    text = read_text(row, name, 60)
    if not text:
        return None
    reading = read_date(text)
    if reading.value is None:
        row.error(name, reading.problem or "date_unreadable")
        return None
    day = reading.value.isoformat()
    if reading.problem:
        row.note(name, reading.problem, day=day)
    return day


def read_decimal(
    row: RowCheck, name: str, low: str | None = None, high: str | None = None
) -> str | None:
    """A plain decimal number as text (no float on the way), or None."""
    text = read_text(row, name, 40).replace(",", "")
    if not text:
        return None
    number = plain_decimal(text)
    if number is None:
        row.error(name, "not_a_number")
        return None
    if (low is not None and number < Decimal(low)) or (high is not None and number > Decimal(high)):
        row.error(name, "out_of_range", low=low or "", high=high or "")
        return None
    return format(number, "f")


def read_list(row: RowCheck, name: str, longest: int = 4000) -> list[str]:
    """A cell that lists several things, parted by | ; 、 or line breaks; duplicates once."""
    text = read_text(row, name, longest, keep_lines=True)
    parts = (part.strip() for part in LIST_SEPARATORS.split(text))
    return list(dict.fromkeys(part for part in parts if part))


def read_department(row: RowCheck, name: str, context: Context) -> str | None:
    """The department's id by its name or code, else the one chosen for the whole file."""
    text = read_text(row, name, 200)
    if text:
        found = context.departments.get(fold(text))
        if found is None:
            row.error(name, "unknown_department", department=text)
        elif found not in context.kept_departments:
            row.error(name, "department_not_kept", department=text)
        return found
    chosen = context.default_department
    if chosen is None:
        row.error(name, "missing_department")
    elif chosen not in context.kept_departments:
        row.error(name, "department_not_kept", department=chosen)
        return None
    return chosen


def words(**values: tuple[str, ...]) -> dict[str, str]:
    """folded name -> value, for `read_choice`; the value's own name counts too."""
    table: dict[str, str] = {}
    for value, names in values.items():
        for name in (value, *names):
            table[fold(name)] = value
    return table

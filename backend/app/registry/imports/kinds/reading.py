"""Reading single cells into values, saying what was found.

Shared by all kinds. Each function reads one field of a row, adds problems to the row, and gives
the value or None; none of them knows another row. `side` marks a field that does not decide who
is drawn or inspected: what cannot be read there is set aside with a warning, the row is taken.
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
    is_error_value,
    rounded_decimal,
    unbalanced,
    without_apostrophe,
    without_formula,
)
from backend.app.registry.imports.coordinates import read_coordinate
from backend.app.registry.imports.dates import read_date
from backend.app.registry.imports.lost_characters import control_character, lost_character
from backend.app.registry.imports.model import Context, RowCheck

_LIST_MARKS = re.compile(r"[|｜;；、\n]+")
_NAME_MARKS = re.compile(
    r"(?:[|｜;；、,，/／\n]|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff]))+(?![^（(]*[)）])"
)
_YES = frozenset(map(fold, ("是", "有", "true", "yes", "y", "1", "√", "需要", "必填")))
_NO = frozenset(map(fold, ("否", "无", "false", "no", "n", "0", "×", "不需要", "选填")))
_NONE = frozenset({"无", "无。", "暂无", "没有", "none"})
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SILENT_NOTES = frozenset({"spaces"})


def read_text(
    row: RowCheck,
    name: str,
    longest: int,
    *,
    keep_lines: bool = False,
    side: bool = False,
    is_name: bool = False,
) -> str:
    """The cleaned text of a cell, "" when empty; notes what cleaning changed, and warns where
    characters were lost (`is_name`: a name or address, where any question mark is one)."""
    raw = row.cells.get(name)
    if not raw:
        return ""
    if (inner := without_formula(raw)) is not None:
        row.note(name, "text_guard")
        raw = inner
    text, notes = clean(raw, keep_lines=keep_lines)
    if is_error_value(text):
        (row.leave_out if side else row.error)(name, "error_cell", shown=text[:40])
        return ""
    if is_empty(text):
        row.set_aside.add(name)
        row.note(name, "placeholder_empty")
        return ""
    if notes:
        _note_cleaning(row, name, raw, notes)
    if lost := lost_character(text, name=is_name):
        row.warn(name, "lost_character", mark=lost)
    return _fitting(row, name, text, longest, side)


def _note_cleaning(row: RowCheck, name: str, raw: str, notes: tuple[str, ...]) -> None:
    """Say what cleaning changed; a control character among what nobody sees is damage."""
    for note in notes:
        if note == "invisible" and (mark := control_character(raw)):
            row.warn(name, "control_character", mark=mark)
        elif note in _SILENT_NOTES and raw.strip() != raw:
            row.note(name, "cleaned_trimmed")
        else:
            row.note(name, f"cleaned_{note}")


def _fitting(row: RowCheck, name: str, text: str, longest: int, side: bool) -> str:
    """The text if it fits its field; else it is named, and in a side field set aside."""
    if len(text) <= longest:
        return text
    (row.leave_out if side else row.error)(
        name, "too_long", length=str(len(text)), longest=str(longest)
    )
    return "" if side else text[:longest]


def read_required(
    row: RowCheck, name: str, longest: int, *, keep_lines: bool = False, is_name: bool = False
) -> str:
    """Like `read_text`, and an error when the cell is empty."""
    text = read_text(row, name, longest, keep_lines=keep_lines, is_name=is_name)
    if not text and not row.faulty(name):
        row.error(name, "missing_cell")
    return text


def read_identifier(row: RowCheck, name: str, longest: int = 60) -> str:
    """A code or number as the sheet shows it, half-width and without the apostrophe that keeps
    text text; warns where the sheet shows something else than it stores."""
    text = half_width(read_text(row, name, longest))
    if text and (bare := without_apostrophe(text)) is not None:
        row.note(name, "text_guard")
        text = bare
    if stored := row.stored.get(name):
        if stored == text:
            row.warn(name, "shown_otherwise", stored=stored)
        else:
            row.warn(name, "shown_text_taken", shown=text, stored=stored)
    return text


def bare_identifier(row: RowCheck, name: str) -> str:
    """The code in a cell without what `read_identifier` takes off; finds and names nothing."""
    raw = row.cells.get(name, "")
    inner = without_formula(raw)
    text = half_width(clean(raw if inner is None else inner)[0])
    bare = without_apostrophe(text)
    text = text if bare is None else bare
    return "" if is_empty(text) or is_error_value(text) else text


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


def read_choice(
    row: RowCheck,
    name: str,
    words: Mapping[str, str],
    default: str,
    context: Context | None = None,
    *,
    side: bool = False,
) -> str:
    """One of a closed list, by any of its names or by what the person said a word means; empty
    gives the default.

    words: folded name -> value. A word nobody knows is an error that guesses nothing; in a side
    field the row is taken without it.
    """
    text = read_text(row, name, 120, side=side)
    if not text:
        return default
    key = fold(text)
    decided = context.words.get(name, {}).get(key) if context else None
    if decided is not None:
        row.note(name, "word_decided", word=text)
        if not decided:
            row.set_aside.add(name)
        return decided or default
    value = words.get(key)
    if value is not None:
        return value
    row.unknown_word(name, text)
    if side:
        row.leave_out(name, "unknown_word_aside", word=text)
    else:
        row.error(name, "unknown_word", word=text)
    return default


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


def read_day(row: RowCheck, name: str, *, is_end: bool = False, side: bool = False) -> str | None:
    """A day as ISO text, or None; every doubt is named. is_end: the last day of something."""
    text = read_text(row, name, 60, side=side)
    if not text:
        return None
    reading = read_date(text, epoch_1904=row.epoch_1904, is_end=is_end)
    if reading.value is None:
        (row.leave_out if side else row.error)(name, reading.problem or "date_unreadable")
        return None
    day = reading.value.isoformat()
    if reading.problem:
        row.note(name, reading.problem, day=day)
    return day


def read_decimal(row: RowCheck, name: str) -> str | None:
    """A decimal number as text (no float on the way), or None."""
    text = read_text(row, name, 60)
    if not text:
        return None
    bare = half_width(text)
    found = rounded_decimal(bare.replace(",", "") if _THOUSANDS.fullmatch(bare) else bare)
    if found is None:
        row.error(name, "not_a_number")
        return None
    return _noted(row, name, *found)


def read_position(row: RowCheck, name: str, bound: int) -> str | None:
    """Decimal degrees as text, or None; what cannot be read is set aside."""
    text = read_text(row, name, 60, side=True)
    if not text:
        return None
    found = read_coordinate(text, bound)
    if found is None:
        row.leave_out(name, "not_a_coordinate")
        return None
    if abs(found[0]) > bound:
        row.leave_out(name, "out_of_range", low=str(-bound), high=str(bound))
        return None
    return _noted(row, name, *found)


def _noted(row: RowCheck, name: str, number: Decimal, changed: bool) -> str:
    text = format(number, "f")
    if changed:
        row.note(name, "number_rounded", number=text)
    return text


def read_list(row: RowCheck, name: str, longest: int = 4000) -> list[str]:
    """A cell that lists several texts, parted by | ; 、 or line breaks; duplicates once."""
    text = read_text(row, name, longest, keep_lines=True)
    parts = (part.strip() for part in _LIST_MARKS.split(text))
    return list(dict.fromkeys(part for part in parts if part))


def split_names(text: str) -> list[str]:
    """The names in a list of them, parted by any mark lists use, commas of both widths, slashes
    and spaces between Chinese words included; what stands in brackets stays together."""
    parts = (part.strip() for part in _NAME_MARKS.split(text))
    return list(dict.fromkeys(part for part in parts if part and part not in _NONE))


def read_names(row: RowCheck, name: str, longest: int = 400) -> list[str]:
    """A cell that lists names, such as tags; 无 stands for none."""
    return split_names(read_text(row, name, longest, keep_lines=True))


def read_qualifications(row: RowCheck, name: str, context: Context) -> list[str]:
    """Qualifications in the words of the register: those a person gave a meaning are replaced,
    those no item asks for are named."""
    decided = context.words.get(name, {})
    found: list[str] = []
    for word in read_names(row, name):
        key = fold(word)
        if key in decided:
            row.note(name, "word_decided", word=word)
            found += [decided[key]] if decided[key] else []
            continue
        if context.qualifications and key not in context.qualifications:
            row.unknown_word(name, word)
            row.warn(name, "unknown_qualification", word=word)
        found.append(word)
    return list(dict.fromkeys(found))


def read_department(row: RowCheck, name: str, context: Context) -> str | None:
    """The department's id by its name or code, else the one chosen for the whole file."""
    text = read_text(row, name, 200)
    if text:
        found = context.departments.get(fold(text))
        if found is None:
            row.unknown_word(name, text)
            row.error(name, "unknown_department", department=text)
        elif found not in context.kept_departments:
            row.error(name, "department_not_kept", department=text)
        return found
    if row.faulty(name):
        return None
    chosen = context.default_department
    if chosen is None:
        row.error(name, "missing_department")
    elif chosen not in context.kept_departments:
        row.error(name, "department_not_kept", department=chosen)
        return None
    return chosen


def only_filled(row: RowCheck, names: frozenset[str]) -> bool:
    """Return True if the row holds something in these fields and nothing in any other: the row
    goes on with the one above, as under merged cells. Below a row that was left out it does not."""
    return bool(row.given) and row.given <= names and not row.after_gap


def words(**values: tuple[str, ...]) -> dict[str, str]:
    """folded name -> value, for `read_choice`; the value's own name counts too."""
    table: dict[str, str] = {}
    for value, names in values.items():
        for name in (value, *names):
            table[fold(name)] = value
    return table

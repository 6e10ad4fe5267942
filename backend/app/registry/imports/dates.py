"""Dates in the shapes registers are handed over in.

Reads year-first dates and spreadsheet serials. It must not guess an order: 03/04/2015 could be
two days, so it is named instead of read.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from backend.app.registry.imports.cells import half_width

_YEAR_FIRST = re.compile(
    r"(\d{4})\s*(?:[-/.年]|\s)\s*(\d{1,2})\s*(?:[-/.月]|\s)\s*(\d{1,2})\s*[日号]?"
    r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_ONLY = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?|\d{4}\s*年?")
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_SERIAL = re.compile(r"(\d{4,5})(?:\.\d+)?")
_SERIAL_EPOCH = date(1899, 12, 30)
_SERIAL_FIRST, _SERIAL_LAST = 7306, 73050  # 1920-01-01 .. 2099-12-31


class DateReading(NamedTuple):
    """`value` is the day, or None with `problem` naming why.

    problem: date_serial (read, but named), date_incomplete, date_ambiguous, date_impossible,
    date_unreadable.
    """

    value: date | None
    problem: str | None = None


def read_date(text: str) -> DateReading:
    """The day a cell names, e.g. 2015/1/5, 2015.01.05, 2015年1月5日, 20150105, 42009."""
    text = half_width(text).strip()
    found = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    serial = _SERIAL.fullmatch(text)
    if serial and _SERIAL_FIRST <= int(serial[1]) <= _SERIAL_LAST:
        return DateReading(_SERIAL_EPOCH + timedelta(days=int(serial[1])), "date_serial")
    if _MONTH_ONLY.fullmatch(text):
        return DateReading(None, "date_incomplete")
    if _YEAR_LAST.fullmatch(text):
        return DateReading(None, "date_ambiguous")
    return DateReading(None, "date_unreadable")


def _day(year: int, month: int, day: int) -> DateReading:
    try:
        return DateReading(date(year, month, day))
    except ValueError:
        return DateReading(None, "date_impossible")

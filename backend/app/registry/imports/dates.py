"""Dates in the shapes registers are handed over in.

Reads year-first dates, spreadsheet serials, moments with a zone (the day in China counts) and the
words for "without end". It must not guess an order: 03/04/2015 could be two days, so it is named
instead of read.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from backend.app.registry.imports.cells import half_width

NO_END = date(9999, 12, 31)
"""The last day of what is valid without end."""

_CHINA = timezone(timedelta(hours=8))
_CLOCK = (
    r"(?:[T\s日号]*(?:上午|下午|AM|PM)?\s*\d{1,2}(?::|时|点)\s*\d{1,2}(?:(?::|分)\s*\d{0,2}秒?(?:\.\d+)?)?"
    r"分?\s*(?:AM|PM)?)?"
)
_WEEKDAY = r"(?:\s*[（(]?(?:星期|周)[一二三四五六日天][)）]?)?"
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*(?:[-/.年]|\s)\s*(\d{1,2})\s*(?:[-/.月]|\s)\s*(\d{1,2})\s*[日号]?"
    + _WEEKDAY
    + _CLOCK,
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s?\d{6})?")
_ZONED = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2}[T\s]\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH = "(" + "|".join(_MONTHS) + r")[a-z]*\.?"
_DAY_MONTH = re.compile(
    r"(\d{1,2})[\s\-/.,]*" + _NAMED_MONTH + r"[\s\-/.,]*(\d{4})" + _CLOCK, re.IGNORECASE
)
_MONTH_DAY = re.compile(_NAMED_MONTH + r"\s*(\d{1,2}),?\s+(\d{4})" + _CLOCK, re.IGNORECASE)
_JAVA = re.compile(
    r"[a-z]{3}\s+" + _NAMED_MONTH + r"\s+(\d{1,2})\s+\d{2}:\d{2}:\d{2}\s+(?:CST\s+)?(\d{4})",
    re.IGNORECASE,
)
_MILLISECONDS = re.compile(r"-?\d{12,13}")
_MONTH_ONLY = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?|\d{4}\s*年?")
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}" + _CLOCK, re.IGNORECASE)
_SERIAL = re.compile(r"(\d{4,5})(?:\.\d+)?")
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_FIRST, _LAST = date(1920, 1, 1), date(2099, 12, 31)
_ENDLESS = re.compile(
    r"(?:长期|永久|永续|终身|终生|无限期|不限|无固定期限|无固定期|无期限|无限|长期有效|永久有效|至今|现在|"
    r"long[\s-]?term|permanent|indefinite|no end|present)(?:有效期?|期限)?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:自|从)?\s*(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?|\d{8})"
    r"\s*(?:[起至到~—–-]|to)+\s*(\S.*)|(?:截?至|到)\s*(\S.*)|(\S.*?)\s*止",
    re.IGNORECASE,
)
_HAN_FIGURES = "〇零○一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖"
_HAN = {char: "000123456789122334566789"[place] for place, char in enumerate(_HAN_FIGURES)}
_TENS = {"十": "", "拾": "", "廿": "2", "卅": "3"}
_HAN_YEAR = re.compile(f"[{_HAN_FIGURES}]{{4}}(?=年)")
_HAN_PART = re.compile(f"[{_HAN_FIGURES}十拾廿卅]{{1,4}}(?=[月日号])")


class DateReading(NamedTuple):
    """`value` is the day, or None with `problem` naming why.

    problem: date_serial, date_zone, date_endless, date_range (read, but named), date_incomplete,
    date_ambiguous, date_impossible, date_unreadable.
    """

    value: date | None
    problem: str | None = None


def read_date(text: str, *, epoch_1904: bool = False, is_end: bool = False) -> DateReading:
    """The day a cell names, e.g. 2015/1/5, 2015.01.05, 2015年1月5日, 20150105, 42009.

    epoch_1904: plain numbers count days from 1904. is_end: the cell names an end of validity; of
    a period its last day counts, and 长期 is `NO_END`.
    """
    text = _in_figures(half_width(text).strip().strip("'"))
    if _ENDLESS.fullmatch(text):
        return DateReading(NO_END, "date_endless") if is_end else _named_wrong(text)
    day = _written(text) or _counted(text, epoch_1904)
    if day is None and is_end and (found := _RANGE.fullmatch(text)):
        last = read_date(found[found.lastindex or 1], epoch_1904=epoch_1904, is_end=True)
        return DateReading(last.value, "date_range") if last.value else last
    return day or _named_wrong(text)


def _in_figures(text: str) -> str:
    """The text with Chinese numerals of years, months and days as figures: 二〇二四年三月廿一日
    becomes 2024年3月21日."""
    if "年" not in text:
        return text
    text = _HAN_YEAR.sub(lambda found: "".join(_HAN[char] for char in found[0]), text)
    return _HAN_PART.sub(lambda found: _below_hundred(found[0]), text)


def _below_hundred(text: str) -> str:
    """The figures of a number below 100: 十二 → 12, 三十 → 30, 廿一 → 21, 〇三 → 03; a text that
    is no such number comes back as it is."""
    ten = next((char for char in text if char in _TENS), "")
    if not ten:
        return "".join(_HAN[char] for char in text)
    before, _ten, after = text.partition(ten)
    if len(before) > 1 or len(after) > 1 or after in _TENS or (before and _TENS[ten]):
        return text
    return (_TENS[ten] or _HAN.get(before, "1")) + _HAN.get(after, "0")


def _written(text: str) -> DateReading | None:
    """A day written out, or None."""
    if found := _ZONED.fullmatch(text):
        return _in_china(found[1], found[2])
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_MONTH.fullmatch(text):
        return _day(int(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_DAY.fullmatch(text) or _JAVA.fullmatch(text):
        return _day(int(found[3]), _month(found[1]), int(found[2]))
    return None


def _counted(text: str, epoch_1904: bool) -> DateReading | None:
    """A day counted from an epoch, or None."""
    if serial := _SERIAL.fullmatch(text):
        day = (_EPOCH_1904 if epoch_1904 else _EPOCH) + timedelta(days=int(serial[1]))
        if _FIRST <= day <= _LAST and int(serial[1]) > 2100:
            return DateReading(day, "date_serial")
    if _MILLISECONDS.fullmatch(text):
        moment = datetime.fromtimestamp(0, _CHINA) + timedelta(milliseconds=int(text))
        return DateReading(moment.date(), "date_zone")
    return None


def _named_wrong(text: str) -> DateReading:
    if _MONTH_ONLY.fullmatch(text):
        return DateReading(None, "date_incomplete")
    if _YEAR_LAST.fullmatch(text):
        return DateReading(None, "date_ambiguous")
    return DateReading(None, "date_unreadable")


def _in_china(moment: str, zone: str) -> DateReading:
    """The day in China at a moment of another zone: midnight there is the afternoon before in
    UTC, as programs write it."""
    day, _, clock = moment.replace("t", "T").replace(" ", "T").partition("T")
    year, month, number = (int(part) for part in day.split("-"))
    hour, minute = (int(part) for part in clock.split(":")[:2])
    signs = zone.replace(":", "")
    minutes = 0 if signs[0] not in "+-" else int(signs[1:3]) * 60 + int(signs[3:5])
    shift = timedelta(minutes=-minutes if signs[0] == "-" else minutes)
    if shift >= timedelta(days=1):
        return DateReading(None, "date_impossible")
    try:
        aware = datetime(year, month, number, hour, minute, tzinfo=timezone(shift))
        return DateReading(aware.astimezone(_CHINA).date(), "date_zone")
    except (ValueError, OverflowError):
        return DateReading(None, "date_impossible")


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _day(year: int, month: int, day: int) -> DateReading:
    try:
        return DateReading(date(year, month, day))
    except ValueError:
        return DateReading(None, "date_impossible")

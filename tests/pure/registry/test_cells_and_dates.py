"""Cells and dates: noise is taken off and said, doubt is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from backend.app.platform.text import clean, fold, plain_decimal
from backend.app.registry.imports.cells import unbalanced
from backend.app.registry.imports.dates import NO_END, read_date


@pytest.mark.parametrize(
    ("raw", "text", "notes"),
    [
        ("甲公司", "甲公司", ()),
        ("甲公司 ", "甲公司", ("spaces",)),
        ("甲\n公司", "甲公司", ("line_break",)),
        ("ＡＢ１２号", "AB12号", ("full_width",)),
        ("《食品安全法》_x000D_第一条", "《食品安全法》第一条", ("export_leftover",)),
        ("甲\u3000\u3000乙", "甲 乙", ("spaces",)),
        ("甲\u200b乙", "甲乙", ("invisible",)),
        ("Cafe\u0301", "Café", ("not_composed",)),
        ("A  B", "A B", ("spaces",)),
        ("（甲）", "（甲）", ()),
    ],
)
def test_cleaning_says_what_it_took_off(raw: str, text: str, notes: tuple[str, ...]) -> None:
    assert clean(raw) == (text, notes)


def test_lines_that_are_meant_stay() -> None:
    assert clean("1、甲\r\n2、乙", keep_lines=True) == ("1、甲\n2、乙", ())


def test_labels_compare_without_case_width_spaces_and_marks() -> None:
    assert fold("统一社会信用代码 / 注册号") == fold("統一社会信用代码/注册号".replace("統", "统"))
    assert fold("ＵＳＣＣ") == fold("uscc")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("其他（只针对冷链产品", "（"),
        ("县级以上市场监管部门）", "）"),
        ("《招标投标法》第一条", None),
        ("(含县级）公安机关", None),
        ("1）台账；2）记录", None),
        ("《实施办法（试行》", "》"),
    ],
)
def test_a_mark_without_its_partner_is_found(text: str, mark: str | None) -> None:
    assert unbalanced(text) == mark


@pytest.mark.parametrize(
    "text",
    [
        "2015/1/5",
        "2015.01.05",
        "2015-01-05",
        "2015年1月5日",
        "20150105",
        "２０１５－０１－０５",
        "2015-01-05 00:00:00",
        "2015 1 5",
    ],
)
def test_every_year_first_shape_is_read(text: str) -> None:
    assert read_date(text) == (date(2015, 1, 5), None)


def test_a_spreadsheet_serial_is_read_and_named() -> None:
    assert read_date("42009") == (date(2015, 1, 5), "date_serial")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2015-02-30", "date_impossible"),
        ("20151332", "date_impossible"),
        ("2015-01", "date_incomplete"),
        ("2015年", "date_incomplete"),
        ("03/04/2015", "date_ambiguous"),
        ("5.1.15", "date_ambiguous"),
        ("长期", "date_unreadable"),
        ("99999", "date_unreadable"),
    ],
)
def test_doubtful_dates_are_named_and_not_read(text: str, problem: str) -> None:
    assert read_date(text) == (None, problem)


@pytest.mark.parametrize(
    "text",
    [
        "二〇二四年三月二十一日",
        "二零二四年三月廿一日",
        "二○二四年叁月二十一号",
        "贰零贰肆年叁月贰拾壹日",
        "二〇二四年〇三月二一日",
        "2024年三月二十一日",
    ],
)
def test_chinese_numerals_are_read(text: str) -> None:
    assert read_date(text) == (date(2024, 3, 21), None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二四年十月十日", date(2024, 10, 10)),
        ("二〇二四年十二月三十一日", date(2024, 12, 31)),
        ("二〇二四年一〇月卅日", date(2024, 10, 30)),
    ],
)
def test_tens_are_read_in_every_way_they_are_written(text: str, day: date) -> None:
    assert read_date(text) == (day, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("二〇二四年三月", "date_incomplete"),
        ("二〇二四年", "date_incomplete"),
        ("二〇二四年二月三十日", "date_impossible"),
        ("二〇二四年十三月一日", "date_impossible"),
        ("二〇二四年三月廿十日", "date_unreadable"),
        ("三月二十一日", "date_unreadable"),
    ],
)
def test_a_doubtful_date_in_chinese_numerals_is_named(text: str, problem: str) -> None:
    assert read_date(text) == (None, problem)


@pytest.mark.parametrize(
    "text", ["长期", "长期有效", "永久", "永久有效期", "无固定期限", "Long-term", " 长期 "]
)
def test_what_is_valid_without_end_ends_on_the_last_day(text: str) -> None:
    assert read_date(text, is_end=True) == (NO_END, "date_endless")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024.3.1-长期", NO_END),
        ("2024-03-01-长期", NO_END),
        ("2024年3月1日起长期有效", NO_END),
        ("2024.3.1至2029.2.28", date(2029, 2, 28)),
        ("2024.3.1-2029.2.28", date(2029, 2, 28)),
        ("2024-03-01 - 2029-02-28", date(2029, 2, 28)),
        ("2024-03-01–2029-02-28", date(2029, 2, 28)),
        ("2024-03-01～2029-02-28", date(2029, 2, 28)),
        ("20240301－20290228", date(2029, 2, 28)),
        ("自2024年3月1日起至2029年2月28日止", date(2029, 2, 28)),
        ("二〇二四年三月一日至二〇二九年二月二十八日", date(2029, 2, 28)),
        ("至2029年2月28日", date(2029, 2, 28)),
        ("2029年2月28日止", date(2029, 2, 28)),
    ],
)
def test_of_a_period_the_last_day_counts(text: str, day: date) -> None:
    assert read_date(text, is_end=True) == (day, "date_range")
    assert read_date(text).value is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2024.3.1-2029.2.30", "date_impossible"),
        ("2024.3.1-2029.2", "date_incomplete"),
        ("2024.3.1-", "date_unreadable"),
        ("2024.3.1至换证", "date_unreadable"),
    ],
)
def test_a_period_without_a_last_day_is_named(text: str, problem: str) -> None:
    assert read_date(text, is_end=True) == (None, problem)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-18", "-18"),
        ("３６.９", "36.9"),
        ("+0.50", "0.50"),
        ("1e999999999", None),
        ("NaN", None),
        ("1" * 16, None),
        ("1.", None),
        ("", None),
    ],
)
def test_only_plainly_written_numbers_are_numbers(text: str, value: str | None) -> None:
    assert plain_decimal(text) == (None if value is None else Decimal(value))

"""However a text was typed, it compares as it was meant."""

from __future__ import annotations

import pytest

from backend.app.platform.text import clean, compact, plain_decimal, runs_of_words, search_form


@pytest.mark.parametrize(
    "typed",
    [
        "ZHANG-01",
        "ＺＨＡＮＧ－０１",
        " ZHANG - 01 ",
        "ZHANG\u201101",
        "ZH\u200bANG\u2060-01\ufeff",
        "ZHANG–01",
    ],
)
def test_a_code_compares_without_width_blanks_or_marks_nobody_sees(typed: str) -> None:
    assert compact(typed) == "ZHANG-01"


@pytest.mark.parametrize(
    ("stored", "sought"),
    [
        ("91370399MA3C0D1E81", "91370399ma3cod1e8l"),
        ("甲（乙）食品有限公司", "甲乙食品"),
        ("甲 乙\u200b公司", "甲乙公司"),
        ("ＡＢＣ超市", "abc超市"),
        ("A·B商行", "A・B"),
        ("ﬁne 咖啡", "FINE咖啡"),
    ],
)
def test_what_was_stored_is_found_however_it_is_written(stored: str, sought: str) -> None:
    assert search_form(sought) in search_form(stored)


@pytest.mark.parametrize(
    "sought", ["甲（Oil）店", "甲(oil)店", "【甲】ＯＩＬ 店", "甲\u200b oil·店"]
)
def test_the_runs_of_what_is_sought_are_alike(sought: str) -> None:
    assert runs_of_words(sought) == ["甲", "oil", "店"]


def test_searching_still_tells_names_apart() -> None:
    assert search_form("甲公司") != search_form("乙公司")
    assert search_form("A2") != search_form("A3")


@pytest.mark.parametrize(
    "mark", ["\u00ad", "\u061c", "\u180e", "\u202a", "\u2066", "\ufe0f", "\u2028", "\x85"]
)
def test_no_mark_without_width_stays_in_a_name(mark: str) -> None:
    assert clean(f"甲{mark}乙")[0] == "甲乙"


def test_blanks_inside_a_number_make_two_numbers_of_it() -> None:
    assert plain_decimal("12 34") is None
    assert str(plain_decimal("－１２．５")) == "-12.5"

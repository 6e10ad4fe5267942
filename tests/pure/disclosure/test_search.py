"""Names are found by any two characters, however they were typed."""

from __future__ import annotations

import pytest

from backend.app.disclosure.search import code_sought, pairs, terms_of_name

NAME = "桓台（Oil）ABC·商贸有限公司"


@pytest.mark.parametrize(
    "typed",
    [
        "桓台（Oil）ABC·商贸有限公司",
        "桓台(oil)abc商贸",
        "桓台﹙ＯＩＬ﹚ＡＢＣ・商贸",
        "桓台【oil】abc商贸",
        "桓台〖oil〗 abc 商贸",
        "桓台｛oil｝abc•商贸",
        "桓台 oil\u200babc\u3000商贸\ufeff",
        "桓台0il ABC",
        "桓台-oil–abc—商贸",
    ],
)
def test_width_case_blanks_brackets_and_look_alikes_make_no_difference(typed: str) -> None:
    assert pairs(typed)
    assert pairs(typed) <= terms_of_name(NAME)


@pytest.mark.parametrize("typed", ["桓台abd", "商贸限公司", "甲乙"])
def test_other_characters_find_nothing(typed: str) -> None:
    assert not pairs(typed) <= terms_of_name(NAME)


def test_two_characters_find_a_name_and_two_others_do_not() -> None:
    name = terms_of_name("桓台县唐山镇鑫源食品加工厂")
    assert pairs("食品") <= name
    assert pairs("鑫源食品") <= name
    assert not pairs("品食") <= name


def test_one_character_finds_a_name_too() -> None:
    assert pairs("鑫") == {"鑫"} <= terms_of_name("鑫源")


@pytest.mark.parametrize("typed", ["（） ", "\u200b", "【】·—"])
def test_a_search_of_marks_alone_seeks_nothing(typed: str) -> None:
    assert pairs(typed) == frozenset()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("91370321", "91370321"),
        ("９１３７０３２１ＭＡ", "91370321MA"),
        ("91370321ma3c0d1e8l", "91370321MA3C0D1E8L"),
        ("9137 0321-MA\u200b3C", "91370321MA3C"),
        ("9137O32I", "91370321"),
        ("食品", None),
        ("9137", None),
        ("91370321食", None),
    ],
)
def test_a_code_is_told_from_a_name_and_read_as_codes_are_stored(
    typed: str, code: str | None
) -> None:
    assert code_sought(typed) == code

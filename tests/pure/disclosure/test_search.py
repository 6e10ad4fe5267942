"""Names are found by any two characters, however they were typed."""

from __future__ import annotations

from backend.app.disclosure.search import fold, looks_like_code, pairs, terms_of_name


def test_width_case_spaces_and_brackets_make_no_difference() -> None:
    assert fold("ＡＢＣ（桓台） 商贸") == fold("abc桓台商贸") == "abc桓台商贸"


def test_two_characters_find_a_name_and_two_others_do_not() -> None:
    name = terms_of_name("桓台县唐山镇鑫源食品加工厂")
    assert pairs("食品") <= name
    assert pairs("鑫源食品") <= name
    assert not pairs("品食") <= name


def test_one_character_finds_a_name_too() -> None:
    assert pairs("鑫") == {"鑫"} <= terms_of_name("鑫源")


def test_a_search_of_brackets_alone_seeks_nothing() -> None:
    assert pairs("（） ") == frozenset()


def test_a_code_is_told_from_a_name() -> None:
    assert looks_like_code("91370321")
    assert looks_like_code("９１３７０３２１ＭＡ")
    assert not looks_like_code("食品")
    assert not looks_like_code("9137")

"""Codes of enterprises: sound ones pass, damaged ones are named and never changed."""

from __future__ import annotations

import pytest
from stdnum.cn import uscc

from backend.app.registry.imports.codes import read_code

BODY = "91370399MA3C0D1E8"
SOUND = BODY + uscc.calc_check_digit(BODY)


def test_a_sound_code_is_read_as_it_stands() -> None:
    assert read_code(SOUND) == (SOUND, "uscc", None, None, False)


def test_spaces_and_full_width_digits_are_taken_off_and_said() -> None:
    spaced = SOUND[:8] + " " + SOUND[8:].replace("3", "３")
    reading = read_code(spaced)
    assert (reading.value, reading.tidied) == (SOUND, True)


@pytest.mark.parametrize(
    "damaged", ["9.14690062012665e+17", "9.14690062012665E+17", "9.1469E17", "９.1469E+17"]
)
def test_a_code_turned_into_a_power_of_ten_is_damaged_and_has_no_likely_reading(
    damaged: str,
) -> None:
    reading = read_code(damaged)
    assert (reading.value, reading.problem, reading.likely) == (None, "code_damaged", None)


def test_a_code_whose_last_digits_became_zeros_is_rounded() -> None:
    assert read_code("914690062012665000").problem == "code_rounded"


def test_lower_case_is_named_with_its_likely_reading_and_not_changed() -> None:
    reading = read_code(SOUND.lower())
    assert (reading.value, reading.problem, reading.likely) == (None, "code_lowercase", SOUND)


@pytest.mark.parametrize(("right", "wrong"), [("0", "O"), ("1", "I"), ("1", "l")])
def test_look_alike_characters_are_named_with_the_likely_reading(right: str, wrong: str) -> None:
    place = SOUND.index(right, 2)
    mixed = SOUND[:place] + wrong + SOUND[place + 1 :]
    reading = read_code(mixed)
    assert (reading.value, reading.problem, reading.likely) == (None, "code_mix_up", SOUND)


def test_a_wrong_check_digit_without_look_alikes_offers_nothing() -> None:
    other = "X" if SOUND[-1] != "X" else "Y"
    reading = read_code("91370321164405039" + "G")
    assert (reading.problem, reading.likely) == ("code_check_digit", None)
    assert read_code(SOUND[:-1] + other).value is None


def test_letters_no_code_has_are_named() -> None:
    assert read_code("91370399MVVVVVVVV1").problem == "code_alphabet"


@pytest.mark.parametrize(
    ("number", "problem"), [("110108000000016", None), ("110108000000017", "code_check_digit")]
)
def test_a_registration_number_has_a_check_digit_of_its_own(
    number: str, problem: str | None
) -> None:
    reading = read_code(number)
    assert reading.problem == problem
    assert reading.kind == ("registration" if problem is None else "")


@pytest.mark.parametrize("text", ["", "9137", "1101080000000161", "无"])
def test_other_lengths_are_named(text: str) -> None:
    assert read_code(text).problem == "code_length"

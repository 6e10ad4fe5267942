"""The pure rules of plans."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from backend.app.draws import plan_rules, rules

A, B, C, D = (UUID(int=n) for n in range(1, 5))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5%", (5, 100)),
        ("5", (5, 100)),
        ("0.5%", (5, 1000)),
        ("12.25 %", (1225, 10000)),
        ("１００％".replace("１００", "100"), (100, 100)),
        ("1/3", (1, 3)),
        ("0", (0, 100)),
    ],
)
def test_a_ratio_is_read_as_whole_numbers(typed: str, meant: tuple[int, int]) -> None:
    assert plan_rules.read_ratio(typed) == meant


@pytest.mark.parametrize("typed", ["", "half", "101%", "3/2", "1/0", "-5%", "5%%", "1e2"])
def test_anything_else_is_no_ratio(typed: str) -> None:
    assert plan_rules.read_ratio(typed) is None


def test_a_fixed_number_draws_that_many_and_never_more_than_there_are() -> None:
    stratum = {"code": "S01", "mode": "number", "count": 3}
    assert [plan_rules.quota(rows, stratum) for rows in (0, 2, 3, 100)] == [0, 2, 3, 3]


def test_an_officer_counts_for_the_nearest_department_that_takes_part() -> None:
    tree = {A: None, B: A, C: B, D: None}
    assert rules.homes(tree, [A]) == {A: A, B: A, C: A}
    assert rules.homes(tree, [A, B]) == {A: A, B: B, C: B}


def test_a_tree_with_a_circle_ends() -> None:
    assert rules.homes({A: B, B: A}, [C]) == {}


def test_numbers_are_of_the_half_year() -> None:
    assert rules.number(rules.series("370399", date(2026, 6, 30)), 4) == "370399-2026-H1-4"
    assert rules.series("370399", date(2026, 7, 1)) == "370399-2026-H2"


def test_a_name_that_fits_no_table_gets_a_short_stable_token() -> None:
    assert rules.token("TZSB") == "TZSB"
    assert rules.token("特种设备") == rules.token("特种设备")
    assert rules.token("特种设备") != rules.token("食品")
    assert len(rules.token("特种设备")) == 16


def test_a_text_of_a_witness_has_one_form() -> None:
    assert rules.is_plain_text("骰子 4163")
    assert not rules.is_plain_text("e\u0301")
    assert not rules.is_plain_text("two\nlines")
    assert not rules.is_plain_text("x" * 201)


def test_drawing_everybody_and_too_low_a_cap_are_told_before_the_freeze() -> None:
    whole = plan_rules.StratumCount("S01", "D", 8, 0, 0, 8, 8)
    seats = [
        plan_rules.SeatCount("市场局", "", 2, 3),
        plan_rules.SeatCount("市场局", "特种设备", 2, 1),
    ]
    codes = [finding.code for finding in plan_rules.warn([whole], seats, cap=5, visits=8)]
    assert codes == ["stratum_whole", "cap_too_low", "seats_will_be_vacant"]

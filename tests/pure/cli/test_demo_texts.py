"""The demo county's texts: complete, well-formed, with right check digits."""

from __future__ import annotations

from random import Random

import pytest
from stdnum.cn import uscc

from backend.app.cli.demo import names
from backend.app.cli.demo.content.parse import read_items
from backend.app.cli.demo.people import DEPARTMENTS


def test_there_are_24_items_with_10_to_30_points_each():
    items = read_items()
    assert len(items) == 24
    assert all(10 <= len(item.points) <= 30 for item in items)


def test_every_item_belongs_to_a_department_whose_officers_hold_its_speciality():
    held = {code: specialities for code, _name, _count, specialities in DEPARTMENTS}
    assert all(item.speciality in held[item.department] for item in read_items())


def test_point_numbers_are_unique_within_an_item():
    for item in read_items():
        numbers = [point.no for point in item.points]
        assert len(set(numbers)) == len(numbers), item.code


def test_some_point_is_asked_only_when_another_fails():
    dependent = [
        (item, point) for item in read_items() for point in item.points if point.shown_after
    ]
    assert dependent
    for item, point in dependent:
        assert point.shown_after in {other.no for other in item.points}


def test_every_kind_of_point_occurs():
    kinds = {point.kind for item in read_items() for point in item.points}
    assert kinds == {"pass", "number", "choice", "text", "date"}


def test_eight_departments_have_120_officers():
    assert len(DEPARTMENTS) == 8
    assert sum(count for _code, _name, count, _specialities in DEPARTMENTS) == 120


@pytest.fixture(scope="module")
def enterprises():
    return names.enterprises(Random(5), 4400)


def test_every_enterprise_has_its_own_name_and_a_code_with_the_right_digit(enterprises):
    assert len({one.code for one in enterprises}) == 4400
    assert len({one.name for one in enterprises}) == 4400
    assert all(uscc.is_valid(one.code) for one in enterprises)


def test_the_same_seed_makes_the_same_register(enterprises):
    assert names.enterprises(Random(5), 4400) == enterprises


def test_registration_numbers_carry_their_check_digit():
    random = Random(3)
    for _ in range(200):
        number = names.registration_number(random)
        rest = 10
        for digit in number[:14]:
            rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
        assert (rest + int(number[14])) % 10 == 1

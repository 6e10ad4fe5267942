"""What replacements go by: which absence takes a seat, when the next cut-off is, how rates add."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.replacements import rules

CHINA = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 23)
DAYS = st.integers(0, 60).map(lambda n: TODAY + timedelta(days=n - 10))


@pytest.mark.parametrize(
    ("due", "starts", "ends", "takes"),
    [
        (10, 0, 10, True),
        (10, 0, 8, True),
        (10, 0, 7, False),
        (10, 11, 20, False),
        (10, -9, -1, False),
        (10, -9, 8, True),
        (1, 0, 0, True),
        (1, 5, 9, False),
        (-3, 0, 5, True),
        (-3, 1, 5, False),
    ],
)
def test_an_absence_takes_the_seats_it_leaves_fewer_than_three_days(
    due: int, starts: int, ends: int, takes: bool
) -> None:
    day = {n: TODAY + timedelta(days=n) for n in (due, starts, ends)}
    assert rules.vacates(TODAY, day[due], day[starts], day[ends]) is takes


@given(due=DAYS, starts=DAYS, ends=DAYS)
def test_an_absence_takes_what_a_count_day_by_day_takes(
    due: date, starts: date, ends: date
) -> None:
    last = max(due, TODAY)
    days = [TODAY + timedelta(days=n) for n in range((last - TODAY).days + 1)]
    free = [day for day in days if not starts <= day <= ends]
    expected = len(free) < len(days) and len(free) < rules.LEAST_FREE_DAYS
    assert rules.vacates(TODAY, due, starts, ends) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23 16:59", "2026-11-23 17:00"),
        ("2026-11-23 17:00", "2026-11-24 17:00"),
        ("2026-11-30 23:10", "2026-12-01 17:00"),
        ("2026-12-31 17:01", "2027-01-01 17:00"),
    ],
)
def test_the_next_cut_off_is_always_ahead(now: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=CHINA)
    assert rules.next_cut_off(moment, "17:00") == datetime.fromisoformat(expected).replace(
        tzinfo=CHINA
    )


def test_a_known_ground_is_a_ground_and_anything_else_is_words() -> None:
    assert rules.ground_of("interest") == ("interest", "")
    assert rules.ground_of("近亲属") == ("other_relation", "近亲属")


def test_rates_count_seats_held_and_seats_left_as_drawn() -> None:
    left = [
        ("wang", "recusal", "interest"),
        ("wang", "absence", "illness"),
        ("wang", "unfit", "inactive"),
        ("zhao", "recusal", "interest"),
    ]
    found = rules.rates({"wang": 5, "li": 3}, left)
    assert (found["wang"].seats, found["wang"].seats_left, found["wang"].percent) == (8, 2, 25)
    assert (found["zhao"].seats, found["zhao"].seats_left, found["zhao"].percent) == (1, 1, 100)
    assert (found["li"].seats_left, found["li"].percent) == (0, 0)
    total = rules.together(found.values())
    assert (total.seats, total.seats_left, total.reasons["interest"]) == (12, 3, 2)
    assert rules.Rate().percent == 0


@pytest.mark.parametrize(
    ("could", "can", "steered"),
    [
        (0, 0, False),
        (1, 1, False),
        (1, 0, True),
        (2, 2, False),
        (3, 2, True),
        (4, 3, False),
        (5, 3, True),
        (9, 6, False),
        (9, 5, True),
        (40, 27, False),
        (40, 26, True),
    ],
)
def test_a_pool_that_lost_more_than_a_third_or_has_fewer_than_three_left_is_steered(
    could: int, can: int, steered: bool
) -> None:
    assert rules.is_steered(could, can) is steered

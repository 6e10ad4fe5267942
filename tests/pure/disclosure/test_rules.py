"""The disclosure clock against the State Council's calendars, and what no year may break."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.disclosure.rules import (
    VisitEnd,
    WorkCalendar,
    is_late,
    minutes_between,
    visit_end,
)

PLAIN = WorkCalendar({})


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # Saturday, made up for the Spring Festival
        (date(2026, 2, 28), True),  # Saturday, made up
        (date(2026, 2, 16), False),  # Monday of the Spring Festival
        (date(2026, 2, 23), False),  # Monday moved from the 28th
        (date(2026, 10, 10), True),  # Saturday, made up for National Day
        (date(2026, 10, 7), False),  # Wednesday of National Day
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2026, 11, 23), True),  # an ordinary Monday
    ],
)
def test_made_up_weekends_are_worked_and_moved_days_are_free(day: date, works: bool) -> None:
    assert PLAIN.works(day) is works


def test_twenty_working_days_over_national_day_are_counted_with_the_made_up_days() -> None:
    # September: 20 (a Sunday, made up), 21-24, 28-30 are 8; October: 8-9 make 10, the 10th
    # (a Saturday, made up) 11, 12-16 make 16, 19-22 make 20.
    assert PLAIN.due(date(2026, 9, 18)).day == date(2026, 10, 22)


def test_twenty_working_days_without_a_holiday_are_four_weeks() -> None:
    assert PLAIN.due(date(2026, 11, 2)).day == date(2026, 11, 30)


def test_a_due_date_in_a_year_without_an_announced_list_says_that_it_is_not_certain() -> None:
    assert PLAIN.due(date(2026, 11, 2)).certain
    assert not PLAIN.due(date(2026, 12, 21)).certain
    assert not PLAIN.announced(2031)


def test_a_made_up_day_in_the_table_makes_its_year_announced() -> None:
    known = WorkCalendar({date(2031, 2, 1): True})
    assert known.announced(2031)
    assert not WorkCalendar({date(2031, 2, 3): False}).announced(2031)


def test_the_table_wins_over_the_calendar_both_ways() -> None:
    known = WorkCalendar({date(2026, 11, 23): False, date(2026, 11, 21): True})
    assert not known.works(date(2026, 11, 23))
    assert known.works(date(2026, 11, 21))


def test_the_clock_turns_amber_at_five_days_and_red_the_day_after_the_last() -> None:
    ended = date(2026, 11, 2)  # due 30 November
    states = {day: PLAIN.deadline(ended, date(2026, 11, day)).state for day in (2, 20, 23, 29, 30)}
    assert states == {2: "ok", 20: "ok", 23: "soon", 29: "soon", 30: "soon"}
    assert PLAIN.deadline(ended, date(2026, 11, 30)).left == 0
    overdue = PLAIN.deadline(ended, date(2026, 12, 1))
    assert (overdue.state, overdue.left) == ("late", -1)


def test_an_overdue_clock_is_late_even_when_only_a_weekend_has_passed() -> None:
    ended = date(2026, 10, 23)  # due Friday 20 November
    assert PLAIN.due(ended).day == date(2026, 11, 20)
    assert PLAIN.deadline(ended, date(2026, 11, 21)).left == -1


def test_a_visit_ends_on_the_day_its_phone_may_be_believed_about_else_on_that_of_the_receipt() -> (
    None
):
    received = date(2026, 11, 20)
    assert visit_end(date(2026, 11, 18), received) == VisitEnd(date(2026, 11, 18), "phone")
    assert visit_end(date(2026, 11, 21), received) == VisitEnd(received, "phone")
    assert visit_end(None, received) == VisitEnd(received, "receipt")


def test_publishing_on_the_last_day_is_in_time() -> None:
    assert not is_late(date(2026, 11, 30), date(2026, 11, 30))
    assert is_late(date(2026, 12, 1), date(2026, 11, 30))


def test_time_taken_counts_from_the_first_minute_of_the_visits_day() -> None:
    china = timezone(timedelta(hours=8))
    published = datetime(2026, 11, 3, 12, 0, tzinfo=china)
    assert minutes_between(date(2026, 11, 2), published) == 36 * 60
    assert minutes_between(date(2026, 11, 9), datetime(2026, 11, 3, tzinfo=UTC)) == 0


@given(st.dates(date(2008, 1, 1), date(2040, 12, 31)), st.integers(0, 60))
def test_left_and_due_are_each_others_inverse(ended: date, days: int) -> None:
    due = PLAIN.due(ended, days).day
    assert PLAIN.left(ended, due) == days
    assert due >= ended

"""A phone's clock against the two moments the server knows: no claim beyond them is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.app.visits.moments import (
    TOLERANCE,
    Claim,
    claim,
    is_moment,
    milliseconds_ahead,
    read_moment,
)

MADE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ACT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def claimed(moment: datetime, ahead: timedelta | None = None) -> Claim:
    return Claim(moment, MADE, RECEIVED, ahead)


@pytest.mark.parametrize(
    "text",
    [
        "0002-01-01T00:00:00+14:00",
        "2016-03-01T09:00:00.000+08:00",
        "2026-12-31T23:59:60Z",
        "2026-12-31T23:59:60.500+08:00",
        "9998-12-31T23:59:59-12:00",
    ],
)
def test_every_time_a_phone_can_write_is_read(text: str) -> None:
    assert is_moment(text)
    assert read_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+08:00",  # its day in UTC is in no calendar
        "9999-12-31T23:59:59-12:00",
        "2026-11-23",
        "2026-11-23T10:00:00",
        "2026-13-01T00:00:00Z",
        "2026-11-23T10:00:61Z",
        "",
        None,
    ],
)
def test_what_names_no_moment_is_no_time(text: object) -> None:
    assert not is_moment(text)


def test_a_leap_second_counts_as_the_second_before_it() -> None:
    assert read_moment("2016-12-31T23:59:60Z") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_possible_claim_is_believed_as_it_is() -> None:
    one = claimed(ACT, timedelta(seconds=3))
    assert (one.believed_at, one.is_corrected, one.clock_error) == (ACT, False, None)


@pytest.mark.parametrize("year", [1, 2, 1970, 2016, 2025, 2027, 9999])
def test_a_claim_of_another_year_is_never_believed(year: int) -> None:
    one = claimed(datetime(year, 3, 1, tzinfo=UTC))
    assert one.believed_at is None
    assert one.taken_at == RECEIVED


@pytest.mark.parametrize("error", [-10 * 365 * DAY, -2 * DAY, -timedelta(hours=1), 3 * DAY])
def test_a_clock_seen_to_be_wrong_by_the_same_all_day_is_put_right(error: timedelta) -> None:
    one = claimed(ACT + error, error)
    assert one.believed_at == ACT
    assert one.is_corrected


def test_a_clock_set_back_after_the_act_leaves_the_bare_claim() -> None:
    assert claimed(ACT, -2 * DAY).believed_at == ACT


def test_a_clock_that_was_put_right_before_the_call_leaves_an_impossible_claim() -> None:
    one = claimed(datetime(2016, 3, 1, tzinfo=UTC), timedelta())
    assert one.believed_at is None


def test_an_error_too_large_for_any_calendar_is_survived() -> None:
    late, error = datetime(9999, 12, 1, tzinfo=UTC), -9000 * 365 * DAY
    assert claimed(late, error).believed_at is None


@pytest.mark.parametrize("edge", [MADE - TOLERANCE, RECEIVED + TOLERANCE])
def test_clocks_that_differ_by_little_are_moved_onto_the_bound(edge: datetime) -> None:
    assert claimed(edge).believed_at in {MADE, RECEIVED}
    beyond = TOLERANCE * 2 if edge > ACT else -TOLERANCE * 2
    assert claimed(edge + beyond).believed_at is None


def test_the_same_moment_in_any_zone_is_the_same_claim() -> None:
    texts = ["2026-11-22T06:30:00Z", "2026-11-22T14:30:00+08:00", "2026-11-21T18:30:00-12:00"]
    assert {claim(text, MADE, RECEIVED, None).believed_at for text in texts} == {ACT}


def test_the_error_of_a_clock_is_told_in_milliseconds() -> None:
    assert milliseconds_ahead(None, RECEIVED) is None
    assert milliseconds_ahead("2026-11-23T16:00:01.250+08:00", RECEIVED) == 1250
    behind = milliseconds_ahead("2016-11-23T08:00:00Z", RECEIVED)
    assert behind is not None
    assert behind == -3652 * 86_400_000


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.none() | st.timedeltas(min_value=-9000 * 365 * DAY, max_value=9000 * 365 * DAY),
)
def test_whatever_a_phone_claims_the_moment_taken_lies_between_package_and_receipt(
    moment: datetime, ahead: timedelta | None
) -> None:
    one = claimed(moment, ahead)
    assert MADE <= one.taken_at <= RECEIVED
    assert one.claimed_at == moment

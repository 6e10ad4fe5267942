"""The demo county's agenda: acts happen in the order of their moments, and time never runs back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from backend.app.cli.demo.agenda import Agenda

PRESENT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def agenda():
    return Agenda(PRESENT)


def test_acts_happen_in_the_order_of_their_moments_whoever_notes_them(agenda):
    happened = []

    def act(name, *, then=None):
        happened.append((name, agenda.at))
        if then is not None:
            agenda.note(agenda.at + timedelta(days=then), partial(act, f"{name} later"))

    agenda.begin(30)
    agenda.note(agenda.morning(10), partial(act, "second"))
    agenda.note(agenda.morning(20), partial(act, "first", then=15))
    agenda.run()
    assert [name for name, _at in happened] == ["first", "second", "first later"]
    moments = [at for _name, at in happened]
    assert moments[0] < moments[1] < moments[2] < PRESENT


def test_an_act_noted_for_a_moment_that_has_passed_does_not_turn_the_clock_back(agenda):
    seen = []

    def note_too_late():
        agenda.note(agenda.morning(10), lambda: seen.append(agenda.at))

    agenda.note(agenda.morning(3), note_too_late)
    agenda.begin(30)
    agenda.run()
    assert seen == [agenda.morning(3)]


def test_nothing_happens_after_the_present_and_the_clock_ends_there(agenda):
    seen = []
    agenda.note(PRESENT + timedelta(days=9), lambda: seen.append(agenda.at))
    agenda.begin(1)
    agenda.run()
    assert seen == [PRESENT] and agenda.at == PRESENT


def test_a_morning_is_a_working_day(agenda):
    assert all(agenda.morning(days).weekday() < 5 for days in range(1, 15))

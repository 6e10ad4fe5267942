"""Acts that end a draw or send people out are possible in the states of the reviewed table."""

from __future__ import annotations

from tests.api.access.draw_states import observe_states
from tests.api.access.observing import Bench
from tests.api.access.table import STATES, reviewed


def test_a_draw_is_ended_and_dispatched_in_the_listed_states_alone(arranged: Bench) -> None:
    assert observe_states(arranged) == reviewed(STATES)

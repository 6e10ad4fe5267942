"""Officers: the invariants, the optimum, and the specification read literally."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from backend.drawkit import VACANT, Officer, Roster, Seat, could_come, run_batch
from backend.drawkit.assignment import assign

from . import literal
from .samples import roster_of, sample, with_replacements

Case = tuple[bytes, list[Seat], list[Officer], set[tuple[int, int]]]


def case_of(rng: Random, *, tasks: int = 8, people: int = 7, full: bool = False) -> Case:
    """A random problem: teams, officers, recusals as (task, officer row)."""
    departments = ["A", "B"][: rng.randint(1, 2)]
    officers = [
        Officer(
            f"O{row}",
            rng.choice(departments),
            frozenset(speciality for speciality in "xy" if rng.random() < 0.4),
            9 if full else rng.choice([0, 1, 2, 3, 9]),
            rng.choice([0, 0, 1, 2]),
        )
        for row in range(people)
    ]
    seats = [
        Seat(task, rng.choice(departments), rng.choice(["", "", "x", "y"]))
        for task in range(tasks)
        for _ in range(rng.randint(1, 4))
    ]
    recusals = {(rng.randrange(tasks), rng.randrange(people)) for _ in range(rng.randrange(12))}
    return rng.randbytes(32), seats, officers, recusals


cases = st.builds(
    lambda number, tasks, people: case_of(Random(number), tasks=tasks, people=people),
    st.integers(0, 2**32),
    st.integers(1, 14),
    st.integers(1, 12),
)


@settings(max_examples=300, deadline=None)
@given(cases)
def test_nobody_sits_where_they_may_not(case: Case) -> None:
    seed, seats, officers, recusals = case
    state = assign(seed, seats, officers, lambda task, row: (task, row) in recusals)
    taken = Counter(row for row in state.who if row != VACANT)
    for row, count in taken.items():
        assert count <= officers[row].cap
        assert state.load[row] == officers[row].offset + count
    teams: dict[int, list[int]] = {}
    for seat, row in zip(seats, state.who, strict=True):
        if row == VACANT:
            continue
        assert officers[row].department == seat.department
        assert not seat.speciality or seat.speciality in officers[row].specialities
        assert (seat.task, row) not in recusals
        assert row not in teams.setdefault(seat.task, [])
        teams[seat.task].append(row)


@settings(max_examples=150, deadline=None)
@given(cases)
def test_the_fast_search_equals_the_specification_read_literally(case: Case) -> None:
    seed, seats, officers, recusals = case

    def barred(task: int, row: int) -> bool:
        return (task, row) in recusals

    assert assign(seed, seats, officers, barred).who == literal.assign(
        seed, seats, officers, barred
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(4, 20), st.integers(4, 9))
def test_loads_of_interchangeable_officers_differ_by_one_at_most(
    number: int, tasks: int, people: int
) -> None:
    seats = [Seat(task, "A", "") for task in range(tasks) for _ in range(2)]
    officers = [Officer(f"O{row}", "A", frozenset(), 99, 0) for row in range(people)]
    seed = Random(number).randbytes(32)
    state = assign(seed, seats, officers, lambda task, row: False)
    assert max(state.load) - min(state.load) <= 1
    assert VACANT not in state.who


def optimum(case: Case) -> tuple[int, int]:
    """(seats filled, sum of squared loads) of the best assignment, by linear programming.

    A flow: officer → task (at most once) → seat, with convex costs of the officers' loads; its
    corners are whole numbers.
    """
    _, seats, officers, recusals = case
    pairs = [
        (o, s)
        for o, officer in enumerate(officers)
        for s, seat in enumerate(seats)
        if officer.department == seat.department
        and (not seat.speciality or seat.speciality in officer.specialities)
        and (seat.task, o) not in recusals
    ]
    levels = [(o, n) for o, one in enumerate(officers) for n in range(min(one.cap, len(seats)))]
    reward = 10_000
    costs = [-float(reward)] * len(pairs)
    costs += [2.0 * (officers[o].offset + n) + 1 for o, n in levels]
    teams = {key: i for i, key in enumerate(sorted({(o, seats[s].task) for o, s in pairs}))}
    upper = lil_matrix((len(seats) + len(teams), len(costs)))
    equal = lil_matrix((len(officers), len(costs)))
    for column, (o, s) in enumerate(pairs):
        upper[s, column] = upper[len(seats) + teams[o, seats[s].task], column] = equal[
            o, column
        ] = 1
    for column, (o, _) in enumerate(levels, len(pairs)):
        equal[o, column] = -1
    base = sum(one.offset**2 for one in officers)
    if not pairs or not levels:
        return 0, base
    found = linprog(
        costs,
        A_ub=upper.tocsr(),
        b_ub=np.ones(upper.shape[0]),
        A_eq=equal.tocsr(),
        b_eq=np.zeros(len(officers)),
        bounds=(0, 1),
        method="highs",
    )
    assert found.status == 0
    filled = round(float(np.sum(found.x[: len(pairs)])))
    return filled, round(found.fun + reward * filled) + base


@pytest.mark.parametrize("number", range(60))
def test_the_assignment_is_the_fullest_and_most_equal_one(number: int) -> None:
    case = case_of(Random(number), tasks=9, people=8, full=number % 2 == 0)
    seed, seats, officers, recusals = case
    state = assign(seed, seats, officers, lambda task, row: (task, row) in recusals)
    filled = sum(row != VACANT for row in state.who)
    assert (filled, sum(load**2 for load in state.load)) == optimum(case)


def test_one_specialist_for_two_seats_of_a_team_leaves_one_vacant() -> None:
    officers = [Officer("O0", "A", frozenset("x"), 9, 0), Officer("O1", "A", frozenset(), 9, 0)]
    seats = [Seat(0, "A", "x"), Seat(0, "A", "x")]
    state = assign(b"\1" * 32, seats, officers, lambda task, row: False)
    assert sorted(state.who) == [VACANT, 0]


def test_when_all_are_recused_every_seat_stays_vacant() -> None:
    officers = [Officer(f"O{row}", "A", frozenset(), 9, 0) for row in range(4)]
    seats = [Seat(0, "A", ""), Seat(0, "A", "")]
    assert assign(b"\1" * 32, seats, officers, lambda task, row: True).who == [VACANT, VACANT]


def test_without_officers_every_seat_stays_vacant() -> None:
    assert assign(b"\1" * 32, [Seat(0, "A", "")] * 2, [], lambda task, row: False).who == [-1, -1]


def allowed(state: Roster, absent: set[str], seat: int, row: int) -> bool:
    officer, wanted = state.officers[row], state.seats[seat]
    return (
        officer.department == wanted.department
        and (not wanted.speciality or wanted.speciality in officer.specialities)
        and (officer.token, state.objects[wanted.task]) not in state.recused
        and officer.token not in absent
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_a_replacement_moves_nobody_else_and_is_allowed(number: int) -> None:
    rng = Random(number)
    made = sample(rng)
    state = roster_of(made)
    if not state.seats:
        return
    before = list(state.who)
    seats = rng.sample(range(len(before)), min(len(before), rng.randint(1, 4)))
    absent = [state.officers[rng.randrange(len(state.officers))].token]
    entry = run_batch(
        state,
        operator_link=made.operator_links[0],
        supervisor_link=made.supervisor_links[0],
        vacated=[(seat, "absence") for seat in seats],
        recused=[],
        absent=absent,
    )
    assert [one["seat"] for one in entry["vacated"]] == sorted(seats)
    for seat, (old, new) in enumerate(zip(before, state.who, strict=True)):
        if seat not in seats:
            assert new == old
        elif new != VACANT:
            assert new != old
            assert allowed(state, set(absent), seat, new)
            team = [
                state.who[s]
                for s, one in enumerate(state.seats)
                if one.task == state.seats[seat].task
            ]
            assert team.count(new) == 1
    for row, officer in enumerate(state.officers):
        assert state.load[row] == officer.offset + state.who.count(row)
        assert state.who.count(row) <= officer.cap


def test_the_reason_of_a_replacement_changes_nothing() -> None:
    outcomes = []
    for reason in ("recusal", "absence"):
        made = sample(Random(11))
        state = roster_of(made)
        run_batch(
            state,
            operator_link=made.operator_links[0],
            supervisor_link=made.supervisor_links[0],
            vacated=[(1, reason)],
            recused=[],
            absent=[],
        )
        outcomes.append(state.who)
    assert outcomes[0] == outcomes[1]


def test_batches_follow_one_another_along_the_chains() -> None:
    made = with_replacements(sample(Random(5)), Random(5), batches=3)
    assert b'"batch":3' in made.files["replacements.json"]


@pytest.mark.parametrize("number", range(60))
def test_whoever_comes_was_counted_among_those_who_could(number: int) -> None:
    rng = Random(number)
    made = sample(rng)
    state = roster_of(made)
    if len(state.seats) < 2:
        return
    seats = sorted(rng.sample(range(len(state.seats)), 2))
    tokens = [officer.token for officer in state.officers]
    absent = set(rng.sample(tokens, len(tokens) // 3))
    pairs = {(rng.choice(tokens), target) for target in state.objects}
    before = (list(state.who), list(state.load))
    counted = could_come(state, seats, pairs, absent)
    everybody = could_come(state, seats, set(), set())
    assert (state.who, state.load) == before
    assert all(counted[seat] <= everybody[seat] for seat in seats)
    entry = run_batch(
        state,
        operator_link=made.operator_links[0],
        supervisor_link=made.supervisor_links[0],
        vacated=[(seat, "recusal") for seat in seats],
        recused=sorted(pairs),
        absent=sorted(absent),
    )
    first, second = entry["vacated"]
    assert (first["officer"] is not None) == (counted[seats[0]] > 0)
    assert second["officer"] is None or counted[seats[1]] > 0

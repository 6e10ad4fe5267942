"""Which officers: a randomised optimal semi-matching (Harvey, Ladner, Lovász, Tamir 2003).

Every seat is given along a shortest alternating path to the least loaded officer it can reach,
so the assignment is the fullest and most equal one. Claim "exchangeable and balanced", not
"uniform over all assignments".
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .commitment import derive
from .encoding import Malformed
from .selection import keystream

VACANT = -1


@dataclass(frozen=True, slots=True)
class Officer:
    """A row of officers.tsv."""

    token: str
    department: str
    specialities: frozenset[str]
    cap: int
    offset: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in the team of task ``task`` (its number in draw order)."""

    task: int
    department: str
    speciality: str


def read_officers(lines: list[bytes]) -> list[Officer]:
    """Officers of the strict lines of officers.tsv, in row order."""
    made = []
    for line in lines:
        token, department, specialities, cap, offset = line.decode("ascii").split("\t")
        made.append(
            Officer(
                token,
                department,
                frozenset(specialities.split(",")) if specialities else frozenset(),
                int(cap),
                int(offset),
            )
        )
    return made


def seats_of(codes: list[str], teams: dict[str, list[dict[str, Any]]]) -> list[Seat]:
    """Seats of tasks whose strata are ``codes`` (in task order), from the plan's teams.

    Raises :class:`Malformed` when a stratum has no team.
    """
    made: list[Seat] = []
    for task, code in enumerate(codes):
        team = teams.get(code, teams.get("*"))
        if team is None:
            raise Malformed(f"stratum {code} has no team")
        for part in team:
            made += [Seat(task, part["dept"], part["spec"])] * part["n"]
    return made


Candidates = Callable[[int], Iterable[int]]


def candidates_in_lot_order(
    seed: bytes,
    seats: list[Seat],
    officers: list[Officer],
    barred: Callable[[int, int], bool],
) -> Candidates:
    """A function from a seat's number to its eligible officers' rows in lot order.

    ``barred(task, officer)`` says whether a recusal stands between them.
    """
    key = derive(seed, "officers")
    fitting: dict[tuple[str, str], list[int]] = {}
    memory: dict[int, array[int]] = {}

    def fits(seat: Seat) -> list[int]:
        wanted = seat.department, seat.speciality
        if wanted not in fitting:
            fitting[wanted] = [
                row
                for row, officer in enumerate(officers)
                if officer.department == wanted[0]
                and (not wanted[1] or wanted[1] in officer.specialities)
            ]
        return fitting[wanted]

    def of(number: int) -> Iterable[int]:
        if number not in memory:
            stream = keystream(key, number * len(officers), len(officers))
            rows = [row for row in fits(seats[number]) if not barred(seats[number].task, row)]
            memory[number] = array("i", in_lot_order(stream, rows))
        return memory[number]

    return of


def in_lot_order(stream: bytes, rows: list[int]) -> list[int]:
    """``rows`` sorted by their 16-byte blocks of ``stream``."""
    halves = np.frombuffer(stream, dtype=">u8").reshape(-1, 2)[rows]
    order = np.lexsort((halves[:, 1], halves[:, 0]))
    return [rows[place] for place in order.tolist()]


class Semimatching:
    """The state of one assignment: who sits where, and each officer's load."""

    def __init__(self, seats: list[Seat], officers: list[Officer], candidates: Candidates) -> None:
        self.seats = seats
        self.officers = officers
        self.candidates = candidates
        self.who = [VACANT] * len(seats)
        self.load = [officer.offset for officer in officers]
        self._held: list[dict[str, set[int]]] = [{} for _ in officers]
        self._team: dict[int, dict[int, int]] = {}
        self._levels: dict[str, Counter[int]] = {}
        self._staff: dict[str, list[int]] = {}
        self._fitting: dict[str, frozenset[int]] = {}
        for row, officer in enumerate(officers):
            self._levels.setdefault(officer.department, Counter())[officer.offset] += 1
            self._staff.setdefault(officer.department, []).append(row)

    def staff(self, seat: int) -> list[int]:
        """Rows of all officers of a seat's department."""
        return self._staff.get(self.seats[seat].department, [])

    def is_free(self, officer: int) -> bool:
        """Return True if the officer may take one more seat."""
        given = self.officers[officer]
        return self.load[officer] - given.offset < given.cap

    def least_load(self, department: str) -> int:
        """The least load among all officers of a department."""
        levels = self._levels.get(department)
        return min(levels) if levels else 0

    def fill(self, seat: int) -> bool:
        """Give ``seat`` to someone along the best path; False leaves it vacant."""
        search = _Search(self, seat)
        found = search.run()
        if found is None:
            return False
        self._flip(seat, *found, search.came_from)
        return True

    def _flip(self, start: int, officer: int, seat: int, came_from: dict[int, int]) -> None:
        """Seat the new officer, and move each holder one seat towards ``start``."""
        moving, target = officer, seat
        while True:
            former = self.who[target]
            if former != VACANT:
                self._held[former][self.kind(target)].discard(target)
                del self._team[self.seats[target].task][former]
            self._sit(moving, target)
            if target == start:
                break
            moving, target = former, came_from[target]
        self._raise_load(officer)

    def _sit(self, officer: int, seat: int) -> None:
        self.who[seat] = officer
        self._held[officer].setdefault(self.kind(seat), set()).add(seat)
        self._team.setdefault(self.seats[seat].task, {})[officer] = seat

    def _raise_load(self, officer: int) -> None:
        levels = self._levels[self.officers[officer].department]
        levels[self.load[officer]] -= 1
        if not levels[self.load[officer]]:
            del levels[self.load[officer]]
        self.load[officer] += 1
        levels[self.load[officer]] += 1

    def seat_in_team(self, officer: int, task: int) -> int | None:
        """The seat ``officer`` holds in the team of ``task``, if any."""
        return self._team.get(task, {}).get(officer)

    def kind(self, seat: int) -> str:
        """What a seat asks for; seats of one kind have the same candidates, recusals aside."""
        return f"{self.seats[seat].department}\t{self.seats[seat].speciality}"

    def fitting(self, kind: str) -> frozenset[int]:
        """All officers who fit a kind of seat."""
        if kind not in self._fitting:
            department, _, speciality = kind.partition("\t")
            self._fitting[kind] = frozenset(
                row
                for row in self._staff.get(department, [])
                if not speciality or speciality in self.officers[row].specialities
            )
        return self._fitting[kind]

    def held(self, officer: int, without: set[str]) -> list[int]:
        """Seats the officer holds, ascending; kinds in ``without`` are left out."""
        kinds = self._held[officer].items()
        return sorted(seat for kind, seats in kinds if kind not in without for seat in seats)


class _Search:
    """One breadth-first search over alternating paths.

    An officer's seats wait in the queue as the officer and are spelled out when they come up:
    the order is the same, and a search that stops early never touches them. What can lead to
    nobody new is left out, which changes no result.
    """

    def __init__(self, state: Semimatching, start: int) -> None:
        self.state = state
        self.start = start
        self.came_from: dict[int, int] = {}
        self._queue: deque[tuple[int, int]] = deque()
        self._seen: set[int] = set()
        self._spent: set[str] = set()
        self._best: tuple[int, int] | None = None
        self._least = state.least_load(state.seats[start].department)

    def run(self) -> tuple[int, int] | None:
        """(officer, seat to take) of the best path's end, or None."""
        if self._look_from(self.start):
            return self._best
        while self._queue and self._can_improve():
            holder, origin = self._queue.popleft()
            if self._expand(holder, origin):
                break
        return self._best

    def _can_improve(self) -> bool:
        """Return True if someone not yet seen could still be better; else the rest changes
        nothing."""
        state = self.state
        bound = state.load[self._best[0]] if self._best is not None else None
        return any(
            row not in self._seen
            and (bound is None or state.load[row] < bound)
            and state.is_free(row)
            for row in state.staff(self.start)
        )

    def _expand(self, holder: int, origin: int) -> bool:
        """Take the next entry of the queue: one seat, or all seats of an officer."""
        if holder < 0:
            return self._look_from(-holder - 1)
        for seat in self.state.held(holder, self._spent):
            if seat not in self.came_from:
                self.came_from[seat] = origin
                if self._look_from(seat):
                    return True
        return False

    def _look_from(self, seat: int) -> bool:
        """Look at the candidates of one seat; True stops the search.

        Once everyone who fits a kind of seat was seen, no seat of that kind leads to anybody new.
        """
        kind = self.state.kind(seat)
        if kind in self._spent:
            return False
        before = len(self._seen)
        if self._meet_candidates(seat):
            return True
        if len(self._seen) == before and self.state.fitting(kind) <= self._seen:
            self._spent.add(kind)
        return False

    def _meet_candidates(self, seat: int) -> bool:
        state, task = self.state, self.state.seats[seat].task
        for officer in state.candidates(seat):
            if officer in self._seen:
                continue
            own = state.seat_in_team(officer, task)
            if own is not None:
                if own not in self.came_from:
                    self.came_from[own] = seat
                    self._queue.append((-own - 1, seat))
                continue
            self._seen.add(officer)
            if self._offer(officer, seat):
                return True
            self._queue.append((officer, seat))
        return False

    def _offer(self, officer: int, seat: int) -> bool:
        """Keep the officer if they are the best so far; True when nobody can be better."""
        state = self.state
        load = state.load[officer]
        if not state.is_free(officer):
            return False
        if self._best is not None and load >= state.load[self._best[0]]:
            return False
        self._best = officer, seat
        return load <= self._least


def assign(
    seed: bytes,
    seats: list[Seat],
    officers: list[Officer],
    barred: Callable[[int, int], bool],
) -> Semimatching:
    """Fill all seats in the order of their own lots; vacant ones stay vacant."""
    state = Semimatching(seats, officers, candidates_in_lot_order(seed, seats, officers, barred))
    stream = keystream(derive(seed, "officers/order"), 0, len(seats))
    for seat in in_lot_order(stream, list(range(len(seats)))):
        state.fill(seat)
    return state

"""Statistics over many seeds; each check is shown to bite by a mutant that it catches.

Known answers come first: a draw with truncated lots passes all of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from itertools import combinations

from scipy.stats import chisquare

from backend.drawkit import Officer, Seat, Stratum
from backend.drawkit.assignment import assign
from backend.drawkit.selection import draw_rows

SEEDS = 4000
ROWS, K = 12, 4
PASSES, BITES = 1e-3, 1e-9

Draw = Callable[[bytes], list[int]]


def seeds() -> list[bytes]:
    return [sha256(f"fairness {number}".encode()).digest() for number in range(SEEDS)]


def p_value(counts: list[int]) -> float:
    return float(chisquare(counts).pvalue)


def real_draw(seed: bytes) -> list[int]:
    return [one.row for one in draw_rows(seed, [Stratum("A", 0, ROWS, K)])[0]]


def from_one_start(seed: bytes) -> list[int]:
    """Mutant: a random start, then every third row, as seen in the wild."""
    start = int.from_bytes(seed, "big") % ROWS
    return [(start + step * ROWS // K) % ROWS for step in range(K)]


def modulo(seed: bytes) -> list[int]:
    """Mutant: rows by bytes modulo their number, repeats skipped, from a short alphabet."""
    rows: list[int] = []
    for byte in seed:
        row = (byte % 16) % ROWS
        if row not in rows:
            rows.append(row)
    return rows[:K]


def sorted_draw(seed: bytes) -> list[int]:
    """Mutant: the right rows in row order instead of lot order."""
    return sorted(real_draw(seed))


def inclusion(draw: Draw) -> float:
    counts = Counter(row for seed in seeds() for row in draw(seed))
    return p_value([counts[row] for row in range(ROWS)])


def pairs(draw: Draw) -> float:
    counts = Counter(pair for seed in seeds() for pair in combinations(sorted(draw(seed)), 2))
    return p_value([counts[pair] for pair in combinations(range(ROWS), 2)])


def first_place(draw: Draw) -> float:
    counts = Counter(draw(seed)[0] for seed in seeds())
    return p_value([counts[row] for row in range(ROWS)])


def test_every_enterprise_is_drawn_equally_often() -> None:
    assert inclusion(real_draw) > PASSES
    assert inclusion(modulo) < BITES


def test_every_pair_of_enterprises_is_drawn_equally_often() -> None:
    assert pairs(real_draw) > PASSES
    assert inclusion(from_one_start) > PASSES  # what the weaker check lets through
    assert pairs(from_one_start) < BITES


def test_every_enterprise_is_first_equally_often() -> None:
    assert first_place(real_draw) > PASSES
    assert pairs(sorted_draw) > PASSES
    assert first_place(sorted_draw) < BITES


PEOPLE = 6
OFFICERS = [Officer(f"O{row}", "A", frozenset(), 9, 0) for row in range(PEOPLE)]
SEATS = [Seat(task, "A", "") for task in range(2) for _ in range(2)]

Deal = Callable[[bytes], list[int]]


def real_deal(seed: bytes) -> list[int]:
    return assign(seed, SEATS, OFFICERS, lambda task, row: False).who


def in_order(seed: bytes) -> list[int]:
    """Mutant: officers are dealt in the order of their rows from the first one."""
    return list(range(len(SEATS)))


def in_turn(seed: bytes) -> list[int]:
    """Mutant: officers are dealt in the order of their rows from a random start."""
    start = int.from_bytes(seed, "big") % PEOPLE
    return [(start + seat) % PEOPLE for seat in range(len(SEATS))]


def shares(deal: Deal) -> float:
    counts = Counter(row for seed in seeds() for row in deal(seed))
    return p_value([counts[row] for row in range(PEOPLE)])


def partners(deal: Deal) -> float:
    counts: Counter[tuple[int, ...]] = Counter()
    for seed in seeds():
        who = deal(seed)
        counts.update(tuple(sorted(who[seat : seat + 2])) for seat in (0, 2))
    return p_value([counts[pair] for pair in combinations(range(PEOPLE), 2)])


def test_every_officer_gets_the_same_share() -> None:
    assert shares(real_deal) > PASSES
    assert shares(in_order) < BITES


def test_every_pair_of_officers_goes_together_equally_often() -> None:
    assert partners(real_deal) > PASSES
    assert shares(in_turn) > PASSES
    assert partners(in_turn) < BITES


def test_an_officer_with_the_same_duties_is_exchangeable_for_another() -> None:
    """Two officers of one kind swap their places as often one way as the other."""
    officers = [
        Officer(f"O{row}", "A", frozenset("x" if row < 2 else ""), 9, 0) for row in range(4)
    ]
    seats = [Seat(0, "A", "x"), Seat(0, "A", ""), Seat(1, "A", ""), Seat(1, "A", "")]

    def real(seed: bytes) -> int:
        return assign(seed, seats, officers, lambda task, row: False).who[0]

    def first_fitting(seed: bytes) -> int:
        """Mutant: the specialist with the smallest number takes the specialist's seat."""
        return 0

    for choose, fair in ((real, True), (first_fitting, False)):
        counts = Counter(choose(seed) for seed in seeds())
        assert set(counts) <= {0, 1}
        found = p_value([counts[0], counts[1]])
        assert found > PASSES if fair else found < BITES

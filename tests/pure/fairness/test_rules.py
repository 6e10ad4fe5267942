"""The statistics against scipy's, and against draws that are made unfair on purpose."""

from __future__ import annotations

from math import comb
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from backend.app.fairness import rules


@st.composite
def strata(draw):
    rows = draw(st.integers(1, 400))
    return rows, draw(st.integers(0, rows)), draw(st.integers(0, rows))


@settings(deadline=None)  # a busy machine is no mistake
@given(strata())
def test_one_stratum_has_the_distribution_that_scipy_gives(stratum):
    rows, group, k = stratum
    fair = rules.hypergeometric(rows, group, k)
    support = np.arange(fair.first, fair.first + len(fair.masses))
    assert np.allclose(fair.masses, stats.hypergeom(rows, group, k).pmf(support), atol=1e-12)
    assert fair.masses.sum() == pytest.approx(1)


@settings(deadline=None)  # a busy machine is no mistake
@given(strata())
def test_the_p_value_of_one_stratum_is_fishers_counted_in_whole_numbers(stratum):
    """Ties are exact in whole numbers, where floating point may see a difference."""
    rows, group, k = stratum
    fair = rules.hypergeometric(rows, group, k)
    ways = [
        comb(group, seen) * comb(rows - group, k - seen)
        for seen in range(fair.first, fair.first + len(fair.masses))
    ]
    for place in {0, len(ways) // 2, len(ways) - 1}:
        exact = sum(one for one in ways if one <= ways[place]) / sum(ways)
        assert rules.two_sided(fair, fair.first + place) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("table", [[[8, 2], [1, 5]], [[0, 12], [9, 31]], [[3, 7], [40, 61]]])
def test_the_p_value_of_one_stratum_is_scipys(table):
    (drawn, left), (others, rest) = table
    fair = rules.hypergeometric(drawn + left + others + rest, drawn + left, drawn + others)
    assert rules.two_sided(fair, drawn) == pytest.approx(stats.fisher_exact(table)[1])


@settings(max_examples=30, deadline=None)
@given(st.lists(strata(), min_size=1, max_size=6))
def test_strata_together_are_the_convolution_of_scipys(many):
    fair = rules.together([rules.hypergeometric(*one) for one in many])
    expected = np.ones(1)
    for rows, group, k in many:
        expected = np.convolve(expected, stats.hypergeom(rows, group, k).pmf(range(k + 1)))
    got = np.zeros(len(expected))
    got[fair.first : fair.first + len(fair.masses)] = fair.masses
    assert np.allclose(got, expected, atol=1e-12)


def test_a_large_register_loses_nothing_to_rounding():
    fair = rules.hypergeometric(1_000_000, 300_000, 5_000)
    support = np.arange(fair.first, fair.first + len(fair.masses))
    assert np.allclose(fair.masses, stats.hypergeom(1_000_000, 300_000, 5_000).pmf(support))


def test_holm_equals_scipys_order_and_leaves_what_was_not_tested():
    assert rules.holm([0.01, None, 0.04, 0.03]) == [0.03, None, 0.06, 0.06]
    assert rules.holm([None, None]) == [None, None]
    assert rules.holm([0.9, 0.8]) == [1.0, 1.0]


def test_the_band_holds_what_it_says():
    fair = rules.together([rules.hypergeometric(200, 60, 20)] * 12)
    low, high = rules.band(fair)
    inside = fair.masses[low - fair.first : high - fair.first + 1].sum()
    assert 0.95 <= inside < 0.99
    assert low < sum(20 * 60 / 200 for _ in range(12)) < high


def test_a_number_that_the_plan_fixes_is_not_tested():
    found = rules.compare([[rules.Part(50, 50, 5, 5)], [rules.Part(70, 0, 7, 0)]])
    assert (found.p, found.drawn, found.expected, found.low, found.high) == (None, 5, 5, 5, 5)


def history(rng: Random, draws: int, weight: float) -> list[list[rules.Part]]:
    """Draws of 10 out of 100, 30 in the group, whose members weigh ``weight`` times others."""
    parts = []
    for _ in range(draws):
        keys = [rng.random() ** (1 / (weight if row < 30 else 1)) for row in range(100)]
        chosen = sorted(range(100), key=keys.__getitem__)[-10:]
        parts.append([rules.Part(100, 30, 10, sum(row < 30 for row in chosen))])
    return parts


def test_fair_histories_are_called_out_no_more_often_than_agreed():
    found = [rules.compare(history(Random(seed), 20, 1)).p for seed in range(400)]
    assert sum(p < 0.05 for p in found) <= 0.05 * 400 + 3 * (0.05 * 0.95 * 400) ** 0.5
    assert np.median(found) > 0.3


@pytest.mark.parametrize("weight", [2, 0.4], ids=["favours", "spares"])
def test_a_draw_that_favours_or_spares_a_group_is_caught(weight):
    found = [rules.compare(history(Random(seed), 60, weight)).p for seed in range(20)]
    assert all(p < rules.SIGNIFICANT for p in found)


def test_numbers_that_were_never_given_are_named():
    assert rules.missing_numbers([1, 2, 4, 4], 5) == [3, 5]
    assert rules.missing_numbers([], 0) == []

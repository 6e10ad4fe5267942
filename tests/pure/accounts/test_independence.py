"""The rule of independence: two accounts that are two persons, in both directions."""

from __future__ import annotations

import pytest

from backend.app.accounts.independence import TIES, Facts, refusal


@pytest.mark.parametrize("tie", TIES)
def test_each_tie_alone_keeps_two_accounts_from_acting_as_two(tie: str) -> None:
    assert refusal(Facts(same=False, younger_days=400, ties={tie}), days=7) == tie


@pytest.mark.parametrize(("age", "found"), [(0, "young"), (6.999, "young"), (7, None), (400, None)])
def test_the_younger_account_has_a_least_age(age: float, found: str | None) -> None:
    assert refusal(Facts(same=False, younger_days=age, ties=()), days=7) == found


def test_nobody_is_two() -> None:
    assert refusal(Facts(same=True, younger_days=400, ties=()), days=7) == "same_person"

"""Whose an item of a joint visit is to answer; frontend/tests/parts.test.ts tells the same."""

from __future__ import annotations

from typing import Any

from backend.app.visits.rules import is_own, part_of


def person(name: str, seat: int) -> dict[str, Any]:
    return {"id": name, "account": f"account-{name}", "seat": seat}


PACKAGE: Any = {
    "officers": [person("anna", 0), person("bert", 1), person("dora", 2)],
    "former": [person("carl", 1)],
    "parts": [
        {"department": "市监局", "items": ["SC01"], "seats": [0]},
        {"department": "消防", "items": ["XF01", "XF02"], "seats": [1, 2]},
        {"department": "商务局", "items": ["SW01"], "seats": []},
    ],
}
ALONE: Any = {"officers": PACKAGE["officers"]}


def test_parts_are_found_by_their_items() -> None:
    found = part_of(PACKAGE, "XF02")
    assert found is not None and found["department"] == "消防"
    assert part_of(PACKAGE, "ZZ99") is None
    assert part_of(ALONE, "XF02") is None


def test_who_sits_for_the_department_answers_known_by_officer_or_by_account() -> None:
    assert is_own(PACKAGE, "SC01", "anna")
    assert is_own(PACKAGE, "SC01", "account-anna")
    assert not is_own(PACKAGE, "XF01", "anna")
    assert is_own(PACKAGE, "XF01", "account-dora")
    assert is_own(PACKAGE, "XF01", "carl")
    assert not is_own(PACKAGE, "SC01", "nobody")


def test_items_of_a_department_that_sends_nobody_are_everybodys() -> None:
    assert is_own(PACKAGE, "SW01", "anna")
    assert is_own(ALONE, "XF01", "nobody")

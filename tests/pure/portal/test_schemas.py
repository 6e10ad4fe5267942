"""What readers ask is read as far as it can be, and never refused."""

from __future__ import annotations

from datetime import date

import pytest

from backend.app.portal.schemas import read_asked


def test_nothing_asked_is_the_first_page_of_everything() -> None:
    asked, mistakes = read_asked({"q": "  ", "category": ""})
    assert (asked["q"], asked["category"], asked["page"], mistakes) == ("", None, 1, False)


def test_good_filters_are_kept_beside_bad_ones() -> None:
    asked, mistakes = read_asked({"q": "药房", "category": "99", "from": "2026-11-01", "page": "3"})
    assert mistakes
    assert (asked["q"], asked["category"]) == ("药房", None)
    assert (asked["first_day"], asked["page"]) == (date(2026, 11, 1), 3)


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999"])
def test_a_page_that_cannot_be_is_the_first(page: str) -> None:
    asked, mistakes = read_asked({"page": page})
    assert (asked["page"], mistakes) == (1, True)


def test_what_nobody_knows_is_not_a_mistake() -> None:
    assert read_asked({"utm_source": "x"})[1] is False

"""Reasons come out of the form as the JSON interface takes them."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from backend.app.review.schemas import SendBack, reasons_from_form

EVIDENCE = "00000000-0000-7000-9000-000000000001"


def test_empty_fields_give_no_reason() -> None:
    assert reasons_from_form([("csrf_token", "x"), ("reason:", "  "), ("revision", "1")]) == []


def test_a_reason_names_its_point_or_its_file_or_the_whole_record() -> None:
    form = [
        ("reason:", " whole "),
        ("reason:point:SC-01:3.2", "blurred"),
        (f"reason:evidence:{EVIDENCE}", "wrong shop"),
    ]
    assert reasons_from_form(form) == [
        {"reason": "whole"},
        {"reason": "blurred", "point": "SC-01:3.2"},
        {"reason": "wrong shop", "evidence": EVIDENCE},
    ]


@pytest.mark.parametrize(
    "reasons",
    [[], [{"reason": ""}], [{"reason": "x" * 1001}], [{"reason": "x", "evidence": "../etc"}]],
)
def test_a_record_is_not_sent_back_without_a_readable_reason(reasons: list[object]) -> None:
    with pytest.raises(ValidationError):
        SendBack().load({"revision": 1, "digest": "a" * 64, "reasons": reasons})

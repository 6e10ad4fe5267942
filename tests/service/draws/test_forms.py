"""What the forms make of what people type."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from backend.app.draws import schemas
from backend.app.draws.ceremony import schemas as ceremony

pytestmark = pytest.mark.one_database


def form(*more: tuple[str, str]) -> MultiDict[str, str]:
    fields = [
        ("name", " 食品  抽查 "),
        ("department_id", str(uuid4())),
        ("item_ids", str(uuid4())),
        ("s9-mode", "ratio"),
        ("s9-ratio", "10%"),
        ("s9-risk_classes", "D"),
        ("s9-risk_classes", "C"),
        ("s2-mode", "number"),
        ("s2-count", "3"),
        ("s2-industries", "餐饮，食品"),
    ]
    return MultiDict([*fields, *more])


def test_strata_keep_the_order_of_the_page_and_get_codes_in_it(app: Flask) -> None:
    values = schemas.WhatForm().load(schemas.what_form(form()))
    assert values["name"] == "食品 抽查"
    first, second = values["strata"]
    assert (first["code"], first["risk_classes"], first["num"], first["den"]) == (
        "S01",
        ["D", "C"],
        10,
        100,
    )
    assert (second["code"], second["count"], second["industries"]) == ("S02", 3, ["餐饮", "食品"])


def test_a_stratum_without_a_name_is_called_after_what_fits_it_and_remembers_that(
    app: Flask,
) -> None:
    named = schemas.WhatForm().load(schemas.what_form(form(("s9-label", "高风险"))))["strata"][0]
    made_up = schemas.WhatForm().load(schemas.what_form(form()))["strata"][0]
    assert (named["label"], named["named"]) == ("高风险", True)
    assert made_up["label"]
    assert made_up["named"] is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("s5-ratio", "lots"),
        ("s5-min", "-1"),
        ("s5-regions", "青禾县"),
        ("s5-tags", "not-an-id"),
        ("s5-mode", "all"),
    ],
)
def test_a_stratum_that_means_nothing_is_refused(app: Flask, field: str, value: str) -> None:
    typed = form(("s5-ratio", "5%")) if field != "s5-ratio" else form()
    typed.setlist(field, [value])
    with pytest.raises(ValidationError) as caught:
        schemas.WhatForm().load(schemas.what_form(typed))
    assert list(caught.value.messages_dict) == ["strata"]


def test_a_name_that_carries_somebodys_number_is_refused(app: Flask) -> None:
    typed = form()
    typed.setlist("name", ["投诉 13800001111 抽查"])
    with pytest.raises(ValidationError) as caught:
        schemas.WhatForm().load(schemas.what_form(typed))
    assert list(caught.value.messages_dict) == ["name"]


def test_digits_copied_from_a_slip_may_come_in_groups(app: Flask) -> None:
    values = ceremony.RevealForm().load({"token": "w1", "text": " a ", "rand": "AB cd\n12"})
    assert (values["text"], values["rand"]) == (" a ", "abcd12")

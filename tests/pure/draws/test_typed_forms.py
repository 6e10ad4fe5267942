"""What is typed into the draws' forms is read alike in every width and with every kind of blank."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from backend.app.draws.ceremony.schemas import JoinForm, SecretForm
from backend.app.draws.ceremony_rules import read_throw
from backend.app.draws.plan_rules import read_ratio
from backend.app.draws.schemas import ReasonForm, StratumForm


def stratum(**typed: Any) -> dict[str, Any]:
    return dict(StratumForm().load({"label": "餐饮", "ratio": "5%", **typed}))


@pytest.mark.parametrize("typed", ["5%", "５％", " 5 % ", "5\u200b%", "５", "1/20", "１／２０"])
def test_a_ratio_is_read_in_every_width(typed: str) -> None:
    num, den = read_ratio(typed) or (0, 1)
    assert num * 20 == den


@pytest.mark.parametrize("typed", ["12", "１２", " 12\u3000", "1\u200b2"])
def test_a_count_is_read_in_every_width(typed: str) -> None:
    assert stratum(mode="number", count=typed)["count"] == 12


def test_regions_and_labels_are_read_in_every_width() -> None:
    found = stratum(regions="３７０３９９，370321\u3000370300", label=" Ａ类\u200b\r\n餐饮\ufeff ")
    assert found["regions"] == ["370399", "370321", "370300"]
    assert found["label"] == "A类 餐饮"


def test_digits_of_another_script_are_no_region() -> None:
    with pytest.raises(ValidationError):
        stratum(regions="\u0663\u0667")


def test_a_reason_is_one_line() -> None:
    assert ReasonForm().load({"reason": " 名录\n有误\t２ 处 "})["reason"] == "名录 有误 2 处"


def test_a_witness_types_in_every_width() -> None:
    typed = {"name": "王 敏\u3000", "office": "县人大\u200b代表"}
    assert JoinForm().load(typed) == {"name": "王 敏", "office": "县人大代表"}
    assert SecretForm().load({"rand": "ＡＢ１２ cd34"})["rand"] == "ab12cd34"


@pytest.mark.parametrize("typed", ["12345", "１２３４５", "1 2 3 4 5", "123\u200b45"])
def test_a_throw_is_read_in_every_width(typed: str) -> None:
    assert read_throw(typed, 5) == "12345"


@pytest.mark.parametrize("typed", ["1234", "1234x", "１２３４六", "", "-1234"])
def test_what_is_no_throw_of_five_dice_is_refused(typed: str) -> None:
    assert read_throw(typed, 5) is None

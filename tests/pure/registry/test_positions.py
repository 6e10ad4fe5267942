"""Positions as maps, receivers and spreadsheets write them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from backend.app.registry.imports.coordinates import read_coordinate
from tests.pure.registry.files import code, csv_bytes, found, read


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("117.95", "117.95"),
        ("+117.95", "117.95"),
        ("117,95", "117.95"),
        ("１１７，９５", "117.95"),
        ("１１７．９５", "117.95"),
        ("117.958333333333335", "117.9583333333"),
        ("1.1795E2", "117.95"),
        ("1.1795e+2", "117.95"),
        ("117.95E", "117.95"),
        ("E117.95", "117.95"),
        ("Ｅ１１７．９５", "117.95"),
        ("117,95 E", "117.95"),
        ("东经117.95", "117.95"),
        ("117.95W", "-117.95"),
        ("西经117.95度", "-117.95"),
        ("-117.95", "-117.95"),
        ("\u2212117.95", "-117.95"),
        ("117°", "117"),
        ("117°57′30″E", "117.9583333333"),
        ("117°57′30″", "117.9583333333"),
        ("１１７°５７′３０″", "117.9583333333"),
        ("E 117° 57' 30.5\"", "117.9584722222"),
        ("117˚57ʹ30ʺ", "117.9583333333"),
        ("东经117度57分30秒", "117.9583333333"),
        ("117°57.5′", "117.9583333333"),
        ("117 57 30", "117.9583333333"),
        ("117:57:30", "117.9583333333"),
        ("117-57-30", "117.9583333333"),
        ("117d57m30s", "117.9583333333"),
        ("117d57m30sW", "-117.9583333333"),
        ("117°57'30''", "117.9583333333"),
    ],
)
def test_a_longitude_is_read_however_it_is_written(text: str, degrees: str) -> None:
    found = read_coordinate(text, 180)
    assert found is not None
    assert found[0] == Decimal(degrees)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "桓台县",
        "NaN",
        "117.57.30",
        "117,957,300",
        "1.117,95",
        "117°60′",
        "117°57′60″",
        "36.1;117.9",
        "北纬117.95",
        "117.95N",
        "E117.95W",
        "-117.95W",
    ],
)
def test_what_is_no_longitude_is_not_read(text: str) -> None:
    assert read_coordinate(text, 180) is None


def test_a_power_of_ten_is_no_direction() -> None:
    assert read_coordinate("3.6123456789012E1", 90) == (Decimal("36.123456789"), True)


def test_a_position_that_is_read_is_shown_and_one_that_is_not_is_set_aside(tmp_path: Path) -> None:
    rows = (
        ("企业名称", "统一社会信用代码", "行政区划代码", "纬度", "经度"),
        ("甲店", code(1), "370399", "36°57′30″N", "117,95"),
        ("乙店", code(2), "370399", "东经117.95", "36.14285714285715"),
        ("丙店", code(3), "370399", "117.95", "#REF!"),
    )
    entries, problems = read(tmp_path, "enterprises", csv_bytes(rows))
    assert found(problems) == [
        (2, "latitude", "number_rounded"),
        (2, "longitude", "number_rounded"),
        (3, "latitude", "not_a_coordinate"),
        (3, "longitude", "number_rounded"),
        (4, "latitude", "out_of_range"),
        (4, "longitude", "error_cell"),
    ]
    assert all(entry.good for entry in entries)
    positions = [(entry.values["latitude"], entry.values["longitude"]) for entry in entries]
    assert positions == [
        ("36.9583333333", "117.95"),
        (None, "36.1428571429"),
        (None, None),
    ]
    assert "latitude" not in entries[1].given

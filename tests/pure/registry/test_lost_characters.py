"""Characters a file lost on its way are named, in names wherever they stand, and never mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.app.registry.imports.lost_characters import lost_character
from tests.pure.registry.files import code, csv_bytes, found, read


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("桓水?鑫饭店", "?"),
        ("桓水？鑫饭店", "？"),
        ("？鑫饭店", "？"),
        ("鑫饭店？", "？"),
        ("????", "?"),
        ("？？", "？"),
        ("?? Co., Ltd", "?"),
        ("桓水\ufffd鑫饭店", "\ufffd"),
        ("A\ufffdB", "\ufffd"),
        ("桓水\ue863饭店", "\ue863"),
        ("桓水\U000f1234饭店", "\U000f1234"),
        ("桓水□饭店", "□"),
        ("桓水〓饭店", "〓"),
        ("锟斤拷饭店", "锟斤拷"),
        ("桓水锘饭店".encode().decode("gb18030", errors="replace"), "\ufffd"),
        ("你好".encode().decode("gb18030"), "浣犲ソ"),
    ],
)
def test_a_name_that_lost_a_character_is_named(text: str, mark: str) -> None:
    assert lost_character(text, name=True) == mark


@pytest.mark.parametrize(
    "text", ["桓水食品厂", "㐱店", "𠮷祥店", "〇五饭店", "Café 甲", "ABC-1", "甲（乙）·丙", "What?"]
)
def test_a_whole_name_is_not_doubted(text: str) -> None:
    assert lost_character(text, name=True) is None


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("是否持有许可证？", None),
        ("Is it clean?", None),
        ("查看进货?台账", "?"),
        ("见附件???", "???"),
        ("查看\ufffd台账", "\ufffd"),
        ("□合格 □不合格", None),
    ],
)
def test_prose_may_ask_a_question(text: str, mark: str | None) -> None:
    assert lost_character(text, name=False) == mark


def test_the_row_is_taken_with_a_warning_that_shows_the_mark(tmp_path: Path) -> None:
    rows = (
        ("企业名称", "统一社会信用代码", "行政区划代码", "地址", "经营范围"),
        ("桓水？鑫饭店", code(1), "370399", "东街\ue8639号", "餐饮？可外卖"),
        ("????", code(2), "370399", "", ""),
        ("桓水三店", code(3), "370399", "西街3号", "餐饮"),
    )
    entries, problems = read(tmp_path, "enterprises", csv_bytes(rows))
    assert found(problems) == [
        (2, "name", "lost_character"),
        (2, "address", "lost_character"),
        (3, "name", "lost_character"),
    ]
    assert {problem.severity for problem in problems} == {"warning"}
    assert problems[0].params["mark"] == "？"
    assert [entry.values["name"] for entry in entries] == ["桓水？鑫饭店", "????", "桓水三店"]
    assert all(entry.good for entry in entries)

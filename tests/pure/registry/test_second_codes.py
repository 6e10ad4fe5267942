"""The column of registration numbers beside that of codes: what counts when one of them fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pure.registry.files import code, csv_bytes, found, read

HEAD = ("企业名称", "统一社会信用代码", "注册号", "行政区划代码")
OLD = "370399000000018"
SHORT, CO_OPERATIVE = "3703990012345", "370399NA000012X"


def one(folder: Path, first: str, second: str) -> tuple[str, str, frozenset[str], list[str]]:
    """(code, registration number, given fields, findings) of a row with these two numbers."""
    rows = (HEAD, ("桓水专业合作社", first, second, "370399"))
    entries, problems = read(folder, "enterprises", csv_bytes(rows))
    values = entries[0].values
    codes = [name for _row, field, name in found(problems) if field == "code"]
    return values["code"], values["registration_number"], entries[0].given, codes


@pytest.mark.parametrize(
    "second",
    [
        code(1),
        f'="{code(1)}"',
        f"'{code(1)}",
        f" {code(1)}\u200b",
        code(1).replace("9", "９"),
        f"{code(1)[:8]} {code(1)[8:]}",
    ],
)
@pytest.mark.parametrize("first", ["", "/", "无", "123", "9.1469E+17"])
def test_a_sound_code_in_the_other_column_counts(tmp_path: Path, first: str, second: str) -> None:
    found_code, number, given, codes = one(tmp_path, first, second)
    assert (found_code, number) == (code(1), "")
    assert "registration_number" not in given
    assert codes[-1] == "code_from_second"


@pytest.mark.parametrize("first", [SHORT, f"{SHORT}4", CO_OPERATIVE])
def test_an_older_number_is_kept_beside_the_code_of_the_other_column(
    tmp_path: Path, first: str
) -> None:
    found_code, number, given, codes = one(tmp_path, first, code(1))
    assert (found_code, number, codes) == (code(1), first, ["code_from_second"])
    assert "registration_number" in given


def test_a_sound_registration_number_counts_only_where_no_code_is_given(tmp_path: Path) -> None:
    assert one(tmp_path, "", OLD)[0] == OLD
    assert one(tmp_path, SHORT, OLD)[0] == ""
    assert one(tmp_path, code(1), OLD)[:2] == (code(1), OLD)


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        (SHORT, "", "code_old_number"),
        (f"{SHORT}4", "", "code_old_number"),
        ("３７０３９９００１２３４５", "", "code_old_number"),
        (CO_OPERATIVE, "", "code_cooperative"),
        (CO_OPERATIVE.lower(), "", "code_cooperative"),
        ("370399NB0000123", "", "code_cooperative"),
        ("", CO_OPERATIVE, "code_cooperative"),
        ("", SHORT, "code_old_number"),
        ("MA3C0D1E-8", "", "code_organisation"),
        (f"农专{SHORT}", "", "code_length"),
        ("", "", "missing_cell"),
        ("", "N/A", "missing_cell"),
        ("#N/A", code(1), "error_cell"),
    ],
)
def test_a_number_that_cannot_be_checked_is_named_as_what_it_is(
    tmp_path: Path, first: str, second: str, problem: str
) -> None:
    assert one(tmp_path, first, second)[3][-1] == problem

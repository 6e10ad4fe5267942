"""Imports as bureaus hand them over: hidden rows, columns, words, firms, reconciliation."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.platform.database import db
from backend.app.registry.models import Enterprise, ImportBatch, Officer, RegisterChange
from backend.app.registry.service.import_tally import Reconciliation, reconcile
from tests.api.registry.importing import (
    batch_at,
    check,
    count,
    findings,
    pair_keys,
    upload,
    write,
)
from tests.factories.registry import make_enterprise, make_item, sound_code
from tests.pure.registry.files import csv_bytes

OFFICERS = ("执法证号", "姓名", "执法证有效期至", "人员备注状态", "岗位资质资格")
FIRMS = ("统一社会信用代码", "注册号", "企业名称", "行政区划代码", "住所")
OLD = "370399000000018"


def reckoned(batch: ImportBatch) -> Reconciliation:
    found = reconcile(batch.counts, batch.summary, batch.survey)
    assert found is not None
    assert found.accounted == found.rows
    return found


def enterprises() -> list[tuple[str, str]]:
    with Session(db.engine) as session:
        rows = session.execute(select(Enterprise.code, Enterprise.registration_number))
        return sorted((row[0], row[1]) for row in rows)


def hidden_book() -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    old, sheet = book.add_worksheet("旧"), book.add_worksheet("名录")
    head = ["企业名称", "统一社会信用代码", "行政区划代码"]
    for at, cells in enumerate([head, *(["店", sound_code(9), "370399"],) * 2]):
        old.write_row(at, 0, cells)
    rows = [[f"{number}店", sound_code(number), "370399"] for number in (1, 2, 3)]
    for at, cells in enumerate([head, ["示例（请删除）", "", ""], *rows]):
        sheet.write_row(at, 0, cells)
    sheet.set_row(3, None, None, {"hidden": True})
    old.hide()
    sheet.activate()
    sheet.set_first_sheet()
    book.close()
    return data.getvalue()


@pytest.mark.parametrize(("choice", "new"), [("leave", 2), ("take", 3)])
def test_hidden_rows_and_other_sheets_are_told_and_chosen(
    client: Any, sign_in: Any, choice: str, new: int
) -> None:
    sign_in(client, role="system_admin")
    address = upload(client, "enterprises", hidden_book())
    page = client.get(address).get_data(as_text=True)
    assert "表中有 1 行被隐藏或筛除" in page
    assert "旧 (3 行, 隐藏)" in page
    assert batch_at(address).sheet == "名录"
    check(client, address, hidden=choice)
    batch = write(client, address)
    assert batch.summary["new"] == new
    report = reckoned(batch)
    assert report.rows == 5
    assert dict(report.apart)["example"] == 1
    assert dict(report.apart).get("hidden", 0) == 3 - new
    done = client.get(address).get_data(as_text=True)
    assert "导入核对" in done
    assert "模板自带的示例" in done


def test_a_column_that_decides_must_be_answered(client: Any, sign_in: Any) -> None:
    who = sign_in(client, role="department_admin")
    rows = (OFFICERS, ("A0001", "王敏", "2030-01-31", "退休", "药品检查员，食品检查员"))
    address = upload(client, "officers", csv_bytes(rows))
    assert "以下各列须作决定" in client.get(address).get_data(as_text=True)
    mapping = {f"m-{name}": str(at) for name, at in batch_at(address).mapping.items()}
    reply = client.post(f"{address}/check", data=mapping)
    assert reply.status_code == 422
    assert "确认不导入该列" in reply.get_data(as_text=True)
    assert batch_at(address).state == "uploaded"
    reply = client.post(f"{address}/check", data=mapping | {"column-3": "active"})
    assert reply.status_code == 303
    write(client, address)
    with Session(db.engine) as session:
        officer = session.scalars(select(Officer)).one()
        assert (officer.active, officer.specialities) == (False, ["药品检查员", "食品检查员"])
        assert officer.department_id == who.department_id
    again = upload(client, "officers", csv_bytes(rows))
    assert client.post(f"{again}/check", data=mapping | {"column-3": "-"}).status_code == 303


def test_an_unknown_word_is_decided_once_for_the_department(client: Any, sign_in: Any) -> None:
    sign_in(client, role="department_admin")
    head = ("统一社会信用代码", "企业名称", "行政区划代码", "登记状态", "企业类型")
    rows = [(sound_code(n), f"{n}店", "370399", "冬眠", "星际") for n in (1, 2)]
    address = upload(client, "enterprises", csv_bytes((head, *rows)))
    batch = check(client, address)
    assert batch.counts["words"] == [["kind", "星际", 2], ["status", "冬眠", 2]]
    page = client.get(address).get_data(as_text=True)
    assert "冬眠" in page
    form = {"field-1": "status", "name-1": "冬眠", "word-1": "suspended"}
    nonsense = {"field-2": "status", "name-2": "x", "word-2": "nowhere", "word-3": "active"}
    assert client.post(f"{address}/decide", data=form | nonsense).status_code == 303
    batch = write(client, address)
    assert (batch.state, batch.summary["new"]) == ("done", 2)
    with Session(db.engine) as session:
        found = session.execute(select(Enterprise.status, Enterprise.kind)).all()
        assert [tuple(row) for row in found] == [("suspended", "unknown")] * 2
    later = upload(
        client, "enterprises", csv_bytes((head, (sound_code(3), "3店", "370399", "冬眠", "")))
    )
    assert check(client, later).counts["errors"] == 0
    assert "1 个用词已按决定读取" in client.get(later).get_data(as_text=True)


def test_a_qualification_no_item_asks_for_is_given_its_name(client: Any, sign_in: Any) -> None:
    who = sign_in(client, role="department_admin")
    make_item(who.department_id, code="A01", specialities=["FOOD"])
    rows = (
        ("执法证号", "姓名", "执法证有效期至", "岗位资质资格"),
        ("A0001", "王敏", "2030-01-31", "食品检查员"),
    )
    address = upload(client, "officers", csv_bytes(rows))
    assert check(client, address).counts["words"] == [["specialities", "食品检查员", 1]]
    form = {"field-1": "specialities", "name-1": "食品检查员", "word-1": "FOOD"}
    client.post(f"{address}/decide", data=form)
    write(client, address)
    with Session(db.engine) as session:
        assert session.scalars(select(Officer.specialities)).one() == ["FOOD"]


@pytest.mark.parametrize("act", ["merge", "apart"])
@pytest.mark.parametrize("by_number", [True, False])
def test_a_firm_under_another_code_waits_for_a_decision(
    client: Any, sign_in: Any, act: str, by_number: bool
) -> None:
    sign_in(client, role="department_admin")
    made = make_enterprise(code=OLD, name="两号一家有限公司", address="东街9号", risk_class="C")
    number, name = (OLD, "改了名的公司") if by_number else ("", "两号一家有限公司")
    rows = (FIRMS, (sound_code(1), number, name, "370399", "东街9号"))
    address = upload(client, "enterprises", csv_bytes(rows))
    assert check(client, address).counts["pairs"] == 1
    assert findings(address) == [(2, "same_firm_in_register")]
    page = client.get(f"{address}?step=firms").get_data(as_text=True)
    assert OLD in page
    assert sound_code(1) in page
    assert client.post(f"{address}/import").status_code == 409
    key = pair_keys(address)[0]
    assert client.post(f"{address}/firms", data={f"pair-{key}": act}).status_code == 303
    batch = write(client, address)
    reckoned(batch)
    assert batch.options["pairs"][key]["act"] == act
    if act == "apart":
        assert enterprises() == sorted([(OLD, ""), (sound_code(1), number)])
        return
    assert enterprises() == [(sound_code(1), OLD)]
    with Session(db.engine) as session:
        kept = session.scalars(select(Enterprise)).one()
        assert (kept.id, kept.risk_class) == (made.id, "C")
        changes = session.scalars(select(RegisterChange).where(RegisterChange.field == "code"))
        change = changes.one()
        assert (change.before, change.after, change.batch_id) == (OLD, sound_code(1), batch.id)


def test_two_rows_of_one_firm_are_merged_into_the_one_with_the_longer_code(
    client: Any, sign_in: Any
) -> None:
    sign_in(client, role="department_admin")
    rows = (
        FIRMS,
        (OLD, "", "甲公司", "370399", "东街9号"),
        (sound_code(1), OLD, "甲有限公司", "370399", "东街9号"),
    )
    address = upload(client, "enterprises", csv_bytes(rows))
    check(client, address)
    assert (3, "same_firm_in_file") in findings(address)
    assert client.post(f"{address}/firms", data={"rest": "merge"}).status_code == 303
    batch = write(client, address)
    assert enterprises() == [(sound_code(1), OLD)]
    assert dict(reckoned(batch).apart)["joined_firm"] == 1


def test_a_register_row_keeps_its_longer_code_when_the_file_has_the_old_number(
    client: Any, sign_in: Any
) -> None:
    sign_in(client, role="department_admin")
    make_enterprise(code=sound_code(1), registration_number=OLD, name="甲公司", address="东街")
    rows = (FIRMS, (OLD, "", "甲公司新名", "370399", "西街"))
    address = upload(client, "enterprises", csv_bytes(rows))
    check(client, address)
    client.post(f"{address}/firms", data={"rest": "merge"})
    write(client, address)
    assert enterprises() == [(sound_code(1), OLD)]
    with Session(db.engine) as session:
        assert session.scalars(select(Enterprise.name)).one() == "甲公司新名"


def test_na_in_a_file_does_not_bring_a_revoked_firm_back_into_business(
    client: Any, sign_in: Any
) -> None:
    sign_in(client, role="department_admin")
    make_enterprise(code=sound_code(1), status="revoked")
    head = ("统一社会信用代码", "企业名称", "行政区划代码", "登记状态")
    for text in ("N/A", "-", "无", ""):
        address = upload(
            client, "enterprises", csv_bytes((head, (sound_code(1), "x", "370399", text)))
        )
        assert "status_empty" in [code for _row, code in findings_after(client, address)]
        write(client, address)
        with Session(db.engine) as session:
            assert session.scalars(select(Enterprise.status)).one() == "revoked"


def findings_after(client: Any, address: str) -> list[tuple[int, str]]:
    check(client, address)
    return findings(address)


def test_the_reconciliation_is_a_sheet_of_the_report(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    rows = (
        FIRMS,
        (sound_code(1), "", "甲", "370399", ""),
        (sound_code(1), "", "甲", "370399", ""),
        ("123", "", "乙", "370399", ""),
        ("合计", "", "", "", ""),
    )
    address = upload(client, "enterprises", csv_bytes(rows))
    check(client, address)
    write(client, address, only_good="1")
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{address}/report.xlsx").data))
    lines = {row[0]: row[1] for row in book.get_sheet_by_name("导入核对").to_python()}
    assert (lines["文件中的行数"], lines["已导入"], lines["因错误未导入"]) == (5, 1, 1)
    assert lines["非数据行"] == 3
    assert count(Enterprise) == 1

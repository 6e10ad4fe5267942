"""The import through the office pages: all or nothing, named damage, updates, safe reloads."""

from __future__ import annotations

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.platform import ids
from backend.app.platform.database import db
from backend.app.registry.models import (
    Enterprise,
    ImportBatch,
    InspectionItem,
    Officer,
    RegisterChange,
)
from backend.app.registry.service.enterprises import tags_of
from tests.api.registry.importing import (
    HEAD,
    IMPORTS,
    batch_at,
    check,
    count,
    findings,
    row,
    upload,
    write,
)
from tests.factories.accounts import make_department
from tests.factories.registry import checklist_of, make_enterprise, make_item, sound_code
from tests.pure.registry.files import csv_bytes, sheet_bytes


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_sound_file_is_previewed_checked_and_imported(
    client: Any, sign_in: Any, encoding: str
) -> None:
    who = sign_in(client, role="system_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1), row(2)), encoding))
    page = client.get(address).get_data(as_text=True)
    assert "桓水1号店" in page
    assert count(Enterprise) == 0
    batch = check(client, address)
    assert (batch.state, batch.encoding) == ("checked", encoding)
    assert (batch.counts["new"], batch.counts["errors"]) == (2, 0)
    assert "没有须更正的问题" in client.get(address).get_data(as_text=True)
    assert count(Enterprise) == 0
    batch = write(client, address)
    assert (batch.state, batch.summary["new"]) == ("done", 2)
    with Session(db.engine) as session:
        first = session.scalars(select(Enterprise).order_by(Enterprise.code)).first()
        assert first is not None
        assert (first.name, first.risk_class) == ("桓水1号店", "B")
        assert tags_of(session, first.id) == ["重点监管"]
        change = session.scalars(select(RegisterChange)).first()
        assert change is not None
        assert (change.account_name, change.batch_id) == (who.name, batch.id)
    assert "已导入" in client.get(IMPORTS).get_data(as_text=True)


def test_one_bad_row_keeps_everything_out_until_only_the_good_are_asked_for(
    client: Any, sign_in: Any
) -> None:
    sign_in(client, role="system_admin")
    rows = (HEAD, row(1), row(2, code="9.14690062012665e+17"), row(3))
    address = upload(client, "enterprises", csv_bytes(rows))
    batch = check(client, address)
    assert (batch.counts["good_entries"], batch.counts["bad_entries"]) == (2, 1)
    page = client.get(address).get_data(as_text=True)
    assert "电子表格已将该代码变为科学计数" in page
    assert "9.14690062012665e+17" in page
    assert client.post(f"{address}/import").status_code == 409
    assert count(Enterprise) == 0
    batch = write(client, address, only_good="1")
    assert (batch.summary["new"], batch.summary["left_out"]) == (2, 1)
    assert count(Enterprise) == 2


def test_importing_again_updates_by_code_says_what_changed_and_never_clears(
    client: Any, sign_in: Any
) -> None:
    sign_in(client, role="system_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1), row(2), row(3))))
    check(client, address)
    write(client, address)
    later = (
        HEAD,
        row(1, risk="D", tags="重点监管|信用良好"),
        row(2, phone="", risk=""),
        row(3),
        row(4),
    )
    address = upload(client, "enterprises", csv_bytes(later))
    batch = check(client, address)
    assert [batch.counts[name] for name in ("new", "changed", "unchanged")] == [1, 1, 2]
    batch = write(client, address)
    assert batch.summary["fields"] == {"risk_class": 1, "tags": 1}
    page = client.get(address).get_data(as_text=True)
    assert "信用良好；重点监管" in page
    with Session(db.engine) as session:
        kept = session.scalar(select(Enterprise).where(Enterprise.code == sound_code(2)))
        assert kept is not None
        assert (kept.contact_phone, kept.risk_class, kept.revision) == ("13800000000", "B", 1)
        moved = session.scalar(select(Enterprise).where(Enterprise.code == sound_code(1)))
        assert moved is not None
        assert (moved.risk_class, moved.revision) == ("D", 2)


def test_a_column_that_is_missing_leaves_its_field_alone(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    make_enterprise(code=sound_code(1), name="旧名", risk_class="C", address="老地址")
    rows = (("企业名称", "统一社会信用代码", "行政区划代码"), ("新名", sound_code(1), "370399"))
    address = upload(client, "enterprises", csv_bytes(rows))
    check(client, address)
    write(client, address)
    with Session(db.engine) as session:
        saved = session.scalars(select(Enterprise)).one()
        assert (saved.name, saved.risk_class, saved.address) == ("新名", "C", "老地址")
        assert "新名" in saved.search_text


def test_double_clicks_and_reloads_do_nothing_twice(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    batch_id = ids.new_id()
    data = csv_bytes((HEAD, row(1)))
    address = upload(client, "enterprises", data, batch_id)
    assert upload(client, "enterprises", data, batch_id) == address
    assert count(ImportBatch) == 1
    check(client, address)
    write(client, address)
    batch = write(client, address)
    assert (batch.state, batch.run, batch.summary["new"]) == ("done", 2, 1)
    assert count(RegisterChange) == 1
    assert client.post(f"{address}/check", data={}).status_code == 409
    assert client.post(f"{address}/discard").status_code == 409
    assert client.get(f"{address}/progress").headers["HX-Refresh"] == "true"


def test_columns_and_header_row_can_be_corrected(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    rows = (("名单",), ("甲列", "乙列", "丙列"), ("桓水食品厂", sound_code(1), "370399"))
    address = upload(client, "enterprises", csv_bytes(rows))
    reply = client.post(f"{address}/check", data={"m-name": "0"})
    assert reply.status_code == 422
    assert "该字段未选择对应列" in reply.get_data(as_text=True)
    doubled = {"m-name": "0", "m-code": "0"}
    assert client.post(f"{address}/check", data=doubled).status_code == 422
    client.post(f"{address}/reread", data={"header_row": "2", "encoding": "utf-8"})
    assert batch_at(address).header_row == 2
    chosen = {"m-name": "0", "m-code": "1", "m-region_code": "2"}
    assert client.post(f"{address}/check", data=chosen).status_code == 303
    assert write(client, address).summary["new"] == 1


def test_a_wrong_encoding_is_refused_and_the_old_reading_stays(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1)), "gb18030"))
    reply = client.post(f"{address}/reread", data={"encoding": "utf-8"}, follow_redirects=True)
    assert reply.status_code == 200
    assert batch_at(address).encoding == "gb18030"
    assert "桓水1号店" in reply.get_data(as_text=True)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\xff\xff\x80\x80", b"PK\x03\x04 broken"])
def test_what_is_no_table_is_refused_in_words(client: Any, sign_in: Any, data: bytes) -> None:
    sign_in(client, role="system_admin")
    form = {"kind": "items", "batch": str(ids.new_id()), "file": (io.BytesIO(data), "a.xlsx")}
    reply = client.post(f"{IMPORTS}/new", data=form, content_type="multipart/form-data")
    assert reply.status_code == 422
    assert "无法将该文件读作表格" in reply.get_data(as_text=True)
    assert count(ImportBatch) == 0


def test_likely_readings_are_taken_for_the_whole_file_on_request(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    lower = sound_code(1).lower()
    address = upload(client, "enterprises", csv_bytes((HEAD, row(1, code=lower), row(2))))
    check(client, address)
    assert findings(address) == [(2, "code_lowercase")]
    assert client.post(f"{address}/accept", data={"code": "missing_cell"}).status_code == 404
    assert client.post(f"{address}/accept", data={"code": "code_lowercase"}).status_code == 303
    assert findings(address) == [(2, "reading_accepted")]
    assert write(client, address).summary["new"] == 2


def test_errors_are_shown_first_and_everything_on_request(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    rows = (HEAD, row(1, name="桓水１号店"), row(2, region="37"))
    address = upload(client, "enterprises", csv_bytes(rows))
    check(client, address)

    def cells(query: str) -> tuple[bool, bool]:
        page = client.get(address + query).get_data(as_text=True)
        return ">桓水１号店<" in page, ">37<" in page

    assert cells("") == (False, True)
    assert cells("?severity=all") == (True, True)
    assert cells("?severity=note&code=cleaned_full_width") == (True, False)


def test_the_report_is_a_workbook_in_which_nothing_is_a_formula(client: Any, sign_in: Any) -> None:
    sign_in(client, role="system_admin")
    rows = (HEAD, row(1, code="=HYPERLINK(1)"), row(2, region="=1+1"))
    address = upload(client, "enterprises", csv_bytes(rows))
    check(client, address)
    reply = client.get(f"{address}/report.xlsx")
    assert reply.status_code == 200
    assert "attachment" in reply.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.data))
    cells = book.get_sheet_by_index(0).to_python()
    assert cells[0] == ["行", "列", "程度", "问题", "单元格内容"]
    assert cells[1][0] == 2
    assert cells[1][1:3] == ["统一社会信用代码", "须更正"]
    assert [line[4] for line in cells[1:]] == ["=HYPERLINK(1)", "=1+1"]


ITEMS = ("编制单位名称", "抽查类别", "抽查事项", "检查对象", "事项类别", "检查主体")


def test_unknown_departments_and_missing_codes_are_decided_by_a_person(
    client: Any, sign_in: Any
) -> None:
    who = sign_in(client, role="department_admin")
    rows = (
        ITEMS,
        ("省教育厅", "教育", "招生检查", "中小学校", "一般检查事项", "教育部门"),
        ("省教育厅", "教育", "教材检查", "中小学校", "重点检查事项", "教育部门"),
    )
    data = csv_bytes(rows)
    address = upload(client, "items", data)
    batch = check(client, address, default_department="", numbering="refuse")
    assert batch.counts["errors"] == 4
    page = client.get(address).get_data(as_text=True)
    assert "省教育厅" in page
    decision = {
        "field-1": "department",
        "name-1": "省教育厅",
        "word-1": str(who.department_id),
        "numbering": "number",
    }
    assert client.post(f"{address}/decide", data=decision).status_code == 303
    batch = write(client, address)
    assert (batch.state, batch.summary["new"]) == ("done", 2)
    with Session(db.engine) as session:
        items = session.scalars(select(InspectionItem).order_by(InspectionItem.code)).all()
        prefix = who.department.code
        assert [item.code for item in items] == [f"{prefix}-001", f"{prefix}-002"]
        assert [item.category for item in items] == ["general", "key"]
        assert [item.published for item in items] == [False, False]
    again = upload(client, "items", csv_bytes((*rows, ("省教育厅", "教育", "新事项", "", "", ""))))
    assert check(client, again, numbering="number").counts["errors"] == 0
    batch = write(client, again)
    assert (batch.summary["new"], batch.summary["unchanged"]) == (1, 2)
    assert count(InspectionItem) == 3


POINTS = ("事项代码", "记录表名称", "序号", "检查内容", "操作方法与要领", "来源文件")


def test_checklists_become_versions_and_materials_stay_with_the_item(
    client: Any, sign_in: Any
) -> None:
    who = sign_in(client, role="department_admin")
    item = make_item(who.department_id, code="A01")
    rows = [
        POINTS,
        ("A01", "直销记录表", "1", "是否经批准。", "查看文件", "A01.xls"),
        ("A01", "直销记录表", "2", "其他", "", "A01.xls"),
    ]
    for expected, version in (("new", 1), ("unchanged", 1)):
        address = upload(client, "checklists", csv_bytes(rows))
        check(client, address)
        assert write(client, address).summary[expected] == 1
        saved = checklist_of(item.id)
        assert saved is not None
        assert saved.version == version
    rows[2] = ("A01", "直销记录表", "2", "保证金", "", "A01.xls")
    address = upload(client, "checklists", csv_bytes(rows))
    check(client, address)
    assert write(client, address).summary["fields"] == {"version": 1}
    materials = (
        ("事项代码", "记录表名称", "要求提供材料(|分隔)"),
        ("A01", "表", "营业执照|其他 。"),
    )
    address = upload(client, "materials", csv_bytes(materials))
    check(client, address)
    assert write(client, address).summary["changed"] == 1
    with Session(db.engine) as session:
        assert session.get_one(InspectionItem, item.id).materials == ["营业执照", "其他"]


OFFICERS = ("姓名", "执法证号", "执法证有效期至", "所属部门", "执法资格")


def test_officers_come_from_a_workbook_with_a_title_above_the_header(
    client: Any, sign_in: Any
) -> None:
    who = sign_in(client, role="department_admin")
    name = who.department.name
    rows = (
        ("执法检查人员名录库",),
        OFFICERS,
        ("王敏", 37039900001, "2030/1/31", name, "FOOD"),
        ("赵立", 37039900002, 47500, name, ""),
    )
    address = upload(client, "officers", sheet_bytes(rows))
    batch = check(client, address)
    assert findings(address) == [(4, "date_serial")]
    assert write(client, address).summary["new"] == 2
    assert batch.header_row == 2
    with Session(db.engine) as session:
        officers = session.scalars(select(Officer).order_by(Officer.certificate)).all()
        assert [str(one.certificate_expires_on) for one in officers] == ["2030-01-31", "2030-01-17"]
        assert officers[0].certificate == "37039900001"


def test_a_keeper_imports_only_what_is_theirs(client: Any, sign_in: Any) -> None:
    other = make_department("消防大队", region_code="370400")
    sign_in(client, role="department_admin")
    make_enterprise(code=sound_code(1), region_code="370400", name="外县企业")
    rows = (HEAD, row(1, name="改名"), row(2, region="370400"), row(3))
    address = upload(client, "enterprises", csv_bytes(rows))
    batch = check(client, address)
    assert findings(address) == [
        (3, "region_differs"),
        (3, "region_not_kept"),
        (2, "belongs_elsewhere"),
    ]
    assert batch.counts["good_entries"] == 1
    officers = (OFFICERS, ("王敏", "37039900001", "2030-01-31", other.name, ""))
    address = upload(client, "officers", csv_bytes(officers))
    check(client, address)
    assert findings(address) == [(2, "department_not_kept")]

"""What the checks find in each kind of register."""

from __future__ import annotations

from pathlib import Path

from backend.app.platform.text import fold
from backend.app.registry.imports.kinds import KINDS
from backend.app.registry.imports.model import Context
from backend.app.registry.messages import FINDINGS
from tests.pure.registry.files import TODAY, code, csv_bytes, found, read, sheet_bytes

ENTERPRISE = ("企业名称", "统一社会信用代码", "行政区划代码", "注册日期", "企业类型", "注册地址")


def enterprise(number: int, **changes: str) -> list[str]:
    """A sound row of the enterprise file with some cells changed."""
    row = {
        "name": f"桓水{number}号店",
        "code": code(number),
        "region": "370399",
        "day": "2015-01-05",
        "kind": "个体工商户",
        "address": f"滨河路{number}号",
    }
    return list((row | changes).values())


def test_sound_rows_have_no_findings(tmp_path: Path) -> None:
    data = csv_bytes((ENTERPRISE, enterprise(1), enterprise(2)))
    entries, problems = read(tmp_path, "enterprises", data)
    assert problems == []
    assert [entry.key for entry in entries] == [code(1), code(2)]
    assert entries[0].values["kind"] == "self_employed"
    assert entries[0].given >= {"name", "code", "region_code"}


def test_every_damaged_row_is_named_and_shared_wrong_codes_point_to_the_first(
    tmp_path: Path,
) -> None:
    wrong = "9.14690062012665e+17"
    rows = [enterprise(number, code=wrong) for number in (1, 2, 3)]
    entries, problems = read(tmp_path, "enterprises", csv_bytes((ENTERPRISE, *rows)))
    assert found(problems) == [
        (2, "code", "code_damaged"),
        (3, "code", "code_damaged_shared"),
        (4, "code", "code_damaged_shared"),
    ]
    assert [problem.params["first"] for problem in problems[1:]] == ["2", "2"]
    assert not any(entry.good for entry in entries)


def test_likely_readings_are_only_taken_when_accepted(tmp_path: Path) -> None:
    data = csv_bytes((ENTERPRISE, enterprise(1, code=code(1, "92370399").lower())))
    data = data.replace(b"92370399", b"9237O399")
    entries, problems = read(tmp_path, "enterprises", data)
    assert found(problems) == [(2, "code", "code_mix_up")]
    assert entries[0].values["code"] == ""
    decided = Context(today=TODAY, accepted=frozenset({"code_mix_up"}))
    entries, problems = read(tmp_path, "enterprises", data, decided)
    assert found(problems) == [(2, "code", "reading_accepted")]
    assert (entries[0].values["code"], entries[0].good) == (code(1, "92370399"), True)


def test_the_same_firm_twice_is_told_from_another_firm_under_its_code(tmp_path: Path) -> None:
    rows = (
        ENTERPRISE,
        enterprise(1),
        enterprise(1),
        enterprise(1, name="别的店"),
        enterprise(2, name="桓水1号店", address="滨河路1号"),
    )
    entries, problems = read(tmp_path, "enterprises", csv_bytes(rows))
    assert found(problems) == [
        (3, "code", "repeated_row"),
        (4, "code", "duplicate_code"),
        (5, "code", "same_firm_in_file"),
    ]
    assert [entry.good for entry in entries] == [True, False, False]


def test_an_empty_jurisdiction_needs_a_decision(tmp_path: Path) -> None:
    data = csv_bytes((ENTERPRISE, enterprise(1, region="")))
    _, problems = read(tmp_path, "enterprises", data)
    assert found(problems, "error") == [(2, "region_code", "missing_region")]
    decided = Context(today=TODAY, default_region="370399")
    entries, problems = read(tmp_path, "enterprises", data, decided)
    assert found(problems) == [(2, "region_code", "default_region")]
    assert entries[0].values["region_code"] == "370399"
    assert "region_code" not in entries[0].given


def test_a_region_outside_the_keepers_is_refused(tmp_path: Path) -> None:
    data = csv_bytes((ENTERPRISE, enterprise(1), enterprise(2, region="370400")))
    _, problems = read(
        tmp_path, "enterprises", data, Context(today=TODAY, kept_regions=("370399",))
    )
    assert found(problems, "error") == [(3, "region_code", "region_not_kept")]


def test_noise_is_named_and_dates_are_read(tmp_path: Path) -> None:
    rows = (
        ENTERPRISE,
        enterprise(1, name="桓水\n１号店 ", day="42009", kind="N/A"),
        enterprise(2, day="2015-02-30", kind="星际"),
        enterprise(3, name=""),
        enterprise(4, code="110108000000016"),
    )
    entries, problems = read(tmp_path, "enterprises", csv_bytes(rows))
    assert found(problems) == [
        (2, "name", "cleaned_full_width"),
        (2, "name", "cleaned_line_break"),
        (2, "name", "cleaned_trimmed"),
        (2, "kind", "placeholder_empty"),
        (2, "established_on", "date_serial"),
        (3, "kind", "unknown_word_aside"),
        (3, "established_on", "date_impossible"),
        (4, "name", "missing_cell"),
        (5, "code", "code_registration"),
    ]
    assert entries[0].values["name"] == "桓水1号店"
    assert entries[0].values["established_on"] == "2015-01-05"


def test_a_workbook_gives_the_same_as_its_csv(tmp_path: Path) -> None:
    rows = (ENTERPRISE, enterprise(1), enterprise(2, code="123"))
    from_csv = read(tmp_path, "enterprises", csv_bytes(rows))
    from_sheet = read(tmp_path, "enterprises", sheet_bytes(rows))
    assert from_csv == from_sheet


OFFICER = ("姓名", "执法证号", "执法证有效期至", "所属部门", "执法资格", "是否在岗")
DEPARTMENTS = Context(
    today=TODAY,
    departments={fold("市场监管局"): "d1", fold("消防大队"): "d2"},
    kept_departments=frozenset({"d1"}),
)


def test_officers_are_checked_for_certificate_department_and_flag(tmp_path: Path) -> None:
    rows = (
        OFFICER,
        ("王敏", "37039900001", "2027年6月30日", "市场监管局", "FOOD、DRUG", "是"),
        ("赵立", "37039900002", "2026.11.22", "市场监管局", "", "否"),
        ("李强", "3.7039900003E+10", "", "不存在的局", "", "也许"),
        ("孙洁", "37039900001", "2027-01-01", "消防大队", "", ""),
    )
    entries, problems = read(tmp_path, "officers", csv_bytes(rows), DEPARTMENTS)
    assert found(problems) == [
        (3, "certificate_expires_on", "certificate_expired"),
        (4, "active", "unknown_word"),
        (4, "certificate", "certificate_damaged"),
        (4, "certificate_expires_on", "missing_cell"),
        (4, "department", "unknown_department"),
        (5, "active", "active_empty"),
        (5, "department", "department_not_kept"),
        (5, "certificate", "duplicate_certificate"),
    ]
    assert entries[0].values["specialities"] == ["FOOD", "DRUG"]
    assert (entries[1].values["active"], entries[1].good) == (False, True)


ITEM = (
    "事项代码",
    "抽查事项名称",
    "抽查子项",
    "抽查依据",
    "抽查比例",
    "抽查频次",
    "抽查方式",
    "人员要求",
)
ONE_DEPARTMENT = Context(today=TODAY, default_department="d1", kept_departments=frozenset({"d1"}))


def item(**changes: str) -> list[str]:
    """A sound row of the item file with some cells changed."""
    row = {
        "code": "A01",
        "name": "直销检查",
        "sub": "",
        "basis": "《直销管理条例》",
        "ratio": "5%",
        "frequency": "每年1次",
        "method": "现场检查",
        "people": "无需专业岗位资格",
    }
    return list((row | changes).values())


def test_rows_of_one_code_become_one_item_with_its_sub_items(tmp_path: Path) -> None:
    rows = (
        ITEM,
        item(sub="宣传的检查"),
        item(sub="招募的检查", ratio="10%"),
        item(sub="招募的检查", method="网络检查"),
        item(code="A02", name="广告检查"),
        item(code="A02", name="商标检查"),
    )
    entries, problems = read(tmp_path, "items", csv_bytes(rows), ONE_DEPARTMENT)
    assert found(problems, "error") == [
        (4, "subitem", "repeated_item"),
        (6, "name", "code_of_another_item"),
    ]
    assert (3, "ratio_note", "subitem_differs") in found(problems, "warning")
    assert (3, "code", "joined_to_item") in found(problems, "note")
    assert [(entry.key, entry.rows, entry.good) for entry in entries] == [
        ("A01", (2, 3, 4), False),
        ("A02", (5, 6), False),
    ]


def test_prose_and_neighbouring_texts_are_named_and_kept_as_they_stand(tmp_path: Path) -> None:
    rows = (
        ITEM,
        item(ratio="根据实际情况确定", frequency="每年1次33%", method="《特种设备安全法》的规定"),
        item(code="A02", name="危化品检查", people="1检查资质情况;2.检查台账;3.检查仓储", basis=""),
        item(code="A03", name="器械检查", method="县级以上部门）", frequency="根据风险确定"),
    )
    entries, problems = read(tmp_path, "items", csv_bytes(rows), ONE_DEPARTMENT)
    assert found(problems) == [
        (2, "ratio_note", "ratio_prose"),
        (2, "frequency_note", "neighbour_ratio"),
        (2, "method", "neighbour_legal_basis"),
        (3, "legal_basis", "missing_legal_basis"),
        (3, "officer_requirement", "neighbour_content"),
        (4, "method", "unbalanced_mark"),
        (4, "frequency_note", "frequency_prose"),
    ]
    assert all(entry.good for entry in entries)
    assert entries[0].values["ratio_note"] == "根据实际情况确定"


def test_items_without_a_code_are_refused_unless_numbering_was_chosen(tmp_path: Path) -> None:
    data = csv_bytes((ITEM, item(code=""), item(code="", name="另一事项")))
    entries, problems = read(tmp_path, "items", data, ONE_DEPARTMENT)
    assert found(problems, "error") == [
        (2, "code", "missing_item_code"),
        (3, "code", "missing_item_code"),
    ]
    decided = Context(
        today=TODAY,
        default_department="d1",
        kept_departments=frozenset({"d1"}),
        number_items=True,
    )
    entries, problems = read(tmp_path, "items", data, decided)
    assert found(problems, "error") == []
    assert len({entry.values["origin_key"] for entry in entries if entry.good}) == 2


POINT = (
    "事项代码",
    "记录表名称",
    "序号",
    "检查内容",
    "操作方法与要领",
    "填写方式",
    "选项",
    "下限",
    "上限",
    "显示条件",
)
KNOWN = Context(today=TODAY, item_codes=frozenset({"A01", "B07"}))


def test_a_checklist_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    rows = (
        POINT,
        ("A01", "直销记录表", "1", "是否经批准。", "查看文件", "", "", "", "", ""),
        ("B07", "器械记录表", "2", "贮存", "", "", "", "", "", ""),
        ("B07", "器械记录表", "2", "其他", "", "", "", "", "", ""),
        ("D01", "易制毒记录表", "1", "单位情况", "查看", "", "", "", "", ""),
    )
    entries, problems = read(tmp_path, "checklists", csv_bytes(rows), KNOWN)
    assert found(problems) == [
        (3, "method", "missing_method"),
        (4, "method", "missing_method"),
        (4, "no", "duplicate_point_number"),
        (5, "item_code", "unknown_item"),
    ]
    assert [(entry.key, entry.good) for entry in entries] == [
        ("A01", True),
        ("B07", False),
        ("D01", False),
    ]
    assert entries[0].values["points"][0]["kind"] == "pass"
    assert entries[0].values["points"][0]["evidence"] == "on_fail"


def test_kinds_bounds_options_and_conditions_are_read_and_checked(tmp_path: Path) -> None:
    rows = (
        POINT,
        ("A01", "表", "1", "冷库温度", "测", "数值", "", "-25", "-18", ""),
        ("A01", "表", "2", "处置", "看", "单选", "整改:合格|停产:不合格", "", "", "1=不合格"),
        ("A01", "表", "3", "说明", "写", "文本", "", "", "", "2=停产"),
        ("B07", "表", "1", "温度", "测", "数值", "", "9", "1", ""),
        ("B07", "表", "2", "选", "看", "单选", "唯一", "", "", "7=1"),
        ("B07", "表", "3", "判断", "看", "", "", "1", "", "如果"),
    )
    entries, problems = read(tmp_path, "checklists", csv_bytes(rows), KNOWN)
    assert found(problems, "error") == [
        (5, "maximum", "bounds_swapped"),
        (6, "options", "too_few_options"),
        (7, "minimum", "bounds_without_number"),
        (7, "shown_if", "condition_shape"),
        (6, "shown_if", "condition_point"),
    ]
    points = entries[0].values["points"]
    assert points[0]["minimum"] == "-25"
    assert points[1]["options"][1] == {"code": "2", "label": "停产", "verdict": "fail"}
    assert points[1]["shown_if"] == {"no": "1", "equals": "fail"}
    assert points[2]["shown_if"] == {"no": "2", "equals": "2"}


def test_materials_lose_the_leftovers_of_the_printed_form_and_keep_pause_marks(
    tmp_path: Path,
) -> None:
    rows = (
        ("事项代码", "记录表名称", "要求提供材料(|分隔)"),
        ("A01", "直销记录表", "营业执照|换货、退货制度|其他 。 ."),
        ("B07", "器械记录表", "台账"),
        ("A01", "直销记录表", "营业执照"),
    )
    entries, problems = read(tmp_path, "materials", csv_bytes(rows), KNOWN)
    assert entries[0].values["materials"] == ["营业执照", "换货、退货制度", "其他"]
    assert found(problems) == [
        (2, "materials", "form_leftover"),
        (4, "item_code", "duplicate_item"),
    ]


def test_a_cell_longer_than_its_field_is_an_error(tmp_path: Path) -> None:
    data = csv_bytes((ENTERPRISE, enterprise(1, name="店" * 201)))
    _, problems = read(tmp_path, "enterprises", data)
    assert found(problems) == [(2, "name", "too_long")]


def test_a_tag_longer_than_its_field_is_an_error(tmp_path: Path) -> None:
    rows = ((*ENTERPRISE, "监管标签"), [*enterprise(1), "重点|" + "长" * 61])
    _, problems = read(tmp_path, "enterprises", csv_bytes(rows))
    assert found(problems) == [(2, "tags", "too_long")]


def test_every_field_of_every_kind_has_a_distinct_first_name() -> None:
    for kind in KINDS.values():
        names = [field.aliases[0] for field in kind.fields]
        assert len(set(names)) == len(names)


def test_findings_of_these_files_have_sentences(tmp_path: Path) -> None:
    rows = (ENTERPRISE, enterprise(1, code="1", day="x", kind="y", region="z"))
    _, problems = read(tmp_path, "enterprises", csv_bytes(rows))
    assert {problem.code for problem in problems} <= FINDINGS.keys()
    assert len(problems) == 4

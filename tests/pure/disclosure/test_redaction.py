"""What leaves the house: a closed list of fields, and nothing that hides in free text."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import rfc8785

from backend.app.disclosure.redaction import (
    InspectedItem,
    NotPublishable,
    ResultFacts,
    Timing,
    public_draw,
    public_result,
    without_long_numbers,
)
from backend.app.disclosure.rules import VisitEnd

CANARIES = (
    "canary-officer",
    "canary-certificate",
    "canary-answer",
    "canary-note",
    "canary-label",
    "canary-follow-up",
    "36.987654321",
    "canary-evidence",
    "canary-witness",
    "canary-challenge",
)
TIMING = Timing(date(2026, 11, 30), True, "2026-11-20T02:00:00.000Z", late=False)


def a_record(**changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "v": "evenhand-record/1",
        "visit": "01900000-0000-7000-8000-000000000001",
        "revision": 2,
        "previous": "0" * 64,
        "draw": {
            "id": "370399-2026-1-4",
            "freeze": "f" * 64,
            "row": 17,
            "lot": "a" * 32,
            "seats": [{"no": 0, "officer": "canary-officer"}],
        },
        "enterprise": {"code": "91370321MA3C0000X1", "name": "鑫源食品加工厂"},
        "officers": [
            {"id": "canary-officer", "name": "canary-officer", "certificate": "canary-certificate"}
        ],
        "challenge": "canary-challenge",
        "checkpoint": None,
        "checklists": [
            {
                "item": "SC-01",
                "checklist": "c" * 64,
                "answers": [{"point": "SC-01:1", "value": "canary-answer", "note": "canary-note"}],
            }
        ],
        "result": {"system": "cn-8", "code": "5", "label": "canary-label"},
        "follow_up": {"code": "ordered", "date": "2026-12-10", "note": "canary-follow-up"},
        "party": {"refused": "canary-note", "witness": "canary-witness"},
        "evidence": [
            {
                "id": "canary-evidence",
                "sha256": "canary-evidence",
                "position": {"lat": "36.987654321", "lon": "118.1"},
            }
        ],
        "started_at": "2026-11-02T06:00:00Z",
    }
    return {**record, **changes}


def facts(record: dict[str, Any] | None = None, **changes: Any) -> ResultFacts:
    values: dict[str, Any] = {
        "visit_id": UUID(int=1),
        "draw_id": UUID(int=2),
        "draw_name": "食品生产监督检查",
        "lot_number": 7,
        "department_id": UUID(int=3),
        "department_name": "市场监督管理局",
        "items": [InspectedItem("SC-01", "食品生产", "key", "市场监督管理局")],
        "record": a_record() if record is None else record,
        "record_sha256": "d" * 64,
        "end": VisitEnd(date(2026, 11, 2), "phone"),
    }
    return ResultFacts(**{**values, **changes})


def test_the_document_says_what_the_law_wants_published() -> None:
    document = public_result(facts(), TIMING)
    assert document["enterprise"] == {"code": "91370321MA3C0000X1", "name": "鑫源食品加工厂"}
    assert document["result"] == {"system": "cn-8", "code": "5", "label": "发现问题已责令改正"}
    assert document["follow_up"] == {"code": "ordered", "date": "2026-12-10"}
    assert document["draw"]["number"] == "370399-2026-1-4"
    assert document["draw"]["lot_number"] == 7
    assert document["record"] == {"revision": 2, "sha256": "d" * 64}
    assert (document["ended_on"], document["due_on"]) == ("2026-11-02", "2026-11-30")
    assert (document["v"], document["end_source"]) == ("evenhand-public/2", "phone")
    assert [item["name"] for item in document["items"]] == ["食品生产"]


def test_nothing_else_of_the_record_gets_out() -> None:
    source = json.dumps(a_record())
    assert all(canary in source for canary in CANARIES)
    published = rfc8785.dumps(public_result(facts(), TIMING)).decode()
    assert [canary for canary in CANARIES if canary in published] == []


def test_a_new_field_of_the_record_stays_inside_until_it_is_named_here() -> None:
    grown = a_record(legal_person="canary-person")
    grown["enterprise"]["contact_phone"] = "canary-phone"
    published = rfc8785.dumps(public_result(facts(grown), TIMING)).decode()
    assert "canary" not in published


OFFICIAL = {
    "1": "未发现问题",
    "2": "未按规定公示应当公示的信息",
    "3": "公示信息隐瞒真实情况、弄虚作假",
    "4": "通过登记的住所（经营场所）无法联系",
    "5": "发现问题已责令改正",
    "6": "不配合检查情节严重",
    "7": "未发现开展本次抽查涉及的经营活动",
    "8": "发现问题待后续处理",
}
"""The labels of version 1 of the list: publications hold them for ever."""


@pytest.mark.parametrize("code", sorted(OFFICIAL))
def test_the_label_is_that_of_the_list_and_not_of_the_phone(code: str) -> None:
    record = a_record(result={"system": "cn-8", "code": code, "label": "13800138000"})
    assert public_result(facts(record), TIMING)["result"]["label"] == OFFICIAL[code]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"result": None}, "result"),
        ({"result": {"system": "zj-5", "code": "1", "label": "x"}}, "result"),
        ({"result": {"system": "cn-8", "code": "9", "label": "x"}}, "result.code"),
        ({"follow_up": {"code": "shouted at"}}, "follow_up.code"),
        ({"enterprise": {"code": "a b", "name": "x"}}, "enterprise.code"),
    ],
)
def test_a_record_outside_the_code_lists_is_refused_by_the_name_of_its_field(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(NotPublishable) as refused:
        public_result(facts(a_record(**change)), TIMING)
    assert refused.value.args[0] == field


def test_a_draws_document_keeps_its_fields_and_nothing_else() -> None:
    told = {
        "number": "370399-2026-1-4",
        "name": "抽查13800138000",
        "department": "市场监督管理局",
        "departments": ["市场监督管理局"],
        "authority": "370399",
        "last_day": "2026-12-20",
        "exclusions": {"closed": 1},
        "witness_offices": ["人大代表联络站13700137000"],
        "drawn_on": "2026-11-20",
        "mode": "open",
        "items": [{"code": "SC-01", "name": "食品生产", "officer": "canary"}],
        "digests": {"freeze": "1" * 64, "secret": "canary"},
        "pool_rows": 3,
        "seed": "5" * 64,
        "strata": [
            {"code": "A", "name": "A", "rows": 3, "k": 1, "largest_lot": "0", "x": "canary"}
        ],
        "seats": 2,
        "vacant": 0,
        "officers": 2,
        "witnesses": 1,
        "drawn": [
            {
                "lot_number": 1,
                "row": 0,
                "stratum": "A",
                "lot": "0a" * 16,
                "code": "9137",
                "name": "甲店13900139000",
                "officers": ["canary"],
            }
        ],
        "operator": "canary",
    }
    published = rfc8785.dumps(public_draw(told, "2026-11-20T02:00:00.000Z")).decode()
    assert "canary" not in published
    assert "138" not in published
    assert "甲店＊＊＊" in published


def test_numbers_shaped_like_a_persons_are_hidden_in_names() -> None:
    assert without_long_numbers("张三修理铺13800138000") == "张三修理铺＊＊＊"
    assert without_long_numbers("证 370321199001011234 号") == "证 ＊＊＊ 号"
    assert without_long_numbers("第 1380013 号 12345678901234567890") == (
        "第 1380013 号 12345678901234567890"
    )


def test_the_document_is_canonical_json_without_floats() -> None:
    document = public_result(facts(), TIMING)
    canonical = rfc8785.dumps(document)
    assert rfc8785.dumps(json.loads(canonical)) == canonical

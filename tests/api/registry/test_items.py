"""Pages of items and checklists: who may, what is refused, what history keeps."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.app.registry.models import Checklist, InspectionItem, RegisterChange
from tests.factories.accounts import make_department
from tests.factories.registry import checklist_of, make_item, point

ITEMS = "/office/registry/items"


def form(department_id: Any, **changes: str) -> dict[str, str]:
    """A filled item form."""
    return {
        "code": "SC-01",
        "name": "食品生产监督检查",
        "category": "key",
        "department_id": str(department_id),
        "legal_basis": "《食品安全法》第一百一十条",
        "specialities": "FOOD、DRUG",
        "materials": "营业执照\n换货、退货制度",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "published": "1",
    } | changes


@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/new", "/office/registry/imports"])
def test_an_inspector_does_not_reach_the_registers(client: Any, sign_in: Any, path: str) -> None:
    sign_in(client, role="inspector")
    assert client.get(path).status_code == 403


def test_a_supervisor_reads_items_but_does_not_edit_them(client: Any, sign_in: Any) -> None:
    sign_in(client, role="supervisor")
    assert client.get(ITEMS).status_code == 200
    assert client.get(f"{ITEMS}/new").status_code == 403
    assert client.post(f"{ITEMS}/new", data={}).status_code == 403


def test_a_new_item_is_saved_with_every_field_and_entered_in_history(
    client: Any, sign_in: Any, session: Session
) -> None:
    who = sign_in(client, role="department_admin")
    reply = client.post(f"{ITEMS}/new", data=form(who.department_id))
    item = session.scalar(select(InspectionItem))
    assert item is not None
    assert reply.status_code == 303
    assert reply.location == f"{ITEMS}/{item.id}"
    assert item.specialities == ["FOOD", "DRUG"]
    assert item.materials == ["营业执照", "换货、退货制度"]
    assert (item.category, item.published, str(item.valid_to)) == ("key", True, "2026-12-31")
    change = session.scalar(select(RegisterChange))
    assert change is not None
    assert (change.register, change.field, change.account_name) == ("item", "", who.name)
    page = client.get(reply.location).get_data(as_text=True)
    assert "食品生产监督检查" in page
    assert "尚无检查表" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "有空 格"),
        ("name", " "),
        ("valid_to", "2025-12-31"),
        ("valid_from", "31.12.2026"),
        ("category", "urgent"),
        ("department_id", "nobody"),
    ],
)
def test_a_bad_field_shows_the_form_again_with_what_was_typed(
    client: Any, sign_in: Any, session: Session, field: str, value: str
) -> None:
    who = sign_in(client, role="department_admin")
    reply = client.post(f"{ITEMS}/new", data=form(who.department_id) | {field: value})
    assert reply.status_code == 422
    page = reply.get_data(as_text=True)
    assert "《食品安全法》第一百一十条" in page
    assert f'id="error-{field}"' in page
    assert session.scalar(select(InspectionItem)) is None


def test_a_code_can_be_used_once(client: Any, sign_in: Any) -> None:
    who = sign_in(client, role="department_admin")
    assert client.post(f"{ITEMS}/new", data=form(who.department_id)).status_code == 303
    reply = client.post(f"{ITEMS}/new", data=form(who.department_id, name="另一事项"))
    assert reply.status_code == 409
    assert "该代码已被其他记录使用" in reply.get_data(as_text=True)


def test_saving_records_each_changed_field_and_keeps_the_code(
    client: Any, sign_in: Any, session: Session
) -> None:
    who = sign_in(client, role="department_admin")
    item = make_item(who.department_id, code="SC-01", name="旧名称", category="key")
    data = form(who.department_id, code="SC-99", revision="1", name="新名称")
    assert client.post(f"{ITEMS}/{item.id}/edit", data=data).status_code == 303
    session.rollback()
    saved = session.get_one(InspectionItem, item.id)
    assert (saved.code, saved.name, saved.revision) == ("SC-01", "新名称", 2)
    fields = {
        change.field: (change.before, change.after)
        for change in session.scalars(select(RegisterChange).where(RegisterChange.field != ""))
    }
    assert fields["name"] == ("旧名称", "新名称")
    assert "category" not in fields
    history = client.get(f"{ITEMS}/{item.id}/history").get_data(as_text=True)
    assert "旧名称" in history
    assert who.name in history
    found = client.get(f"{ITEMS}?q=新名").get_data(as_text=True)
    assert "SC-01" in found


def test_an_outdated_form_overwrites_nothing(client: Any, sign_in: Any, session: Session) -> None:
    who = sign_in(client, role="department_admin")
    item = make_item(who.department_id, code="SC-01")
    client.post(f"{ITEMS}/{item.id}/edit", data=form(who.department_id, revision="1"))
    late = form(who.department_id, revision="1", name="迟到的名称")
    reply = client.post(f"{ITEMS}/{item.id}/edit", data=late)
    assert reply.status_code == 409
    assert "迟到的名称" in reply.get_data(as_text=True)
    session.rollback()
    assert session.get_one(InspectionItem, item.id).name == "食品生产监督检查"


def test_items_of_other_departments_can_be_read_when_published_and_never_edited(
    client: Any, sign_in: Any
) -> None:
    who = sign_in(client, role="department_admin")
    other = make_department("消防大队")
    public = make_item(other.id, name="公布的事项")
    hidden = make_item(other.id, name="未公布的事项", published=False)
    page = client.get(ITEMS).get_data(as_text=True)
    assert "公布的事项" in page
    assert "未公布的事项" not in page
    assert client.get(f"{ITEMS}/{public.id}").status_code == 200
    assert client.get(f"{ITEMS}/{hidden.id}").status_code == 404
    data = form(who.department_id, revision="1")
    assert client.post(f"{ITEMS}/{public.id}/edit", data=data).status_code == 403
    assert client.post(f"{ITEMS}/publish", data={"item": public.id}).status_code == 403
    assert client.post(f"{ITEMS}/new", data=form(other.id)).status_code == 403


def test_chosen_items_are_published_together(client: Any, sign_in: Any, session: Session) -> None:
    who = sign_in(client, role="department_admin")
    items = [make_item(who.department_id, published=False) for _ in range(3)]
    data = {"item": [str(item.id) for item in items[:2]], "act": "publish"}
    assert client.post(f"{ITEMS}/publish", data=data).status_code == 303
    rows = session.scalars(select(InspectionItem.published).order_by(InspectionItem.code))
    assert list(rows) == [True, True, False]


def points_form(version: int, *points: dict[str, str]) -> dict[str, str]:
    """A posted checklist editor."""
    data = {"title": "食品记录表", "version": str(version), "act": "save"}
    for place, fields in enumerate(points):
        data |= {f"p-{place}-{name}": value for name, value in fields.items()}
    return data


FULL = (
    {"no": "1", "text": "许可证有效", "kind": "pass", "required": "1", "evidence": "on_fail"},
    {
        "no": "2",
        "text": "冷库温度",
        "kind": "number",
        "unit": "℃",
        "minimum": "-25",
        "maximum": "-18",
        "evidence": "always",
    },
    {
        "no": "3",
        "text": "处置",
        "kind": "choice",
        "options": "整改：合格\n停产: fail\n其他",
        "shown_if_no": "1",
        "shown_if_equals": "不合格",
        "remarks": "已告知\n已拍照",
    },
)


def test_the_editor_saves_every_kind_of_point_as_a_version(client: Any, sign_in: Any) -> None:
    who = sign_in(client, role="department_admin")
    item = make_item(who.department_id)
    address = f"{ITEMS}/{item.id}/checklist"
    assert client.get(address).status_code == 200
    assert client.post(address, data=points_form(0, *FULL)).status_code == 303
    saved = checklist_of(item.id)
    assert saved is not None
    assert (saved.version, [row.no for row in saved.points]) == (1, ["1", "2", "3"])
    assert saved.points[1].maximum == "-18"
    assert [option["verdict"] for option in saved.points[2].options] == ["pass", "fail", "none"]
    assert saved.points[2].shown_if == {"no": "1", "equals": "fail"}
    assert saved.points[2].remarks == ["已告知", "已拍照"]
    assert "冷库温度" in client.get(f"{ITEMS}/{item.id}").get_data(as_text=True)


def test_a_change_makes_a_new_version_and_the_old_one_stays(
    client: Any, sign_in: Any, session: Session
) -> None:
    who = sign_in(client, role="department_admin")
    item = make_item(who.department_id, points=[point("1"), point("2")])
    first = checklist_of(item.id)
    assert first is not None
    address = f"{ITEMS}/{item.id}/checklist"
    changed = ({"no": "1", "text": "改过的要点", "kind": "pass", "required": "1"},)
    assert client.post(address, data=points_form(1, *changed)).status_code == 303
    assert client.post(address, data=points_form(1, *changed)).status_code == 409
    rows = session.scalars(select(Checklist).order_by(Checklist.version)).all()
    assert [(row.version, row.superseded_at is None) for row in rows] == [(1, False), (2, True)]
    assert rows[0].content_hash == first.content_hash
    assert [row.text for row in rows[0].points] == ["要点1", "要点2"]
    old = client.get(f"{ITEMS}/{item.id}?version=1").get_data(as_text=True)
    assert "要点2" in old
    history = client.get(f"{ITEMS}/{item.id}/history?of=checklist").get_data(as_text=True)
    assert "改过的要点" in history


def test_saving_the_same_points_makes_no_version(client: Any, sign_in: Any) -> None:
    who = sign_in(client, role="department_admin")
    item = make_item(who.department_id)
    address = f"{ITEMS}/{item.id}/checklist"
    client.post(address, data=points_form(0, *FULL))
    assert client.post(address, data=points_form(1, *FULL)).status_code == 303
    saved = checklist_of(item.id)
    assert saved is not None
    assert saved.version == 1


@pytest.mark.parametrize(
    ("points", "status"),
    [
        ((), 422),
        (({"no": "1", "text": ""},), 422),
        (({"no": "1", "text": "a"}, {"no": "1", "text": "b"}), 422),
        (({"no": "1", "text": "a", "kind": "number", "minimum": "9", "maximum": "1"},), 422),
        (({"no": "1", "text": "a", "kind": "number", "minimum": "nine"},), 422),
        (({"no": "1", "text": "a", "kind": "choice", "options": "one"},), 422),
        (({"no": "1", "text": "a", "shown_if_no": "7", "shown_if_equals": "x"},), 422),
        (({"no": "1", "text": "a", "shown_if_no": "1"},), 422),
        (
            (
                {"no": "1", "text": "a", "shown_if_no": "2", "shown_if_equals": "pass"},
                {"no": "2", "text": "b", "shown_if_no": "1", "shown_if_equals": "pass"},
            ),
            422,
        ),
    ],
)
def test_points_that_contradict_each_other_are_refused_and_kept_on_the_page(
    client: Any, sign_in: Any, points: tuple[dict[str, str], ...], status: int
) -> None:
    who = sign_in(client, role="department_admin")
    item = make_item(who.department_id)
    reply = client.post(f"{ITEMS}/{item.id}/checklist", data=points_form(0, *points))
    assert reply.status_code == status
    assert "食品记录表" in reply.get_data(as_text=True)
    assert checklist_of(item.id) is None


def test_points_are_added_moved_and_removed_without_saving(client: Any, sign_in: Any) -> None:
    who = sign_in(client, role="department_admin")
    item = make_item(who.department_id)
    address = f"{ITEMS}/{item.id}/checklist"

    def page(action: str) -> str:
        data = points_form(0, *FULL) | {"act": action}
        return str(client.post(address, data=data).get_data(as_text=True))

    assert 'name="p-3-no"' in page("add")
    moved = page("up-1")
    assert moved.index("冷库温度") < moved.index("许可证有效")
    removed = page("remove-0")
    assert "许可证有效" not in removed
    assert 'name="p-2-no"' not in removed
    assert checklist_of(item.id) is None

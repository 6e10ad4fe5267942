"""The demo county's inspection items with checklists, and its enterprises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ...platform.access import Actor
from ...registry import service as registry
from . import names
from .content.parse import ItemText, PointText, read_items
from .people import People

ENTERPRISES = 4400
OF_OLD = 40


def make_items(session: Session, people: People, by: Actor, today: date) -> dict[str, UUID]:
    """Make 24 published items with their checklists; returns their ids by code."""
    made = {}
    for text in read_items():
        item = registry.add_item(session, _item_values(text, people, today), by)
        points = [_point(point) for point in text.points]
        registry.save_checklist(session, item.id, f"{text.name}记录表", points, version=0, by=by)
        made[text.code] = item.id
    return made


def _item_values(text: ItemText, people: People, today: date) -> dict[str, Any]:
    return {
        "code": text.code,
        "name": text.name,
        "category": text.category,
        "department_id": people.departments[text.department],
        "group_name": text.speciality,
        "legal_basis": text.legal_basis,
        "subject": "县级主管部门",
        "target": text.target,
        "method": "现场检查",
        "ratio_note": "按风险分类确定，不低于 1%" if text.category == "general" else "不低于 5%",
        "frequency_note": "每年不少于一次",
        "materials": text.materials,
        "specialities": [text.speciality],
        "valid_from": today.replace(month=1, day=1) - timedelta(days=365),
        "valid_to": None,
        "published": True,
    }


def _point(point: PointText) -> dict[str, Any]:
    values = asdict(point)
    after = values.pop("shown_after")
    values["shown_if"] = {"no": after, "equals": "fail"} if after else None
    values["method"] = "现场查看、查阅资料、询问有关人员" if point.key_point else None
    usual = ["现场检查不符合要求，已当场告知当事人"] if point.kind == "pass" else []
    values["remarks"] = point.remarks or usual
    return values


def make_enterprises(session: Session, random: Random, by: Actor) -> None:
    """Make 4,400 enterprises, a few known by a registration number of before the codes."""
    registry.add_enterprises(session, _enterprises(random), by)


def _enterprises(random: Random) -> Iterator[tuple[dict[str, Any], list[str]]]:
    for place, text in enumerate(names.enterprises(random, ENTERPRISES)):
        values: dict[str, Any] = text._asdict()
        tag = values.pop("tag")
        if place % (ENTERPRISES // OF_OLD) == 0:
            values["code"] = names.registration_number(random)
        values["business_scope"] = f"{tag}及相关经营活动（依法须经批准的项目，经批准后方可开展）"
        yield values, _tags(random, tag)


def _tags(random: Random, tag: str) -> list[str]:
    extra = ["人员密集场所"] if tag in {"公共场所", "餐饮服务", "上网服务", "学校托幼"} else []
    if tag in {"工贸", "粉尘涉爆", "危险化学品"}:
        extra.append("重点监管")
    if random.random() < 0.05:
        extra.append("特种设备使用")
    return [tag, *extra]

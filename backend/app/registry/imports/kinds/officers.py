"""Officers 执法人员: one row, one officer, known by the certificate number 执法证号."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backend.app.registry.imports.cells import half_width
from backend.app.registry.imports.kinds.reading import (
    only_filled,
    read_choice,
    read_day,
    read_department,
    read_identifier,
    read_qualifications,
    read_required,
    read_text,
    words,
)
from backend.app.registry.imports.mapping import Field
from backend.app.registry.imports.model import Context, Entry, RowCheck

FIELDS = (
    Field(
        "certificate",
        (
            "执法证号",
            "执法证件号",
            "执法证编号",
            "执法证号码",
            "行政执法证号",
            "证件编号",
            "certificate",
            "certificate number",
        ),
        required=True,
    ),
    Field("name", ("姓名", "执法人员姓名", "人员姓名", "执法人员", "name"), required=True),
    Field(
        "certificate_expires_on",
        (
            "执法证有效期至",
            "证件有效期至",
            "有效期至",
            "有效期截止",
            "证件有效期",
            "有效期",
            "certificate expires",
            "valid until",
            "expires",
        ),
        required=True,
    ),
    Field(
        "department",
        ("所属部门", "所在部门", "部门", "工作单位", "单位名称", "所在单位", "单位", "department"),
    ),
    Field(
        "specialities",
        (
            "执法资格",
            "专业资格",
            "岗位资格",
            "岗位资质资格",
            "资质资格",
            "执法资质",
            "专业资质",
            "资格证书",
            "可检查事项",
            "执法类别",
            "执法领域",
            "业务专长",
            "specialities",
            "qualifications",
        ),
        decisive=True,
    ),
    Field("phone", ("手机", "手机号", "手机号码", "联系电话", "电话", "phone")),
    Field(
        "active",
        (
            "是否在岗",
            "在岗",
            "在岗状态",
            "在职状态",
            "是否在职",
            "执法人员状态",
            "人员状态",
            "执法证状态",
            "证件状态",
            "证件是否有效",
            "是否有效",
            "状态",
            "active",
            "status",
        ),
        decisive=True,
    ),
)

ACTIVE = words(
    yes=(
        "是",
        "有",
        "true",
        "y",
        "1",
        "有效",
        "在岗",
        "在职",
        "在编",
        "正常",
        "启用",
        "在用",
        "已启用",
        "激活",
        "在岗在职",
        "正式",
        "合格",
    ),
    no=(
        "否",
        "无",
        "false",
        "n",
        "0",
        "失效",
        "无效",
        "退休",
        "已退休",
        "离岗",
        "离职",
        "已离职",
        "离岗退养",
        "调离",
        "调出",
        "已调离",
        "已调出",
        "辞职",
        "开除",
        "辞退",
        "停用",
        "禁用",
        "注销",
        "已注销",
        "吊销",
        "暂扣",
        "过期",
        "已过期",
        "到期",
        "停职",
        "病休",
        "借调",
        "外借",
        "死亡",
        "去世",
        "不在岗",
        "不在职",
        "内退",
        "退居二线",
        "作废",
    ),
)
"""Words for whether an officer may be drawn at all; they are yes or no in the words of offices."""

_CERTIFICATE = re.compile(r"[0-9A-Z][0-9A-Z\-]{3,39}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d*)?E\+?\d{1,3}")
_ON_GOING = frozenset({"specialities"})
_PHONE = re.compile(r"[0-9+\- ]{5,30}")


class Checker:
    """Checks officers row by row, remembering certificates seen before.

    Rows below each other that differ only in qualifications are one officer whose qualifications
    stand one per row, so each entry is held back until another officer begins.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self._certificates: dict[str, tuple[int, int]] = {}
        self._held: list[RowCheck] = []
        self._values: dict[str, Any] = {}

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """The entry of the officer before, once this row begins another one."""
        if self._held and only_filled(row, _ON_GOING):
            self._join(row, read_qualifications(row, "specialities", self.context))
            return
        values = self._read(row)
        if self._goes_on(values):
            self._join(row, values["specialities"])
            return
        if self._seen_whole(row, values):
            return
        yield from self.finish()
        self._held, self._values = [row], values

    def finish(self) -> Iterator[Entry]:
        """The entry of the officer that is held back."""
        if self._held:
            given = frozenset().union(*(row.given for row in self._held))
            rows = tuple(row.number for row in self._held)
            good = all(row.good for row in self._held)
            yield Entry(rows, str(self._values["certificate"]), self._values, good, given)
            self._held = []

    def late_problems(self) -> Iterator[RowCheck]:
        """No findings need the whole file."""
        return iter(())

    def _read(self, row: RowCheck) -> dict[str, Any]:
        active = read_choice(row, "active", ACTIVE, "yes", self.context)
        if "active" in row.cells and "active" not in row.given and not row.faulty("active"):
            row.warn("active", "active_empty")
        return {
            "certificate": self._certificate(row),
            "name": read_required(row, "name", 60, is_name=True),
            "certificate_expires_on": self._expiry(row),
            "department_id": read_department(row, "department", self.context),
            "specialities": read_qualifications(row, "specialities", self.context),
            "phone": self._phone(row),
            "active": active == "yes",
        }

    def _goes_on(self, values: dict[str, Any]) -> bool:
        """Whether a row says the same as the officer held back, but for other qualifications."""
        if not self._held or not values["certificate"]:
            return False
        new = set(values["specialities"]) - set(self._values["specialities"])
        same = all(values[name] == self._values[name] for name in values if name != "specialities")
        return same and bool(new)

    def _join(self, row: RowCheck, qualifications: list[str]) -> None:
        row.note("specialities", "joined_row", first=str(self._held[0].number))
        self._held.append(row)
        both = [*self._values["specialities"], *qualifications]
        self._values["specialities"] = list(dict.fromkeys(both))

    def _certificate(self, row: RowCheck) -> str:
        text = read_identifier(row, "certificate").replace(" ", "").upper()
        if not text and not row.faulty("certificate"):
            row.error("certificate", "missing_cell")
        elif _SCIENTIFIC.fullmatch(text):
            row.error("certificate", "certificate_damaged")
        elif text and not _CERTIFICATE.fullmatch(text):
            row.error("certificate", "certificate_shape")
        return text

    def _expiry(self, row: RowCheck) -> str | None:
        day = read_day(row, "certificate_expires_on", is_end=True)
        if day is None and not row.faulty("certificate_expires_on"):
            row.error("certificate_expires_on", "missing_cell")
        elif day is not None and day < self.context.today.isoformat():
            row.warn("certificate_expires_on", "certificate_expired", day=day)
        return day

    def _phone(self, row: RowCheck) -> str:
        text = half_width(read_text(row, "phone", 40, side=True))
        if _SCIENTIFIC.fullmatch(text.upper()):
            row.leave_out("phone", "phone_damaged")
            return ""
        if text and not _PHONE.fullmatch(text):
            row.warn("phone", "phone_shape")
        return text

    def _seen_whole(self, row: RowCheck, values: dict[str, Any]) -> bool:
        certificate = str(values["certificate"])
        if not certificate:
            return False
        digest = hash(str(sorted((name, str(value)) for name, value in values.items())))
        first = self._certificates.setdefault(certificate, (row.number, digest))
        if first[0] == row.number:
            return False
        if first[1] == digest:
            row.warn("certificate", "repeated_row", first=str(first[0]))
            row.dropped = "repeated_row"
            return True
        row.error("certificate", "duplicate_certificate", first=str(first[0]))
        return False

"""Officers 执法人员: one row, one officer, known by the certificate number 执法证号."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.app.registry.imports.cells import half_width
from backend.app.registry.imports.kinds.reading import (
    read_day,
    read_department,
    read_flag,
    read_list,
    read_required,
    read_text,
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
            "可检查事项",
            "执法类别",
            "业务专长",
            "specialities",
            "qualifications",
        ),
    ),
    Field("phone", ("手机", "手机号", "手机号码", "联系电话", "电话", "phone")),
    Field("active", ("是否在岗", "在岗", "在岗状态", "active")),
)

_CERTIFICATE = re.compile(r"[0-9A-Z][0-9A-Z\-]{3,39}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d*)?E\+?\d{1,3}")
_PHONE = re.compile(r"[0-9+\- ]{5,30}")


class Checker:
    """Checks officers row by row, remembering certificates seen before."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._certificates: dict[str, tuple[int, int]] = {}

    def feed(self, row: RowCheck) -> Iterator[Entry]:
        """The entry of this row, or nothing when the same row was read before."""
        values: dict[str, object] = {
            "certificate": self._certificate(row),
            "name": read_required(row, "name", 60),
            "certificate_expires_on": self._expiry(row),
            "department_id": read_department(row, "department", self.context),
            "specialities": read_list(row, "specialities", 400),
            "phone": self._phone(row),
            "active": read_flag(row, "active", default=True),
        }
        if self._seen_whole(row, values):
            return
        yield Entry((row.number,), str(values["certificate"]), values, row.good, row.given)

    def finish(self) -> Iterator[Entry]:
        """Nothing is held back: every row gave its entry."""
        return iter(())

    def late_problems(self) -> Iterator[RowCheck]:
        """No findings need the whole file."""
        return iter(())

    def _certificate(self, row: RowCheck) -> str:
        text = half_width(read_required(row, "certificate", 60)).replace(" ", "").upper()
        if _SCIENTIFIC.fullmatch(text):
            row.error("certificate", "certificate_damaged")
        elif text and not _CERTIFICATE.fullmatch(text):
            row.error("certificate", "certificate_shape")
        return text

    def _expiry(self, row: RowCheck) -> str | None:
        day = read_day(row, "certificate_expires_on")
        if day is None and not row.cells.get("certificate_expires_on", "").strip():
            row.error("certificate_expires_on", "missing_cell")
        elif day is not None and day < self.context.today.isoformat():
            row.warn("certificate_expires_on", "certificate_expired", day=day)
        return day

    def _phone(self, row: RowCheck) -> str:
        text = half_width(read_text(row, "phone", 40))
        if _SCIENTIFIC.fullmatch(text.upper()):
            row.error("phone", "phone_damaged")
        elif text and not _PHONE.fullmatch(text):
            row.warn("phone", "phone_shape")
        return text

    def _seen_whole(self, row: RowCheck, values: dict[str, object]) -> bool:
        certificate = str(values["certificate"])
        if not certificate:
            return False
        digest = hash(str(sorted((name, str(value)) for name, value in values.items())))
        first = self._certificates.setdefault(certificate, (row.number, digest))
        if first[0] == row.number:
            return False
        if first[1] == digest:
            row.warn("certificate", "repeated_row", first=str(first[0]))
            return True
        row.error("certificate", "duplicate_certificate", first=str(first[0]))
        return False

"""The registers 一单两库: inspection items with checklists, officers, enterprises, and who
changed what in them.

Rows only; what may happen to them is in `service`. A checklist is never edited: a change makes a
new version and the old one stays, because records point at it by hash.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.app.platform import clock, ids
from backend.app.platform.database import Base, Json, UtcDateTime

NullableJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""JSON whose absence is SQL NULL, not the JSON word null."""


class InspectionItem(Base):
    """抽查事项: what a department may inspect. category: general | key.

    subitems: [{name, legal_basis, subject, target, method, ratio_note, frequency_note,
    officer_requirement, remarks}]. specialities: codes an officer must hold.
    origin_key: what an item without a code of its own is recognised by when imported again.
    """

    __tablename__ = "inspection_item"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(String(16), default="general")
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    group_name: Mapped[str] = mapped_column(String(200), default="")
    legal_basis: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    target: Mapped[str] = mapped_column(Text, default="")
    method: Mapped[str] = mapped_column(Text, default="")
    ratio_note: Mapped[str] = mapped_column(Text, default="")
    frequency_note: Mapped[str] = mapped_column(Text, default="")
    officer_requirement: Mapped[str] = mapped_column(Text, default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    subitems: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    materials: Mapped[list[str]] = mapped_column(Json, default=list)
    specialities: Mapped[list[str]] = mapped_column(Json, default=list)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    published: Mapped[bool] = mapped_column(Boolean, default=False)
    origin_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    search_text: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Checklist(Base):
    """检查表: one version of an item's points. The newest has no `superseded_at`."""

    __tablename__ = "checklist"
    __table_args__ = (UniqueConstraint("item_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("inspection_item.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    points: Mapped[list[ChecklistPoint]] = relationship(
        lazy="selectin", order_by="ChecklistPoint.position", cascade="all, delete-orphan"
    )


class ChecklistPoint(Base):
    """检查要点: one question. kind: pass | number | choice | text | date.

    evidence: none | on_fail | always. minimum, maximum: decimal numbers as text.
    options: [{code, label, verdict}]. shown_if: {no, equals} about another point of the sheet.
    """

    __tablename__ = "checklist_point"
    __table_args__ = (UniqueConstraint("checklist_id", "no"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    checklist_id: Mapped[UUID] = mapped_column(ForeignKey("checklist.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    no: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(8))
    required: Mapped[bool] = mapped_column(Boolean, default=True)
    key_point: Mapped[bool] = mapped_column(Boolean, default=False)
    evidence: Mapped[str] = mapped_column(String(8), default="on_fail")
    unit: Mapped[str | None] = mapped_column(String(20))
    minimum: Mapped[str | None] = mapped_column(String(40))
    maximum: Mapped[str | None] = mapped_column(String(40))
    options: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    legal_basis: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(Text)
    remarks: Mapped[list[str]] = mapped_column(Json, default=list)
    shown_if: Mapped[dict[str, str] | None] = mapped_column(NullableJson)


class Officer(Base):
    """执法人员: certificate and its last valid day, qualifications, whether active."""

    __tablename__ = "officer"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), unique=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    certificate: Mapped[str] = mapped_column(String(40), unique=True)
    certificate_expires_on: Mapped[date] = mapped_column(Date, index=True)
    specialities: Mapped[list[str]] = mapped_column(Json, default=list)
    phone: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    search_text: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class OfficerLeave(Base):
    """Days on which an officer is away, first and last included."""

    __tablename__ = "officer_leave"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(200), default="")


class RecusalGround(Base):
    """回避: why an officer must not inspect an enterprise. ground: party_or_relative |
    interest | other_relation. ``event_id`` is the phone's recusal that declared it; empty for what
    was declared in the register. Revoked grounds stay for the record."""

    __tablename__ = "recusal_ground"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    officer_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.id"), index=True)
    ground: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(400), default="")
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    declared_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    event_id: Mapped[UUID | None] = mapped_column(unique=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Enterprise(Base):
    """检查对象: known by its unified social credit code or registration number.

    kind, status: see `choices`. risk_class: A | B | C | D | "". Positions are decimal degrees
    as text (WGS 84), so that no float enters a record.
    """

    __tablename__ = "enterprise"
    __table_args__ = (
        Index("ix_enterprise_region_code_code", "region_code", "code"),
        Index("ix_enterprise_status_code", "status", "code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    code: Mapped[str] = mapped_column(String(18), unique=True)
    registration_number: Mapped[str] = mapped_column(String(30), default="", index=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(16), default="unknown")
    region_code: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(400), default="")
    industry: Mapped[str] = mapped_column(String(120), default="", index=True)
    risk_class: Mapped[str] = mapped_column(String(1), default="", index=True)
    status: Mapped[str] = mapped_column(String(16), default="active")
    established_on: Mapped[date | None] = mapped_column(Date)
    business_scope: Mapped[str] = mapped_column(Text, default="")
    contact_phone: Mapped[str] = mapped_column(String(60), default="")
    latitude: Mapped[str | None] = mapped_column(String(24))
    longitude: Mapped[str | None] = mapped_column(String(24))
    search_text: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class SupervisionTag(Base):
    """监管标签: a name enterprises are grouped by, made when first used."""

    __tablename__ = "supervision_tag"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    name: Mapped[str] = mapped_column(String(60), unique=True)


class EnterpriseTag(Base):
    """A tag on an enterprise."""

    __tablename__ = "enterprise_tag"

    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.id"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(
        ForeignKey("supervision_tag.id"), primary_key=True, index=True
    )


class RegisterChange(Base):
    """Who changed what: one row a field, or one row with `field` empty for a new object.

    register: item | checklist | officer | enterprise. before, after: values as shown.
    """

    __tablename__ = "register_change"
    __table_args__ = (Index("ix_register_change_object", "register", "object_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    register: Mapped[str] = mapped_column(String(12))
    object_id: Mapped[UUID] = mapped_column()
    label: Mapped[str] = mapped_column(String(240), default="")
    field: Mapped[str] = mapped_column(String(40), default="")
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    account_name: Mapped[str] = mapped_column(String(80), default="")
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class ImportBatch(Base):
    """One uploaded file on its way into a register.

    kind: items | checklists | materials | officers | enterprises. state: uploaded | checking |
    checked | importing | done | failed | discarded. mapping: field -> column index. options:
    see `service.importing`. survey: what the file holds beside the rows a person sees
    (`service.import_files`). counts: of the check. summary: of the import. run: raised by every
    order to check or import, so that a late or doubled job does nothing.
    """

    __tablename__ = "import_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    kind: Mapped[str] = mapped_column(String(12))
    filename: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), default="uploaded")
    encoding: Mapped[str] = mapped_column(String(16), default="")
    sheet: Mapped[str] = mapped_column(String(120), default="")
    delimiter: Mapped[str] = mapped_column(String(2), default="")
    survey: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    header_row: Mapped[int] = mapped_column(Integer, default=1)
    mapping: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    summary: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    failure: Mapped[str] = mapped_column(String(40), default="")
    run: Mapped[int] = mapped_column(Integer, default=0)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportProblem(Base):
    """One finding of a check: where, how bad, which sentence, with its values."""

    __tablename__ = "import_problem"
    __table_args__ = (Index("ix_import_problem_batch", "batch_id", "severity", "code", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("import_batch.id"))
    row: Mapped[int] = mapped_column(Integer)
    field: Mapped[str] = mapped_column(String(40))
    header: Mapped[str] = mapped_column(String(120))
    severity: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(200))
    params: Mapped[dict[str, str]] = mapped_column(Json)


class ImportWord(Base):
    """What a word means in the files of one department and kind, as a person decided.

    key: the word folded. value: "" leaves the field empty.
    """

    __tablename__ = "import_word"
    __table_args__ = (UniqueConstraint("department_id", "kind", "field", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(String(12))
    field: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    word: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(String(200))
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class ImportPair(Base):
    """Two codes that a check found to be one firm: a row of the file, and another row of it or an
    enterprise of the register.

    key: see `imports.model.pair_key`. reason: number | organisation | name_address. ours, other:
    {row, code, name, address, number}; row 0 is the register.
    """

    __tablename__ = "import_pair"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("import_batch.id"), index=True)
    key: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(16))
    ours: Mapped[dict[str, Any]] = mapped_column(Json)
    other: Mapped[dict[str, Any]] = mapped_column(Json)

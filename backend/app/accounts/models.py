"""People: departments in a tree, accounts with roles within them, what proves who they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..platform import clock, ids
from ..platform.database import Base, Json, UtcDateTime


class Department(Base):
    """A department 部门: part of a tree, responsible for a region."""

    __tablename__ = "department"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"), index=True)
    region_code: Mapped[str] = mapped_column(String(12))
    is_oversight: Mapped[bool] = mapped_column(Boolean, default=False)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class Account(Base):
    """A person who signs in. ``locale`` is ``zh-CN`` or ``en``.

    ``employee_number`` 工号 binds the account to a person: no other account has it.
    ``number_checked`` is False while it is the login of an account from before there were numbers.
    """

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    employee_number: Mapped[str] = mapped_column(String(64), unique=True)
    number_checked: Mapped[bool] = mapped_column(Boolean, default=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    locale: Mapped[str] = mapped_column(String(8), default="zh-CN")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    department: Mapped[Department] = relationship(lazy="joined")
    grants: Mapped[list[RoleGrant]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", foreign_keys="RoleGrant.account_id"
    )


class RoleGrant(Base):
    """A role held within a department."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("account_id", "department_id", "role"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    role: Mapped[str] = mapped_column(String(24))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class RoleProposal(Base):
    """A deciding role that one person proposes for an account and another agrees to.

    ``state``: waiting | agreed | refused | withdrawn; a waiting one lapses after 30 days.
    ``words``: why it was refused.
    """

    __tablename__ = "role_proposal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(String(24))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"))
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), index=True)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(String(500))


class CredentialReset(Base):
    """An order to renew the access of an account that was in use, agreed to by a second person.

    ``state``: ordered | agreed | objected | withdrawn | used. ``kept_passkeys``: ids of those that
    stay; ``works_at``: from when the code can be made; ``read_at``: when the owner read how it
    ended.
    """

    __tablename__ = "credential_reset"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    ordered_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_passkeys: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(16), index=True)
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    works_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountAct(Base):
    """What one account did to another that binds the two for a time. The program only adds rows.

    ``kind``: one of ``independence.TIES``.
    """

    __tablename__ = "account_act"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    about_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Passkey(Base):
    """A WebAuthn credential; the counter is a signal and never refuses."""

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(Integer, default=0)
    transports: Mapped[list[str]] = mapped_column(Json, default=list)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Challenge(Base):
    """A WebAuthn challenge that waits for its answer; deleted before the answer is checked."""

    __tablename__ = "webauthn_challenge"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    purpose: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    value: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LoginSession(Base):
    """One signed-in browser. The cookie holds its id; revoking the row ends it at once."""

    __tablename__ = "login_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    browser: Mapped[str] = mapped_column(String(120), default="")
    method: Mapped[str] = mapped_column(String(16))
    step_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship(lazy="joined")


class ActivationCode(Base):
    """A one-time code for the first sign-in, stored as a hash."""

    __tablename__ = "activation_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class Device(Base):
    """A phone's enrolled key: P-256 public key as SubjectPublicKeyInfo."""

    __tablename__ = "device"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

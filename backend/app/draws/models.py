"""Draws as rows: what was asked for, frozen, revealed and drawn.

Rows only; ``service`` says what may happen to them. The frozen tables lie in the store under their
digests, so that a frozen byte cannot be replaced unseen; the documents (plan, freeze, commits,
transcript) are kept here as the exact bytes that were hashed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..platform import clock, ids
from ..platform.database import Base, Json, UtcDateTime


class Draw(Base):
    """One draw.

    ``state``: planned | frozen | committed | opened | revealed | drawn | dispatched, and discarded
    (a plan that never was frozen), cancelled (before the first reveal), voided (after it).
    ``strata``, ``team``, ``exclusions``: see ``schemas``. ``number`` is given by the freeze.
    ``counts``: the freeze's counts, for display. ``secrets``: encrypted, see ``vault``. ``form``:
    routine (one witness of the office) or ceremony (witnesses with phones of their own); ``dice``:
    how many are thrown at a time; ``join_token`` lets witnesses in until ``join_until``; ``moves``
    counts the changes that screens have to show. A ``rehearsal`` never becomes a draw; a ``sealed``
    draw hides its enterprises until their results are public.
    """

    __tablename__ = "draw"
    __table_args__ = (Index("ix_draw_state_created", "state", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    number: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12), default="planned")
    department_id: Mapped[UUID] = mapped_column(ForeignKey("department.id"), index=True)
    strata: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    team: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    exclusions: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    cap: Mapped[int] = mapped_column(Integer, default=20)
    last_day: Mapped[date | None] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(Integer, default=1)

    plan_json: Mapped[str | None] = mapped_column(Text)
    freeze_json: Mapped[str | None] = mapped_column(Text)
    freeze_sha256: Mapped[str | None] = mapped_column(String(64))
    commits_json: Mapped[str | None] = mapped_column(Text)
    transcript_json: Mapped[str | None] = mapped_column(Text)
    seed: Mapped[str | None] = mapped_column(String(64))
    result_sha256: Mapped[str | None] = mapped_column(String(64))
    index_sha256: Mapped[str | None] = mapped_column(String(64))
    secrets: Mapped[str | None] = mapped_column(Text)
    operator_secret: Mapped[str | None] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    pool_rows: Mapped[int] = mapped_column(Integer, default=0)
    drawn_rows: Mapped[int] = mapped_column(Integer, default=0)
    seats: Mapped[int] = mapped_column(Integer, default=0)
    vacant_seats: Mapped[int] = mapped_column(Integer, default=0)

    form: Mapped[str] = mapped_column(String(10), default="routine")
    rehearsal: Mapped[bool] = mapped_column(Boolean, default=False)
    sealed: Mapped[bool] = mapped_column(Boolean, default=False)
    dice: Mapped[int] = mapped_column(Integer, default=5)
    moves: Mapped[int] = mapped_column(Integer, default=0)
    join_token: Mapped[str | None] = mapped_column(String(43), unique=True)
    join_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    frozen_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(Text)


class DrawStep(Base):
    """Who took which step of a draw, the first time of each: a person who took a step cannot void
    the draw. Never shown to the public."""

    __tablename__ = "draw_step"

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(12), primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DrawItem(Base):
    """An inspection item that the visits of a draw will check."""

    __tablename__ = "draw_item"

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(
        ForeignKey("inspection_item.id"), primary_key=True, index=True
    )


class DrawDepartment(Base):
    """A department that takes part; position 0 leads. More than one department makes a joint draw
    联合抽查.

    ``answer``: accepted | invited | declined; the leading department and those below it are not
    asked. ``roster``: which enterprises the department keeps, as a stratum's conditions (empty:
    all); a joint draw draws from what all rosters have in common. ``reason``: why it declined.
    ``place_sha256``: digest of the department's place in the tree, and of those below it, when it
    answered.
    """

    __tablename__ = "draw_department"

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    department_id: Mapped[UUID] = mapped_column(
        ForeignKey("department.id"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str] = mapped_column(String(10), default="accepted")
    roster: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    place_sha256: Mapped[str | None] = mapped_column(String(64))


class DrawWitness(Base):
    """见证人: a place at the draw, who took it, what was committed and what was revealed.

    ``token`` is the id in the published records (w1, w2, …); ``office`` is public, the account is
    not. ``text`` and ``rand`` (hex) are empty until the witness reveals. In a ceremony the place
    belongs to a phone: ``key_sha256`` is the digest of the key that the phone made, the account is
    the one signed in to the office in its browser, and ``name`` is personal data, shown in the room
    and in the minutes only. ``from_slip``: the reveal was typed in from the paper slip.
    """

    __tablename__ = "draw_witness"
    __table_args__ = (UniqueConstraint("draw_id", "account_id"),)

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(16), primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    key_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    office: Mapped[str] = mapped_column(String(120), default="")
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    commitment: Mapped[str | None] = mapped_column(String(64))
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    text: Mapped[str | None] = mapped_column(Text)
    rand: Mapped[str | None] = mapped_column(String(64))
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    from_slip: Mapped[bool] = mapped_column(Boolean, default=False)


class DrawThrow(Base):
    """One throw of the dice as it was typed, and what the second person said to it.

    ``number`` counts throws from 1, ``attempt`` how often this throw was typed; ``state``: typed |
    confirmed | refused. Only a confirmed throw counts. ``confirmed_by`` is an account, or
    ``witness`` the place of the witness who looked.
    """

    __tablename__ = "draw_throw"

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer, primary_key=True)
    digits: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="typed")
    typed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    typed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    witness: Mapped[str | None] = mapped_column(String(16))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DrawRow(Base):
    """A drawn enterprise.

    ``row`` counts from 0 in pool.tsv, ``lot_number`` from 1 in draw order; ``lot`` is hex, ``path``
    the Merkle path (hex) of ``stratum TAB object``. Code and name are those of the day of the draw;
    a sealed draw keeps ``code`` because its ``object`` is a digest. ``extension``: 0 for the draw
    itself, else the number of the extension that added the row.
    """

    __tablename__ = "draw_row"
    __table_args__ = (UniqueConstraint("draw_id", "lot_number"),)

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True)
    lot_number: Mapped[int] = mapped_column(Integer)
    stratum: Mapped[str] = mapped_column(String(64))
    object: Mapped[str] = mapped_column(String(64))
    enterprise_id: Mapped[UUID] = mapped_column(ForeignKey("enterprise.id"), index=True)
    enterprise_name: Mapped[str] = mapped_column(String(200))
    code: Mapped[str | None] = mapped_column(String(64))
    lot: Mapped[str] = mapped_column(String(32))
    path: Mapped[list[str]] = mapped_column(Json)
    extension: Mapped[int] = mapped_column(Integer, default=0)


class DrawExtension(Base):
    """The next rows of a draw's order, added with a public reason; ``number`` counts from 1.

    ``entry``: the extension's part of extensions.json as the exact canonical text; ``rows``: how
    many rows it added.
    """

    __tablename__ = "draw_extension"

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(Integer)
    extended_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    extended_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DrawSeat(Base):
    """A seat of a drawn enterprise's team; ``seat_no`` counts from 0 over the whole draw,
    ``position`` from 0 in the team. A seat without an officer is vacant."""

    __tablename__ = "draw_seat"

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    seat_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    row: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    department: Mapped[str] = mapped_column(String(64))
    speciality: Mapped[str] = mapped_column(String(64), default="")
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"), index=True)


class DrawSeries(Base):
    """The last number given in a series (authority, year, plan).

    The freeze raises it under its row's lock in its own transaction, so that numbers have no
    gaps.
    """

    __tablename__ = "draw_series"

    series: Mapped[str] = mapped_column(String(56), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class DrawReplacement(Base):
    """A batch of re-drawn seats; batches count from 1 without gaps and are never changed.

    ``entry`` is the batch's canonical entry of replacements.json. ``held``: {seats, could, can} of
    a batch that a second person had to release, else empty.
    """

    __tablename__ = "draw_replacement"

    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    batch: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry: Mapped[str] = mapped_column(Text)
    held: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DrawCopy(Base):
    """An auditors' copy of a draw, with every recusal, that somebody took away: who, when, and the
    digest of the file.

    Never changed; the ledger has an entry of each.
    """

    __tablename__ = "draw_copy"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new_id)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)

"""Protocols of a draw's rows: what other features may read of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID


class DrawRecord(Protocol):
    """A draw: its name and number, its state, and when it was frozen, drawn and sent."""

    @property
    def id(self) -> UUID: ...
    @property
    def number(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def department_id(self) -> UUID: ...
    @property
    def rehearsal(self) -> bool: ...
    @property
    def last_day(self) -> date | None: ...
    @property
    def frozen_at(self) -> datetime | None: ...
    @property
    def drawn_at(self) -> datetime | None: ...
    @property
    def dispatched_at(self) -> datetime | None: ...


class SeatRecord(Protocol):
    """A seat of a drawn enterprise's team; a seat without an officer is vacant."""

    @property
    def seat_no(self) -> int: ...
    @property
    def row(self) -> int: ...
    @property
    def officer_id(self) -> UUID | None: ...


class BatchRecord(Protocol):
    """A batch of replacements; ``held``: see ``models.DrawReplacement``."""

    @property
    def batch(self) -> int: ...
    @property
    def drawn_at(self) -> datetime: ...
    @property
    def held(self) -> Mapping[str, Any]: ...

"""The fields that replacements read of an officer of the register."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class LeavingOfficer(Protocol):
    """An officer who leaves a seat."""

    @property
    def id(self) -> UUID: ...
    @property
    def department_id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def certificate(self) -> str: ...

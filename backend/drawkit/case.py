"""A bundle under examination, and what a version of the protocol says about reading one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .assignment import Officer
from .draw import Result
from .encoding import Malformed
from .extension import Order
from .names import Version
from .replacement import Roster
from .selection import Stratum


@dataclass(slots=True)
class Case:
    """A bundle under examination: its files, what was asked for, and what is known so far.

    ``records``: every JSON file by its name, once it was read. ``cosigners``: the keys of
    witnesses whose cosignature of the newest checkpoint is demanded. ``grade``: of version 2.
    """

    files: dict[str, bytes]
    edition: Edition
    require_ledger: bool = False
    ledger_key: str | None = None
    cosigners: tuple[str, ...] = ()
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, list[bytes]] = field(default_factory=dict)
    officers: list[Officer] = field(default_factory=list)
    strata: list[Stratum] = field(default_factory=list)
    seed: bytes = b""
    result: Result | None = None
    who: list[int] = field(default_factory=list)
    order: Order | None = None
    roster: Roster | None = None
    anchored: bool = False
    grade: str = ""

    @property
    def freeze(self) -> dict[str, Any]:
        """The record freeze.json."""
        return self.records["freeze.json"]

    @property
    def plan(self) -> dict[str, Any]:
        """The record plan.json."""
        return self.records["plan.json"]

    @property
    def commits(self) -> dict[str, Any]:
        """The record commits.json."""
        return self.records["commits.json"]

    @property
    def transcript(self) -> dict[str, Any]:
        """The record transcript.json."""
        return self.records["transcript.json"]

    def entries(self, name: str, member: str) -> list[dict[str, Any]]:
        """The list ``member`` of an optional JSON file, empty where the bundle has no such file."""
        found: list[dict[str, Any]] = self.records.get(name, {}).get(member, [])
        return found

    def computed(self) -> Result:
        """The recomputed result; only checks after ``officers`` may ask for it."""
        if self.result is None:
            raise Malformed("the result was not recomputed")
        return self.result


Check = Callable[[Case], str]


@dataclass(frozen=True, slots=True)
class Edition:
    """What is particular to one version when a bundle of it is read.

    ``checks``: by their names, in the order in which they run. ``added``: the rows that joined
    after the draw. ``joining``: how such a row came, in words. ``praise``: what the verdict on an
    equal bundle says besides its number. ``limits``: what such a bundle does not prove, a
    sentence each.
    """

    version: Version
    checks: tuple[tuple[str, Check], ...]
    added: Callable[[Case], list[int]]
    joining: str
    praise: Callable[[Case], str]
    limits: Callable[[Case], list[str]]

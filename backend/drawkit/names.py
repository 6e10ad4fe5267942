"""The versions of the protocol by name, and the labels that begin its hashes.

Everything else in which versions differ stands in the packages ``one`` and ``two``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .encoding import Malformed


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the protocol. ``draw`` and ``rehearsal`` are the names in its records."""

    number: int

    @property
    def draw(self) -> str:
        """The field ``v`` of a draw's records."""
        return f"evenhand-draw/{self.number}"

    @property
    def rehearsal(self) -> str:
        """The field ``v`` of a rehearsal's records."""
        return f"evenhand-rehearsal/{self.number}"

    def label(self, text: str) -> bytes:
        """The bytes that begin what is hashed for one purpose."""
        return f"{self.draw}/{text}\n".encode("ascii")

    def is_name(self, value: Any) -> bool:
        """Return True if ``value`` is the field ``v`` of a record of this version."""
        return value in (self.draw, self.rehearsal)


ONE, TWO = Version(1), Version(2)
VERSIONS = (ONE, TWO)


def version_of(name: Any) -> Version:
    """The version whose records have ``name`` as their field ``v``; Malformed for none."""
    for version in VERSIONS:
        if version.is_name(name):
            return version
    raise Malformed("the version of the record is none that is known")


def version_in(freeze_file: bytes) -> Version:
    """The version of the bundle with this freeze.json; version 1 where the file names none, so
    that a damaged file fails under the checks of version 1."""
    try:
        record = json.loads(freeze_file)
        return version_of(record["v"])
    except (ValueError, RecursionError, KeyError, TypeError):
        return ONE

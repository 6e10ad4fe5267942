"""The frozen tables in the store: written once under their digest, checked at every reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.drawkit.encoding import digest

from ....platform import storage
from ...errors import RosterDiffers

TABLES = ("pool.tsv", "officers.tsv", "recusals.tsv", "exclusions.tsv")


def _key(name: str, sha256: str) -> str:
    return f"draws/{sha256[:2]}/{sha256}.{name}"


def put(name: str, data: bytes) -> str:
    """Keep ``data`` and return its digest."""
    sha256 = digest(data)
    storage.put_bytes(_key(name, sha256), data)
    return sha256


def get(name: str, sha256: str) -> bytes:
    """Return the bytes with this digest; raises RosterDiffers when they are gone or changed."""
    try:
        data = storage.get_bytes(_key(name, sha256))
    except storage.MissingObject as error:
        raise RosterDiffers(file=name) from error
    if digest(data) != sha256:
        raise RosterDiffers(file=name)
    return data


def tables(freeze: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the tables that a freeze record names by their digests, each checked: four, or three
    where the recusals are fixed row by row."""
    named = {name: freeze.get(f"{name[:-4]}_sha256") for name in TABLES}
    return {name: get(name, sha256) for name, sha256 in named.items() if sha256 is not None}

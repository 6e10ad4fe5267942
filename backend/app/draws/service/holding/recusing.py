"""Recusals of a frozen draw: where their list is kept, and which of them each copy of the bundle
has.

The public copy has those of the drawn rows, which decide everything, and proves them complete; the
auditors' copy has all. A draw whose officers agreed has one copy with the whole list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ....platform import storage
from ...models import Draw, DrawRow
from ..ground import frozen_files, vault

RECUSALS, PART, KEY = "recusals.tsv", "recusals.json", "recusals-key.json"
RECUSALS_ROOT = "recusals_root"


def kept_with(secrets: vault.Secrets, key: bytes | None, recusals: bytes) -> vault.Secrets:
    """Return the secrets of a draw with the recusals' key and digest, or unchanged if the list is
    public."""
    if key is None:
        return secrets
    return replace(secrets, recusal_key=key.hex(), recusals_sha256=drawkit.digest(recusals))


def frozen_tables(draw: Draw, freeze: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the four frozen tables, each checked; raises RosterDiffers.

    The digest of recusals fixed row by row is kept with the secrets: it would tell too much.
    """
    found = frozen_files.tables(freeze)
    if RECUSALS not in found:
        found[RECUSALS] = frozen_files.get(
            RECUSALS, vault.open_(draw.secrets or "").recusals_sha256
        )
    return found


def public_recusals(
    session: Session, draw: Draw, freeze: Mapping[str, Any], frozen: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return the files about recusals of the public copy; ``frozen``: the four tables.

    The part for the rows drawn so far is computed once, then kept.
    """
    if RECUSALS_ROOT not in freeze:
        return {RECUSALS: frozen[RECUSALS]}
    query = select(DrawRow.row).where(DrawRow.draw_id == draw.id).order_by(DrawRow.row)
    rows = list(session.scalars(query))
    key = f"draws/recusals/{draw.number}-{len(rows)}.json"
    if not storage.exists(key):
        pool = drawkit.read_table(frozen["pool.tsv"], "pool.tsv")
        pairs = drawkit.read_table(frozen[RECUSALS], RECUSALS)
        part = drawkit.recusals_part(freeze, _key(draw), pool, pairs, rows)
        storage.put_bytes(key, drawkit.canonical(part))
    return {PART: storage.get_bytes(key)}


def all_recusals(
    draw: Draw, freeze: Mapping[str, Any], frozen: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return the files about recusals of the auditors' copy, which has all of them."""
    if RECUSALS_ROOT not in freeze:
        return {RECUSALS: frozen[RECUSALS]}
    whole = drawkit.recusals_whole(freeze, _key(draw))
    return {RECUSALS: frozen[RECUSALS], KEY: drawkit.canonical(whole)}


def _key(draw: Draw) -> bytes:
    return bytes.fromhex(vault.open_(draw.secrets or "").recusal_key)

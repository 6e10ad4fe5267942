"""Sealed draws 不通知检查: enterprises stand in the published tables as digests only, and are
opened one by one when the result of their visit is public.

The key never leaves the server; with an enterprise's salt anyone checks that it is the one drawn.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from backend import drawkit

from ...visits import service as visits
from .. import vault
from ..models import Draw, DrawRow
from .counting import PoolCount

LEFT_OUT = "left-out"
"""Stands for the stratum of what a rule excluded."""
_PUBLIC = "disclosed"


def seal(pool: PoolCount, key: bytes) -> PoolCount:
    """The same pool with digests instead of codes."""
    return replace(
        pool,
        pool=[(row[0], row[1], _object(key, row[0], row[2])) for row in pool.pool],
        excluded=sorted((_object(key, LEFT_OUT, code), rule) for code, rule in pool.excluded),
    )


def _object(key: bytes, stratum: str, code: str) -> str:
    return drawkit.sealed_object(stratum, code, drawkit.sealed_salt(key, stratum, code))


def salt_of(draw: Draw, row: DrawRow) -> str | None:
    """The salt (hex) that opens a row of a sealed draw; None in an open one."""
    if not draw.sealed or row.code is None:
        return None
    key = bytes.fromhex(vault.open_(draw.secrets or "").pool_key)
    return drawkit.sealed_salt(key, row.stratum, row.code).hex()


def opened(session: Session, draw_id: UUID) -> set[int]:
    """Rows whose visit has a public result: those are open."""
    return {one.pool_row for one in visits.of_draw(session, draw_id) if one.state == _PUBLIC}

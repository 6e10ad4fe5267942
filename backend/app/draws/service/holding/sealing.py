"""Sealed draws 不通知检查: enterprises stand in the published tables as digests only, and each is
opened when the result of its visit is public.

The key never leaves the server; with an enterprise's salt anyone checks that it is the one
drawn.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from backend import drawkit

from ....visits import service as visits
from ... import rules
from ...models import Draw, DrawRow
from .. import planning
from ..ground import vault


def seal(pool: planning.PoolCount, key: bytes) -> planning.PoolCount:
    """Return the same pool with digests instead of codes, and with one line for each enterprise
    left out.

    The rules that left an enterprise out go into its digest: counted by rule, the lines would tell
    how many of these enterprises are on the lists of other unannounced draws. Where few were left
    out, fillers hide how few.
    """
    by_code: defaultdict[str, set[str]] = defaultdict(set)
    for code, rule in pool.excluded:
        by_code[code].add(rule)
    left_out = [(sorted(those), code) for code, those in by_code.items()]
    missing = max(0, rules.LEAST_TOLD - 1 - len(left_out))
    left_out += [([], str(number)) for number in range(1, missing + 1)]
    return replace(
        pool,
        pool=[(row[0], row[1], _object(key, row[0], row[2])) for row in pool.pool],
        excluded=sorted(
            (_object(key, drawkit.left_out_stratum(those), code), rules.SEALED)
            for those, code in left_out
        ),
    )


def _object(key: bytes, stratum: str, code: str) -> str:
    return drawkit.sealed_object(stratum, code, drawkit.sealed_salt(key, stratum, code))


def salt_of(draw: Draw, row: DrawRow) -> str | None:
    """Return the salt (hex) that opens a row of a sealed draw; None in an open draw."""
    if not draw.sealed or row.code is None:
        return None
    key = bytes.fromhex(vault.open_(draw.secrets or "").pool_key)
    return drawkit.sealed_salt(key, row.stratum, row.code).hex()


def opened_rows(session: Session, draw_id: UUID) -> set[int]:
    """Return the rows whose visit has a public result, which are therefore open."""
    return visits.rows_disclosed(session, draw_id)

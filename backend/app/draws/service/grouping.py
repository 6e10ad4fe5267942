"""Which groups the rows of a frozen pool belong to, for the fairness report.

Counted at the freeze, when nobody can know the seed, and kept by digest: a class that is changed
after the draw changes nothing in the report. The groups decide nothing in the draw.

The digest is public from the freeze on, the counts of a sealed draw are not: so a random salt is
among what is digested, and published with the counts. Nobody can search them out by the digest.
"""

from __future__ import annotations

import secrets as random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ...platform import clock
from ...registry import service as registry
from .. import files
from ..models import Draw, DrawRow
from .hidden import still_hidden

FILE = "groups.bin"
RISK, KIND, REGION, BEFORE, HALF = "risk", "kind", "region", "before", "half"
DIMENSIONS = (RISK, KIND, REGION, BEFORE, HALF)
OTHERS, UNCLASSED = "*", "-"
AGAIN, FRESH = "again", "fresh"
FIRST, SECOND = "first", "second"
REGIONS = 24
"""The largest regions are groups of their own, the others one group."""
LOOKING_BACK = timedelta(days=365)
VERSION, SALT = 2, 32
"""Groups of version 2 have a salt. Those frozen before have neither of the two fields."""
HIDDEN = "salt"
"""The member that is not told while the counts are hidden."""

Groups = NDArray[np.uint8]


def at_freeze(
    session: Session, ids: Sequence[str], strata: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The groups of a pool whose enterprises are ``ids`` (hex) in pool order; keeps them in the
    store.

    Gives ``{v, salt, sha256, codes: {dimension: [group]}, rows: {stratum: {dimension: [count]}}}``,
    for ``draw.counts``. The kept file ends with random bytes that are never told, since its digest
    is.
    """
    labelled = _labels(session, ids, strata)
    codes = {name: sorted(set(labels)) for name, labels in labelled.items()}
    numbered = {}
    for name, labels in labelled.items():
        place = {code: number for number, code in enumerate(codes[name])}
        numbered[name] = np.fromiter(map(place.__getitem__, labels), np.uint8, len(ids))
    data = b"".join(numbered[name].tobytes() for name in DIMENSIONS) + random.token_bytes(SALT)
    return {
        "v": VERSION,
        HIDDEN: random.token_hex(SALT),
        "sha256": files.put(FILE, data),
        "codes": codes,
        "rows": {
            part["code"]: {
                name: _counted(numbered[name][part["start"] : part["end"]], codes[name])
                for name in DIMENSIONS
            }
            for part in strata
        },
    }


def digest(groups: Mapping[str, Any]) -> str:
    """What the ledger's entry of the freeze says of the groups: SHA-256 of their JCS."""
    return drawkit.digest(drawkit.canonical(groups))


def of_result(draw: Draw, strata: Sequence[Mapping[str, Any]], rows: Sequence[int]) -> Any:
    """How many of each group are among the drawn ``rows``: {stratum: {dimension: [count]}}.

    None for a draw that was frozen before groups were counted.
    """
    groups = draw.counts.get("groups")
    if groups is None:
        return None
    data = np.frombuffer(files.get(FILE, groups["sha256"]), np.uint8)
    held = data[: len(data) - SALT] if groups.get("v") == VERSION else data
    table = dict(zip(DIMENSIONS, held.reshape(len(DIMENSIONS), -1), strict=True))
    drawn = np.array(sorted(rows), np.int64)
    found: dict[str, Any] = {}
    for part in strata:
        mine = drawn[(drawn >= part["start"]) & (drawn < part["end"])]
        found[part["code"]] = {
            name: _counted(table[name][mine], groups["codes"][name]) for name in DIMENSIONS
        }
    return found


def _counted(groups: Groups, codes: Sequence[str]) -> list[int]:
    return [int(n) for n in np.bincount(groups, minlength=len(codes))]


def _labels(
    session: Session, ids: Sequence[str], strata: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    place = {one: row for row, one in enumerate(ids)}
    risk, kind, region = ([""] * len(ids) for _ in range(3))
    for found in registry.traits_in_business(session):
        row = place.get(found.id)
        if row is not None:
            risk[row], kind[row], region[row] = found.risk_class, found.kind, found.region_code
    largest = {code for code, _n in Counter(region).most_common(REGIONS)}
    drawn_before = {one.hex for one in _drawn_before(session)}
    return {
        RISK: [one or UNCLASSED for one in risk],
        KIND: kind,
        REGION: [one if one in largest else OTHERS for one in region],
        BEFORE: [AGAIN if one in drawn_before else FRESH for one in ids],
        HALF: _halves(len(ids), strata),
    }


def _halves(rows: int, strata: Sequence[Mapping[str, Any]]) -> list[str]:
    halves = [FIRST] * rows
    for part in strata:
        middle = (part["start"] + part["end"] + 1) // 2
        halves[middle : part["end"]] = [SECOND] * (part["end"] - middle)
    return halves


def _drawn_before(session: Session) -> set[UUID]:
    """Enterprises drawn in the year before, unannounced ones whose names are sealed left aside:
    the counts of a group are public, and would tell where those are."""
    since = clock.now() - LOOKING_BACK
    query = select(DrawRow.enterprise_id).join(Draw, Draw.id == DrawRow.draw_id)
    query = query.where(Draw.drawn_at >= since, Draw.rehearsal.is_(False))
    return set(session.scalars(query.where(Draw.id.not_in(still_hidden(session)))))

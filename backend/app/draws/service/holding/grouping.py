"""The groups that the rows of a frozen pool belong to, for the fairness report.

Groups are counted at the freeze, when nobody can know the seed, and kept by digest: changing a
class after the draw does not change the report. The groups decide nothing in the draw.

The digest is public from the freeze on, the counts of a sealed draw are not. A random salt is
therefore digested with them and published only with the counts, so that nobody can guess the counts
from the digest.
"""

from __future__ import annotations

import secrets as random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ....platform import clock
from ....registry import service as registry
from ...models import Draw, DrawRow
from ..ground import frozen_files, hidden_names

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
GROUPS_SALT = "salt"
"""The member that is not told while the counts are hidden."""

Groups = NDArray[np.uint8]


def groups_at_freeze(
    session: Session, ids: Sequence[str], strata: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the groups of a pool whose enterprises are ``ids`` (hex) in pool order, and keep them
    in the store.

    The result is ``{v, salt, sha256, codes: {dimension: [group]}, rows: {stratum: {dimension:
    [count]}}}``, for ``draw.counts``. The kept file ends with random bytes that are never told,
    since its digest is public.
    """
    labelled = _labels(session, ids, strata)
    codes = {name: one.codes for name, one in labelled.items()}
    numbered = {name: one.rows for name, one in labelled.items()}
    data = b"".join(numbered[name].tobytes() for name in DIMENSIONS) + random.token_bytes(SALT)
    return {
        "v": VERSION,
        GROUPS_SALT: random.token_hex(SALT),
        "sha256": frozen_files.put(FILE, data),
        "codes": codes,
        "rows": {
            part["code"]: {
                name: _counted(numbered[name][part["start"] : part["end"]], codes[name])
                for name in DIMENSIONS
            }
            for part in strata
        },
    }


def groups_digest(groups: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the groups' JCS, which the ledger's entry of the freeze holds."""
    return drawkit.digest(drawkit.canonical(groups))


def groups_of_result(draw: Draw, strata: Sequence[Mapping[str, Any]], rows: Sequence[int]) -> Any:
    """Return how many of each group are among the drawn ``rows``: {stratum: {dimension: [count]}};
    None for a draw that was frozen before groups were counted."""
    groups = draw.counts.get("groups")
    if groups is None:
        return None
    data = np.frombuffer(frozen_files.get(FILE, groups["sha256"]), np.uint8)
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


@dataclass(frozen=True, slots=True)
class _Labelled:
    """One dimension: its groups, ascending, and for each row of the pool the index of its group."""

    codes: list[str]
    rows: Groups


def _labelled(labels: Sequence[str], numbers: NDArray[np.int64]) -> _Labelled:
    """Return the groups of rows whose label is ``labels[number]``; labels of no row are left
    out."""
    present = np.flatnonzero(np.bincount(numbers, minlength=len(labels)))
    codes = sorted({labels[number] for number in present.tolist()})
    place = {code: number for number, code in enumerate(codes)}
    table = np.array([place.get(label, 0) for label in labels], np.uint8)
    return _Labelled(codes, table[numbers])


def _labels(
    session: Session, ids: Sequence[str], strata: Sequence[Mapping[str, Any]]
) -> dict[str, _Labelled]:
    place = {one: row for row, one in enumerate(ids)}
    traits, numbers = _traits(session, place)
    found: Counter[str] = Counter()
    for one, rows in zip(traits, np.bincount(numbers, minlength=len(traits)), strict=True):
        found[one.region_code] += int(rows)
    largest = sorted(found, key=lambda code: (-found[code], code))[:REGIONS]
    again = np.zeros(len(ids), np.int64)
    again[[place[one.hex] for one in _drawn_before(session) if one.hex in place]] = 1
    return {
        RISK: _labelled([one.risk_class or UNCLASSED for one in traits], numbers),
        KIND: _labelled([one.kind for one in traits], numbers),
        REGION: _labelled(
            [one.region_code if one.region_code in largest else OTHERS for one in traits], numbers
        ),
        BEFORE: _labelled([FRESH, AGAIN], again),
        HALF: _labelled([FIRST, SECOND], _halves(len(ids), strata)),
    }


def _traits(
    session: Session, place: Mapping[str, int]
) -> tuple[list[registry.Traits], NDArray[np.int64]]:
    """Return the different traits, and for each row of the pool the index of its own.

    The first traits are those of a row that is no longer in business. ``place``: rows by id.
    """
    known: defaultdict[str, int] = defaultdict(count(1).__next__)
    numbers = [0] * len(place)
    for one, text in registry.traits_in_business(session):
        row = place.get(one)
        if row is not None:
            numbers[row] = known[text]
    return [registry.Traits("", "", ""), *map(registry.traits_of, known)], np.array(numbers)


def _halves(rows: int, strata: Sequence[Mapping[str, Any]]) -> NDArray[np.int64]:
    """Return 0 for rows of the first half of their stratum, 1 for those of the second."""
    halves = np.zeros(rows, np.int64)
    for part in strata:
        halves[(part["start"] + part["end"] + 1) // 2 : part["end"]] = 1
    return halves


def _drawn_before(session: Session) -> set[UUID]:
    """Return the enterprises drawn in the year before, without those of unannounced draws whose
    names are sealed: the public counts of a group would tell where those are."""
    since = clock.now() - LOOKING_BACK
    query = select(DrawRow.enterprise_id).join(Draw, Draw.id == DrawRow.draw_id)
    query = query.where(Draw.drawn_at >= since, Draw.rehearsal.is_(False))
    return set(session.scalars(query.where(Draw.id.not_in(hidden_names.still_hidden(session)))))

"""Recusals fixed row by row: what keeps the list from the public and still proves what it decides.

A tree has one leaf for each row of the roster, at the row's place: a salt and the officers who may
not go there. Who shows the leaves of the drawn rows shows every recusal that can matter to the
draw, and cannot leave one out, since a row has one leaf and no other place. Salts hide the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import merkle
from .encoding import Malformed, is_increasing
from .selection import BLOCK, keystream

NAME, KEY = "recusals.json", "recusals-key.json"


def leaves(key: bytes, pool: Sequence[bytes], recusals: Sequence[bytes]) -> list[bytes]:
    """The leaf of each row of pool.tsv: 16 bytes of salt, then the recused officers with commas.

    ``pool``, ``recusals``: strict lines; ``key``: 32 bytes. Raises :class:`Malformed` for a pair
    whose object is in no row, which no leaf could hold, and for lines out of order or there twice:
    the officers of a leaf would be too, and no verifier takes that.
    """
    if not is_increasing(recusals):
        raise Malformed("recusals.tsv has its lines out of order or twice")
    away: dict[bytes, list[bytes]] = {}
    for line in recusals:
        officer, _tab, target = line.partition(b"\t")
        away.setdefault(target, []).append(officer)
    objects = [line.rpartition(b"\t")[2] for line in pool]
    strangers = sorted(away.keys() - set(objects))
    if strangers:
        raise Malformed(f"recusals.tsv names {strangers[0].decode()}, which is not in the roster")
    salts = keystream(key, 0, len(pool))
    return [
        salts[BLOCK * row : BLOCK * row + BLOCK] + b",".join(away.get(target, ()))
        for row, target in enumerate(objects)
    ]


def root(key: bytes, pool: Sequence[bytes], recusals: Sequence[bytes]) -> str:
    """Hex root of the tree over :func:`leaves`."""
    return merkle.root(leaves(key, pool, recusals)).hex()


def part(
    freeze: Mapping[str, Any],
    key: bytes,
    pool: Sequence[bytes],
    recusals: Sequence[bytes],
    rows: Sequence[int],
) -> dict[str, Any]:
    """recusals.json: the leaves of ``rows`` and the path that they share to the frozen root."""
    made, wanted = leaves(key, pool, recusals), sorted(set(rows))
    return {
        "v": freeze["v"],
        "draw": freeze["draw"],
        "rows": [
            {
                "row": row,
                "salt": made[row][:BLOCK].hex(),
                "officers": made[row][BLOCK:].decode("ascii").split(",")
                if len(made[row]) > BLOCK
                else [],
            }
            for row in wanted
        ],
        "path": [step.hex() for step in merkle.shared_path(made, wanted)],
    }


def whole(freeze: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """recusals-key.json: what recusals.tsv needs beside it to lead to the frozen root."""
    return {"v": freeze["v"], "draw": freeze["draw"], "key": key.hex()}


def check_rows(record: Mapping[str, Any], wanted: Sequence[int]) -> None:
    """Refuse a part that does not hold exactly the rows ``wanted``, in ascending order, each with
    its officers in ascending order: a leaf that was frozen otherwise is the leaf of no list."""
    held = [one["row"] for one in record["rows"]]
    missing = sorted(set(wanted) - set(held))
    if missing:
        raise Malformed(f"{NAME} leaves out row {missing[0]}, which was drawn")
    foreign = sorted(set(held) - set(wanted))
    if foreign:
        raise Malformed(f"{NAME} holds row {foreign[0]}, which was not drawn")
    if not is_increasing(held):
        raise Malformed(f"{NAME} has its rows out of order or twice")
    for one in record["rows"]:
        if not is_increasing(one["officers"]):
            raise Malformed(
                f"{NAME} names the officers of row {one['row']} out of order or one of them twice"
            )


def check_path(record: Mapping[str, Any], frozen: str, rows: int) -> None:
    """Refuse a part whose leaves do not lead to the ``frozen`` root (hex) of ``rows`` leaves."""
    entries = {
        one["row"]: bytes.fromhex(one["salt"]) + ",".join(one["officers"]).encode("ascii")
        for one in record["rows"]
    }
    path = [bytes.fromhex(step) for step in record["path"]]
    if not entries and not path:
        return
    known = {row: merkle.leaf_hash(entry) for row, entry in entries.items()}
    found = merkle.root_from_shared(known, rows, path)
    if found is None or found.hex() != frozen:
        raise Malformed(f"{NAME}: the recusals of the drawn rows do not lead to the frozen root")


def pairs(record: Mapping[str, Any], pool: Sequence[bytes]) -> list[bytes]:
    """The lines of recusals.tsv that a checked part holds."""
    return sorted(
        officer.encode("ascii") + b"\t" + pool[one["row"]].rpartition(b"\t")[2]
        for one in record["rows"]
        for officer in one["officers"]
    )

"""Which enterprises: the k rows with the smallest lots in each stratum.

Lot of row i is block i of AES-256 in counter mode, so a million lots are one call; ranking needs
the first 8 bytes, and the rest only where those are equal.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from .commitment import derive
from .encoding import Malformed

BLOCK = 16
CHUNK_ROWS = 1 << 20


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rows [start, end) of the pool, of which k are drawn."""

    code: str
    start: int
    end: int
    k: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn enterprise: its row in pool.tsv, its stratum's place, its lot (16 bytes)."""

    row: int
    stratum: int
    lot: bytes


def keystream(key: bytes, first_block: int, blocks: int) -> bytes:
    """``blocks`` blocks of the AES-256-CTR keystream with IV 0 from block ``first_block``."""
    counter = first_block.to_bytes(BLOCK, "big")
    stream = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    return stream.update(bytes(BLOCK * blocks))


def lot(seed: bytes, row: int) -> bytes:
    """The 16-byte lot of one row: what an enterprise needs to check itself."""
    return keystream(derive(seed, "objects"), row, 1)


def quota(rows: int, rule: dict[str, Any]) -> int:
    """k of a stratum: ceil(rows·num/den), then at least min, at most max, at most rows."""
    num, den = int(rule["num"]), int(rule["den"])
    if den < 1 or num < 0:
        raise Malformed(f"stratum {rule['code']}: the ratio {num}/{den} is none")
    count: int = -(-rows * num // den)
    count = max(count, int(rule["min"] or 0))
    if rule["max"] is not None:
        count = min(count, int(rule["max"]))
    return min(count, rows)


def strata_of(lines: list[bytes], rules: list[dict[str, Any]]) -> list[Stratum]:
    """Row ranges and quotas of the plan's strata, ordered by code as the pool is.

    Raises :class:`Malformed` for a stratum of the pool without a rule; a rule without rows gives
    an empty stratum (start = end, k = 0) at its place.
    """
    ranges: dict[str, list[int]] = {}
    for row, line in enumerate(lines):
        code = line[: line.index(b"\t")].decode("ascii")
        ranges.setdefault(code, [row, row])[1] = row + 1
    by_code = {rule["code"]: rule for rule in rules}
    if len(by_code) != len(rules):
        raise Malformed("two strata of the plan have the same code")
    unknown = sorted(set(ranges) - set(by_code))
    if unknown:
        raise Malformed(f"the pool has stratum {unknown[0]}, the plan has not")
    made, end = [], 0
    for rule in sorted(rules, key=lambda rule: str(rule["code"])):
        start, end = ranges.get(rule["code"], [end, end])
        made.append(Stratum(rule["code"], start, end, quota(end - start, rule)))
    return made


def smallest(key: bytes, start: int, end: int, k: int) -> list[tuple[bytes, int]]:
    """The k smallest (lot, row) of rows [start, end) ascending, in constant memory."""
    best: list[tuple[bytes, int]] = []
    for first in range(start, end, CHUNK_ROWS):
        rows = min(CHUNK_ROWS, end - first)
        stream = keystream(key, first, rows)
        best = heapq.nsmallest(k, [*best, *_smallest_of(stream, first, rows, k)])
    return best


def smallest_of(key: bytes, rows: Sequence[int], k: int) -> list[tuple[bytes, int]]:
    """The k smallest (lot, row) of some rows, ascending; ``rows`` must be ascending."""
    wanted = np.array(rows, dtype=np.int64)
    best: list[tuple[bytes, int]] = []
    for first in range(rows[0] if rows else 0, rows[-1] + 1 if rows else 0, CHUNK_ROWS):
        begin, end = np.searchsorted(wanted, (first, first + CHUNK_ROWS)).tolist()
        if begin == end:
            continue
        places = wanted[begin:end] - first
        stream = np.frombuffer(keystream(key, first, int(places[-1]) + 1), dtype="V16")[places]
        found = _smallest_of(stream.tobytes(), 0, len(places), min(k, len(places)))
        best = heapq.nsmallest(k, [*best, *((lot, rows[begin + place]) for lot, place in found)])
    return best


def _smallest_of(stream: bytes, first: int, rows: int, k: int) -> Iterator[tuple[bytes, int]]:
    heads = np.frombuffer(stream, dtype=">u8")[::2]
    if k < rows:
        native = heads.astype(np.uint64)
        bound = np.partition(native, k - 1)[k - 1] if k else np.uint64(0)
        chosen = np.flatnonzero(native <= bound) if k else np.empty(0, dtype=np.int64)
    else:
        chosen = np.arange(rows)
    for place in chosen.tolist():
        yield stream[BLOCK * place : BLOCK * place + BLOCK], first + place


def draw_rows(seed: bytes, strata: list[Stratum]) -> list[list[Drawn]]:
    """Drawn rows of each stratum in draw order (ascending lot)."""
    key = derive(seed, "objects")
    return [
        [Drawn(row, place, found) for found, row in smallest(key, part.start, part.end, part.k)]
        for place, part in enumerate(strata)
    ]


def tasks(drawn: list[list[Drawn]]) -> list[Drawn]:
    """All drawn rows of all strata in ascending lot: the order of visits and seats."""
    return sorted((one for part in drawn for one in part), key=lambda one: one.lot)


def next_rows(seed: bytes, stratum: Stratum, more: int) -> list[Drawn]:
    """Extend: the ``more`` rows that follow the drawn ones in the same order of a stratum."""
    key = derive(seed, "objects")
    wanted = min(stratum.k + more, stratum.end - stratum.start)
    found = smallest(key, stratum.start, stratum.end, wanted)
    return [Drawn(row, 0, one) for one, row in found[stratum.k :]]

"""One enterprise's proof: its row is in the frozen pool, and its lot is among the drawn ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import merkle
from .draw import Result
from .selection import lot


@dataclass(frozen=True, slots=True)
class RowProof:
    """A pool line with its path; ``largest_lot`` is the largest winning lot of its stratum."""

    row: int
    line: bytes
    path: list[bytes]
    rows: int
    root: bytes
    lot: bytes
    largest_lot: bytes | None

    @property
    def drawn(self) -> bool:
        """Return True if the lot is among the winning ones."""
        return self.largest_lot is not None and self.lot <= self.largest_lot


def proofs(result: Result, seed: bytes, rows: list[int]) -> dict[int, RowProof]:
    """Proofs of several rows at the cost of one Merkle tree."""
    paths = merkle.paths(result.pool_lines, rows)
    root = merkle.root(result.pool_lines)
    largest = result.largest_lots()
    made = {}
    for row in rows:
        place = next(
            number for number, part in enumerate(result.strata) if part.start <= row < part.end
        )
        made[row] = RowProof(
            row=row,
            line=result.pool_lines[row],
            path=paths[row],
            rows=len(result.pool_lines),
            root=root,
            lot=lot(seed, row),
            largest_lot=largest[place],
        )
    return made


def check(proof: RowProof, seed: bytes, freeze: dict[str, Any]) -> str | None:
    """None when the proof holds against the freeze record, else a sentence about what fails."""
    if proof.root.hex() != freeze["pool_root"] or proof.rows != freeze["pool_rows"]:
        return "the roster is another one than the frozen one"
    leaf = merkle.leaf_hash(proof.line)
    if merkle.root_from_path(leaf, proof.row, proof.rows, proof.path) != proof.root:
        return "the row is not in the frozen roster"
    if lot(seed, proof.row) != proof.lot:
        return "the lot is not the one that the seed gives this row"
    return None

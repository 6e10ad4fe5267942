"""The ledger's proofs in a draw's bundle: of its four files, of each batch of replacements, of each
extension.

Every proof is kept as it was first made, so that a bundle's bytes stay the same while the ledger
grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ....ledger import service as ledger
from ....platform import storage
from ...models import Draw
from .. import outcome


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry of the ledger that a bundle proves: the proof's ``name`` in the bundle, the
    entry's type, and its body where entries of this type come several times about one draw."""

    name: str
    entry_type: str
    body: Mapping[str, Any] | None = None


_FILES = (
    Proven("freeze", "draw.frozen"),
    Proven("commits", "draw.commits"),
    Proven("transcript", "draw.transcript"),
    Proven("result", "draw.result"),
)


def proofs_of_files(session: Session, number: str) -> dict[str, bytes]:
    """Return the proofs of the draw's four files by their names in the bundle: all or none."""
    return _kept(session, number, _FILES) or {}


def proofs_of_draw(session: Session, draw: Draw) -> dict[str, bytes]:
    """Return the proofs of the draw's files, batches and extensions, or none of them while one is
    still missing: a bundle is proven as a whole, or says that it is not."""
    later = [
        *(
            Proven(f"replacement-{row.batch}", "draw.replacement", outcome.batch_body(row))
            for row in outcome.batches_of(session, draw)
        ),
        *(
            Proven(f"extension-{row.number}", "draw.extended", outcome.extension_body(row))
            for row in outcome.extensions_of(session, draw)
        ),
    ]
    return _kept(session, draw.number or "", (*_FILES, *later)) or {}


def _kept(session: Session, number: str, wanted: Iterable[Proven]) -> dict[str, bytes] | None:
    """Return every wanted proof by its name in the bundle; None while one cannot be made yet."""
    found: dict[str, bytes] = {}
    for one in wanted:
        key = f"draws/proofs/{number}/{one.name}.tlog-proof"
        if not storage.exists(key):
            proof = _made(session, number, one)
            if proof is None:
                return None
            storage.put_new(key, proof)
        found[f"proofs/{one.name}.tlog-proof"] = storage.get_bytes(key)
    return found


def _made(session: Session, number: str, one: Proven) -> bytes | None:
    if one.body is None:
        return ledger.proof_for(session, one.entry_type, number)
    return ledger.proof_of_body(session, one.entry_type, number, dict(one.body))

"""Holding the steps of a draw against the ledger proofs that a bundle encloses.

Which steps there are and in which order they stand is particular to a version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import tlog
from .case import Case
from .encoding import Malformed, digest

NOT_ANCHORED = "not anchored in a ledger: the bundle has no proofs"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that the ledger holds: its proof's ``name`` in the bundle, ``what`` it is in words,
    the entry's ``type`` and the digest (hex) of what was recorded.

    ``subject``: of the entry, the draw's id where it is None. ``label``: in a rehearsal, where
    every entry has one type, the name of the step in its body.
    """

    name: str
    what: str
    type: str
    sha256: str
    subject: str | None = None
    label: str | None = None

    @property
    def file(self) -> str:
        """The proof's file in the bundle."""
        return f"proofs/{self.name}.tlog-proof"


def step(name: str, what: str, kind: str, content: bytes) -> Step:
    """The step that recorded ``content``."""
    return Step(name, what, kind, digest(content))


def enclosed(case: Case, steps: list[Step], *others: str) -> dict[str, tlog.Proof] | None:
    """The proofs of all steps by their names, or None where the bundle has none of any.

    ``others``: further files below ``proofs/`` that may be there. Raises :class:`Malformed` where
    some are missing or foreign, or one proves something else.
    """
    names = {name for name in case.files if name.startswith("proofs/")} - {*others}
    stray = sorted(names - {one.file for one in steps})
    if stray:
        raise Malformed(f"{stray[0]} is the proof of nothing that the bundle has")
    if not names:
        if case.require_ledger or case.cosigners:
            raise Malformed("the bundle has no ledger proofs, and they were asked for")
        return None
    missing = next((one for one in steps if one.file not in names), None)
    if missing is not None:
        raise Malformed(f"the ledger proof of {missing.what} is missing")
    return {one.name: _proof(case, one) for one in steps}


def _proof(case: Case, step: Step) -> tlog.Proof:
    proof = tlog.read(case.files[step.file], step.file)
    subject = case.freeze["draw"] if step.subject is None else step.subject
    if proof.type != step.type or proof.subject != subject or not _is_labelled(proof, step):
        raise Malformed(f"{step.file} is the proof of something else")
    if proof.body_sha256 != step.sha256:
        raise Malformed(f"{step.file}: the ledger recorded other bytes than the bundle has")
    if case.ledger_key is not None and not tlog.is_signed(proof, case.ledger_key):
        raise Malformed(f"{step.file}: the checkpoint is not signed with the ledger's key")
    return proof


def _is_labelled(proof: tlog.Proof, step: Step) -> bool:
    return step.label is None or proof.body.get("step") == step.label


def roots_by_size(proofs: Sequence[tlog.Proof]) -> dict[int, bytes]:
    """The root of each checkpoint by its size. Raises :class:`Malformed` for proofs of several
    logs, and for two trees of the same size, of which at most one is the log's."""
    if len({proof.origin for proof in proofs}) != 1:
        raise Malformed("the ledger proofs are of different ledgers")
    roots = {proof.size: proof.root for proof in proofs}
    if any(roots[proof.size] != proof.root for proof in proofs):
        raise Malformed("the ledger proofs are of different trees of the same size")
    return roots


def check_cosigners(case: Case, proofs: Sequence[tlog.Proof]) -> None:
    """Refuse proofs whose newest checkpoint lacks the cosignature of a witness asked for."""
    size = max(proof.size for proof in proofs)
    newest = [proof for proof in proofs if proof.size == size]
    for key in case.cosigners:
        if not any(tlog.is_cosigned(proof, key) for proof in newest):
            raise Malformed(f"the newest checkpoint is not cosigned by {key.split('+')[0]}")


def signed_sentence(case: Case, proofs: list[tlog.Proof]) -> str:
    """Return the sentence of the check: which entries of which log, and who looked at its key."""
    signed = "signature checked" if case.ledger_key else "signature not checked: no key was given"
    first, last = proofs[0], proofs[-1]
    return f"entries {first.index} to {last.index} of {first.origin}; {signed}"

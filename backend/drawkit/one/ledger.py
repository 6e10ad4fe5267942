"""The ledger's proofs of a draw of version 1: its four files, then every batch and extension."""

from __future__ import annotations

from .. import tlog
from ..anchoring import (
    NOT_ANCHORED,
    Step,
    check_cosigners,
    enclosed,
    roots_by_size,
    signed_sentence,
    step,
)
from ..case import Case
from ..encoding import Malformed, canonical, is_increasing

_FILES = {
    "freeze": ("freeze.json", "draw.frozen"),
    "commits": ("commits.json", "draw.commits"),
    "transcript": ("transcript.json", "draw.transcript"),
    "result": ("result.tsv", "draw.result"),
}


def ledger(case: Case) -> str:
    """All steps stand in one ledger in their order. Either each of them has its proof, or the
    bundle has none."""
    files = [step(name, file, kind, case.files[file]) for name, (file, kind) in _FILES.items()]
    found = enclosed(case, [*files, *_steps_afterwards(case)])
    if found is None:
        return NOT_ANCHORED
    proofs = list(found.values())
    _refuse_disorder(proofs)
    check_cosigners(case, proofs)
    case.anchored = True
    return signed_sentence(case, proofs)


def _refuse_disorder(places: list[tlog.Proof]) -> None:
    if not is_increasing([proof.index for proof in places[:4]]):
        raise Malformed("the ledger has freeze, commitments, transcript and result out of order")
    if not is_increasing([proof.index for proof in places[3:]]):
        raise Malformed("the ledger has result, replacements and extensions out of order")
    roots_by_size(places)


def _steps_afterwards(case: Case) -> list[Step]:
    """Batches and extensions as they followed each other, an extension after its batch."""
    steps: list[tuple[int, Step]] = []
    for number, entry in enumerate(case.entries("replacements.json", "batches"), 1):
        what, content = f"replacement {number}", canonical(entry)
        steps.append((number, step(f"replacement-{number}", what, "draw.replacement", content)))
    for number, entry in enumerate(case.entries("extensions.json", "extensions"), 1):
        what, content = f"extension {number}", canonical(entry)
        made = step(f"extension-{number}", what, "draw.extended", content)
        steps.append((entry["after"], made))
    return [one for _, one in sorted(steps, key=lambda one: one[0])]

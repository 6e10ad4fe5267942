"""The bundle of a draw, from which anyone computes it again: the public copy and the auditors'.

They differ in one thing: the public copy has the recusals of drawn rows, the auditors' copy has
all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from backend import drawkit

from ....platform import storage
from ....platform.errors import NotFound
from ...models import Draw
from .. import holding, outcome
from ..ground import finding, frozen_files, recording
from . import proofs


def bundle(session: Session, number: str) -> bytes:
    """Return the published zip of a draw whose result is known; raises NotFound before.

    Once the ledger's proofs are in it, it is kept and made again only for a new batch of
    replacements or a new extension.
    """
    draw = finding.by_number(session, number)
    if draw is None or draw.result_sha256 is None:
        raise NotFound
    later = _later_files(session, draw)
    kept_as = drawkit.digest(b"".join(later.values())) if later else draw.result_sha256
    key = f"draws/bundles/{number}-{kept_as}.zip"
    if storage.exists(key):
        return storage.get_bytes(key)
    proven = proofs.proofs_of_draw(session, draw)
    freeze = recording.frozen(draw)
    frozen = holding.frozen_tables(draw, freeze)
    recusals = holding.public_recusals(session, draw, freeze, frozen)
    made = drawkit.write_bundle(_files(draw, frozen, recusals) | later | proven)
    if proven:
        storage.put_bytes(key, made)
    return made


def auditors_bundle(session: Session, draw: Draw) -> bytes:
    """Return the auditors' copy of a draw whose result is known, with every recusal; raises
    NotFound before. It is never kept: what is personal stays in one place."""
    if draw.result_sha256 is None or draw.rehearsal:
        raise NotFound
    freeze = recording.frozen(draw)
    frozen = holding.frozen_tables(draw, freeze)
    files = _files(draw, frozen, holding.all_recusals(draw, freeze, frozen))
    proven = proofs.proofs_of_draw(session, draw)
    return drawkit.write_bundle(files | _later_files(session, draw) | proven)


def _files(
    draw: Draw, frozen: Mapping[str, bytes], recusals: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return the draw's own files: the ``frozen`` tables with ``recusals`` in place of theirs, the
    documents, the result."""
    tables = {name: data for name, data in frozen.items() if name != holding.RECUSALS}
    return {
        **tables,
        **recusals,
        "freeze.json": (draw.freeze_json or "").encode(),
        "plan.json": (draw.plan_json or "").encode(),
        "commits.json": (draw.commits_json or "").encode(),
        "transcript.json": (draw.transcript_json or "").encode(),
        "result.tsv": frozen_files.get("result.tsv", draw.result_sha256 or ""),
    }


def _later_files(session: Session, draw: Draw) -> dict[str, bytes]:
    """Return replacements.json and extensions.json by name, each only if there is one."""
    batches = [outcome.batch_entry(row) for row in outcome.batches_of(session, draw)]
    extensions = [outcome.extension_entry(row) for row in outcome.extensions_of(session, draw)]
    named = (
        (outcome.REPLACEMENTS, "batches", batches),
        (outcome.EXTENSIONS, "extensions", extensions),
    )
    return {name: _record(draw, member, rows) for name, member, rows in named if rows}


def _record(draw: Draw, member: str, entries: list[dict[str, Any]]) -> bytes:
    version = recording.frozen(draw)["v"]
    return drawkit.canonical({"v": version, "draw": draw.number, member: entries})

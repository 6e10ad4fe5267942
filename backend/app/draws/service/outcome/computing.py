"""The result of a draw, computed from its stored transcript over the frozen tables. Writes nothing.

Anyone computes the same from the published bundle.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend import drawkit

from ...errors import RosterDiffers, WrongState
from ...models import Draw
from .. import holding
from ..ground import recording


@dataclass(frozen=True, slots=True)
class Computed:
    """A result with the proofs of its rows and the bytes it is published as."""

    result: drawkit.Result
    proofs: dict[int, drawkit.RowProof]
    tsv: bytes


def compute(draw: Draw) -> Computed:
    """Return the result of a stored transcript over the checked tables.

    Raises WrongState without a transcript, RosterDiffers for stored bytes that are not the frozen
    ones.
    """
    if draw.transcript_json is None or draw.seed is None:
        raise WrongState(state=draw.state)
    freeze = recording.frozen(draw)
    plan_text = (draw.plan_json or "").encode()
    if drawkit.digest(plan_text) != freeze["plan_sha256"]:
        raise RosterDiffers(file="plan.json")
    transcript = drawkit.parse_canonical(draw.transcript_json.encode(), "transcript.json")
    seed = drawkit.seed(transcript)
    if transcript["freeze"] != draw.freeze_sha256 or seed.hex() != draw.seed:
        raise RosterDiffers(file="transcript.json")
    tables = holding.frozen_tables(draw, freeze)
    inputs = drawkit.Inputs(
        plan=drawkit.parse_canonical(plan_text, "plan.json"),
        pool=tables["pool.tsv"],
        officers=tables["officers.tsv"],
        recusals=tables["recusals.tsv"],
        exclusions=tables["exclusions.tsv"],
    )
    result = drawkit.compute(inputs, seed)
    proofs = drawkit.proofs(result, seed, [task.row for task in result.tasks])
    return Computed(result, proofs, result.tsv())

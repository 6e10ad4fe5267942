"""A routine draw in one go, from freeze to lots, by the same steps as people take.

For the generator of the demonstration county and for tests; nothing is left out.
"""

from __future__ import annotations

from uuid import UUID

from backend import drawkit

from ....platform.access import Actor
from ....platform.transactions import read_session
from ... import ceremony_rules
from .. import holding
from ..ground import finding, recording
from . import lots


def run_routine(
    draw_id: UUID,
    operator: Actor,
    witness: Actor,
    *,
    text: str,
    rand: bytes,
    dice: str,
) -> None:
    """Take a frozen draw to its result with one witness (``text``, 32 random bytes), who also
    confirms each throw of the ``dice`` (at least 20 digits)."""
    (token,) = ceremony_rules.Shape().tokens()
    with read_session() as session:
        draw = finding.get(session, draw_id, operator)
        freeze, size = drawkit.freeze_hash(recording.frozen(draw)), draw.dice
    secret = drawkit.witness_secret(text, rand)
    commitment = drawkit.witness_commitment(freeze, token, secret)
    holding.commit_witness(draw_id, commitment, witness)
    holding.open_operator(draw_id, operator)
    holding.reveal_witness(draw_id, token, text, rand.hex(), witness)
    for number in range(1, ceremony_rules.throws_needed(size) + 1):
        digits = dice[(number - 1) * size : number * size]
        holding.type_throw(draw_id, number, digits, operator)
        holding.confirm_throw(draw_id, holding.Seen(number, 1, digits), witness)
    lots.draw_lots(draw_id, operator)

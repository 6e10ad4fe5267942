"""The routine form of a draw in one go, from freeze to lots: the same steps as people press.

For the generator of the demonstration county and for tests; nothing is left out.
"""

from __future__ import annotations

from uuid import UUID

from backend import drawkit

from ...platform.access import Actor
from ...platform.transactions import read_session
from .. import rules
from . import drawing, preparing, revealing


def run_routine(
    draw_id: UUID,
    operator: Actor,
    witness: Actor,
    *,
    text: str,
    rand: bytes,
    dice: str,
) -> None:
    """Take a frozen draw to its result with one witness (``text``, 32 random bytes) and dice."""
    token = rules.ROUTINE_WITNESSES[0]
    with read_session() as session:
        draw = preparing.get(session, draw_id, operator)
        freeze = drawkit.freeze_hash(revealing.frozen(draw))
    secret = drawkit.witness_secret(text, rand)
    commitment = drawkit.witness_commitment(freeze, token, secret)
    revealing.commit_witness(draw_id, commitment, witness)
    revealing.open_operator(draw_id, operator)
    revealing.reveal_witness(draw_id, token, text, rand.hex(), witness)
    revealing.throw_dice(draw_id, dice, operator)
    drawing.draw_lots(draw_id, operator)

"""Revealing what was committed to: the operator first, then every witness of the closed list.

Each step moves the locked draw exactly once and leaves its trace in the same transaction; dice come
only after the last reveal (``throwing``). Nothing here computes a lot.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from backend import drawkit

from ....platform import clock
from ....platform.access import Actor
from ... import rules
from ...errors import (
    NoWitnessPlace,
    RevealDiffers,
    RosterDiffers,
    TextNotPlain,
    WitnessNotIndependent,
    WrongState,
)
from ...models import Draw, DrawWitness
from ..ground import finding, recording, vault
from . import witnessing


def open_operator(draw_id: UUID, by: Actor) -> None:
    """Reveal the operator's secret, before any witness's. From here on the draw can be voided, not
    cancelled.

    Raises NotFound, OutsideYourDepartment, WrongState, WitnessNotIndependent, RosterDiffers,
    LedgerStandsStill.
    """
    with recording.step() as session:
        draw = operated(session, draw_id, by)
        if not recording.may_step(draw, rules.COMMITTED, rules.OPENED):
            return
        recording.demand(session, draw, "commits")
        freeze = recording.frozen(draw)
        kept = vault.open_(draw.secrets or "")
        own = drawkit.operator_commitment(freeze["draw"], bytes.fromhex(kept.operator))
        if own != freeze["op_commit"]:
            raise RosterDiffers(file="freeze.json")
        draw.operator_secret = kept.operator
        draw.state, draw.opened_at = rules.OPENED, clock.now()
        recording.trace(session, draw, "revealed", by, {"who": "operator", "value": kept.operator})


def reveal_witness(draw_id: UUID, token: str, text: str, rand: str, by: Actor) -> None:
    """Take the text and random bytes (hex) of a routine draw's witness, sent by the witness.

    They must fit the commitment; a second call changes nothing. Raises NotFound, WrongState,
    NoWitnessPlace, TextNotPlain, RevealDiffers, LedgerStandsStill.
    """
    with recording.step() as session:
        draw = finding.get(session, draw_id, by, lock=True)
        place = _committed(session, draw, token)
        if place.account_id != by.account_id:
            raise NoWitnessPlace
        _reveal_by(session, draw, place, (text, rand), by)


def type_slip(draw_id: UUID, token: str, text: str, rand: str, by: Actor) -> None:
    """Take a witness's text and random bytes as ``reveal_witness`` does, typed from the paper slip
    by a person who runs the draw.

    Raises OutsideYourDepartment too.
    """
    with recording.step() as session:
        draw = finding.get_to_run(session, draw_id, by)
        _reveal_by(session, draw, _committed(session, draw, token), (text, rand), by)


def _committed(session: Session, draw: Draw, token: str) -> DrawWitness:
    """Return the place of a witness who has committed; raises NoWitnessPlace."""
    place = session.get(DrawWitness, (draw.id, token), populate_existing=True)
    if place is None or place.commitment is None:
        raise NoWitnessPlace
    return place


def _reveal_by(
    session: Session, draw: Draw, place: DrawWitness, secret: tuple[str, str], by: Actor
) -> None:
    recording.note_step(session, draw, "revealed", by)
    actor = recording.actor_token(session, by)
    _reveal(session, draw, place, secret, actor, slip=place.account_id != by.account_id)


def reveal_by_phone(join_token: str, key: str, text: str, rand: str) -> None:
    """Take a witness's text and random bytes from the witness's own phone.

    Raises NotFound, NotYourPlace, WrongState, TextNotPlain, RevealDiffers, LedgerStandsStill.
    """
    with recording.step() as session:
        draw, place = witnessing.by_phone(session, join_token, key, lock=True)
        actor = f"witness:{place.token}"
        _reveal(session, draw, place, (text, rand), actor, slip=False)


def unrevealed_witnesses(session: Session, draw: Draw) -> list[DrawWitness]:
    """Return the witnesses of the closed list who have not revealed."""
    return [place for place in witnessing.closed_list(session, draw) if place.revealed_at is None]


def operated(session: Session, draw_id: UUID, by: Actor) -> Draw:
    """Return the locked draw for a step of the operator, who must be nobody's witness.

    Raises NotFound, OutsideYourDepartment, WitnessNotIndependent.
    """
    draw = finding.get_to_run(session, draw_id, by)
    if any(place.account_id == by.account_id for place in witnessing.witnesses(session, draw)):
        raise WitnessNotIndependent
    return draw


def _reveal(
    session: Session,
    draw: Draw,
    place: DrawWitness,
    told: tuple[str, str],
    actor: str,
    *,
    slip: bool,
) -> None:
    if place.revealed_at is not None:
        return
    if draw.state != rules.OPENED or place.commitment is None:
        raise WrongState(state=draw.state)
    recording.demand(session, draw, "revealed")
    text, rand = told
    _check(draw, place, text, rand)
    place.text, place.rand, place.revealed_at = text, rand, clock.now()
    place.from_slip = slip
    session.flush()
    body = {"who": place.token, "text": text, "rand": rand}
    recording.trace(session, draw, "revealed", actor, body)


def _check(draw: Draw, place: DrawWitness, text: str, rand: str) -> None:
    if not rules.is_plain_text(text):
        raise TextNotPlain
    if len(rand) != 64 or set(rand) - set("0123456789abcdef"):
        raise RevealDiffers
    freeze = drawkit.freeze_hash(recording.frozen(draw))
    secret = drawkit.witness_secret(text, bytes.fromhex(rand))
    if drawkit.witness_commitment(freeze, place.token, secret) != place.commitment:
        raise RevealDiffers

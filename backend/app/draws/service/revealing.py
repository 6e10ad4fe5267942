"""Commit and reveal: the witness commits, the list closes, the operator reveals first, then the
witness, last the dice. Nothing here computes a lot.

Each step moves the locked draw exactly once and leaves its trace in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ...accounts import service as accounts
from ...platform import clock
from ...platform.access import Actor
from ...platform.transactions import unit_of_work
from .. import rules, vault
from ..errors import (
    CommitmentMalformed,
    DiceNotEnough,
    NoWitnessPlace,
    RevealDiffers,
    RosterDiffers,
    WitnessNotIndependent,
    WrongState,
)
from ..models import Draw, DrawWitness
from . import preparing, recording


def witnesses(session: Session, draw: Draw) -> Sequence[DrawWitness]:
    """The places for witnesses, by token."""
    query = select(DrawWitness).where(DrawWitness.draw_id == draw.id)
    return session.scalars(query.order_by(DrawWitness.token)).all()


def own_place(session: Session, draw: Draw, by: Actor) -> DrawWitness | None:
    """This person's place, else a free one, else None; None too for who froze the draw."""
    if draw.frozen_by == by.account_id:
        return None
    places = witnesses(session, draw)
    mine = [place for place in places if place.account_id == by.account_id]
    free = [place for place in places if place.account_id is None]
    return next(iter(mine + free), None)


def commit_witness(draw_id: UUID, commitment: str, by: Actor) -> None:
    """Take a place with a commitment; the list closes when every place is taken.

    Sending the same one again changes nothing. Raises NotFound, WrongState,
    WitnessNotIndependent, NoWitnessPlace, CommitmentMalformed.
    """
    if len(commitment) != 64 or set(commitment) - set("0123456789abcdef"):
        raise CommitmentMalformed
    with unit_of_work() as session:
        draw = preparing.get(session, draw_id, by, lock=True)
        if draw.frozen_by == by.account_id:
            raise WitnessNotIndependent
        place = own_place(session, draw, by)
        if place is None:
            raise NoWitnessPlace
        if place.commitment == commitment:
            return
        if place.commitment is not None or draw.state != rules.FROZEN:
            raise WrongState(state=draw.state)
        place.account_id, place.commitment = by.account_id, commitment
        place.office = accounts.department(session, by.department_id).name
        place.committed_at = clock.now()
        session.flush()
        _close_when_full(session, draw, by)


def _close_when_full(session: Session, draw: Draw, by: Actor) -> None:
    places = witnesses(session, draw)
    if any(place.commitment is None for place in places):
        return
    commits = {place.token: place.commitment for place in places}
    draw.commits_json = drawkit.canonical(commits).decode()
    draw.state, draw.committed_at = rules.COMMITTED, clock.now()
    recording.trace(session, draw, "commits", by, recording.of_file(draw.commits_json))


def open_operator(draw_id: UUID, by: Actor) -> None:
    """The operator reveals first. From here on the draw can no longer be cancelled, only voided.

    Raises NotFound, OutsideYourDepartment, WrongState, WitnessNotIndependent, RosterDiffers.
    """
    with unit_of_work() as session:
        draw = _operated(session, draw_id, by)
        if not recording.may_step(draw, rules.COMMITTED, rules.OPENED):
            return
        freeze = frozen(draw)
        kept = vault.open_(draw.secrets or "")
        own = drawkit.operator_commitment(freeze["draw"], bytes.fromhex(kept.operator))
        if own != freeze["op_commit"]:
            raise RosterDiffers(file="freeze.json")
        draw.operator_secret = kept.operator
        draw.state, draw.opened_at = rules.OPENED, clock.now()
        recording.trace(session, draw, "revealed", by, {"who": "operator", "value": kept.operator})


def reveal_witness(draw_id: UUID, token: str, text: str, rand: str, by: Actor) -> None:
    """A witness's text and random bytes (hex): by the witness, or typed in from the paper slip by
    who runs the draw. Only what fits the commitment is taken; twice is once.

    Raises NotFound, WrongState, NoWitnessPlace, RevealDiffers.
    """
    with unit_of_work() as session:
        draw = preparing.get(session, draw_id, by, lock=True)
        place = session.get(DrawWitness, (draw.id, token))
        if place is None or not _may_reveal(draw, place, by):
            raise NoWitnessPlace
        if place.revealed_at is not None:
            return
        if draw.state != rules.OPENED:
            raise WrongState(state=draw.state)
        _check_reveal(draw, place, text, rand)
        place.text, place.rand, place.revealed_at = text, rand, clock.now()
        body = {"who": token, "text": text, "rand": rand}
        recording.trace(session, draw, "revealed", by, body)


def _may_reveal(draw: Draw, place: DrawWitness, by: Actor) -> bool:
    runs = by.may("draw.run") and draw.department_id in by.scope
    return runs or place.account_id == by.account_id


def _check_reveal(draw: Draw, place: DrawWitness, text: str, rand: str) -> None:
    freeze = drawkit.freeze_hash(frozen(draw))
    if not rules.is_plain_text(text) or len(rand) != 64 or set(rand) - set("0123456789abcdef"):
        raise RevealDiffers
    secret = drawkit.witness_secret(text, bytes.fromhex(rand))
    if drawkit.witness_commitment(freeze, place.token, secret) != place.commitment:
        raise RevealDiffers


def throw_dice(draw_id: UUID, typed: str, by: Actor) -> None:
    """The last, public source; with it the transcript is whole and stored. Computes no lot.

    Raises NotFound, OutsideYourDepartment, WrongState, WitnessNotIndependent, DiceNotEnough.
    """
    with unit_of_work() as session:
        draw = _operated(session, draw_id, by)
        if not recording.may_step(draw, rules.OPENED, rules.REVEALED):
            return
        places = witnesses(session, draw)
        if any(place.revealed_at is None for place in places):
            raise WrongState(state=draw.state)
        digits = rules.read_dice(typed)
        if digits is None:
            raise DiceNotEnough
        transcript = drawkit.transcript(
            frozen(draw),
            bytes.fromhex(draw.operator_secret or ""),
            [
                {"id": place.token, "text": place.text or "", "rand": place.rand or ""}
                for place in places
            ],
            {"type": rules.PUBLIC_SOURCE["type"], "value": digits},
        )
        draw.transcript_json = drawkit.canonical(transcript).decode()
        draw.seed = drawkit.seed(transcript).hex()
        draw.state, draw.revealed_at = rules.REVEALED, clock.now()
        body = recording.of_file(draw.transcript_json)
        recording.trace(session, draw, "transcript", by, body)


def frozen(draw: Draw) -> dict[str, Any]:
    """The freeze record, checked against its digest; raises RosterDiffers."""
    text = (draw.freeze_json or "").encode()
    if drawkit.digest(text) != draw.freeze_sha256:
        raise RosterDiffers(file="freeze.json")
    return drawkit.parse_canonical(text, "freeze.json")


def _operated(session: Session, draw_id: UUID, by: Actor) -> Draw:
    """The draw for a step of the operator, who is nobody's witness."""
    draw = preparing.get_to_run(session, draw_id, by)
    if any(place.account_id == by.account_id for place in witnesses(session, draw)):
        raise WitnessNotIndependent
    return draw

"""The dice, throw by throw: the operator types what fell, and a second person looks and confirms.

Only a confirmed throw counts and enters the ledger. With the last throw the transcript is complete
and stored. Nothing here computes a lot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ....platform import clock
from ....platform.access import Actor
from ... import ceremony_rules as ceremony
from ... import rules
from ...errors import (
    NotTheWitness,
    NotYourPlace,
    RefusedBefore,
    SecondPersonNeeded,
    ThrowMalformed,
    ThrowOutOfTurn,
    ThrowWaits,
    WrongState,
)
from ...models import Draw, DrawThrow, DrawWitness
from ..ground import finding, recording
from . import revealing, witnessing


@dataclass(frozen=True, slots=True)
class Seen:
    """The throw that a second person looked at; a decision from a stale page names another throw
    and is refused."""

    number: int
    attempt: int
    digits: str


def throws(session: Session, draw: Draw) -> Sequence[DrawThrow]:
    """Return every throw as typed, in order, refused attempts too."""
    query = select(DrawThrow).where(DrawThrow.draw_id == draw.id)
    return session.scalars(query.order_by(DrawThrow.number, DrawThrow.attempt)).all()


def confirmed_throws(known: Sequence[DrawThrow]) -> list[DrawThrow]:
    """Return the throws that count."""
    return [one for one in known if one.state == ceremony.CONFIRMED]


def waiting_throw(known: Sequence[DrawThrow]) -> DrawThrow | None:
    """Return the throw that waits for a second person, or None."""
    return next((one for one in known if one.state == ceremony.TYPED), None)


def type_throw(draw_id: UUID, number: int, typed: str, by: Actor) -> None:
    """Keep the digits that fell at throw ``number`` (from 1), typed by a person who runs the draw;
    they do not count yet.

    A second call with the same digits changes nothing. Raises NotFound, OutsideYourDepartment,
    WrongState, WitnessNotIndependent, ThrowMalformed, ThrowOutOfTurn, ThrowWaits,
    LedgerStandsStill.
    """
    with recording.step() as session:
        draw = revealing.operated(session, draw_id, by)
        digits = ceremony.read_throw(typed, draw.dice)
        if digits is None:
            raise ThrowMalformed(dice=draw.dice)
        known = throws(session, draw)
        if any(one.number == number and one.digits == digits for one in confirmed_throws(known)):
            return
        if draw.state != rules.OPENED or revealing.unrevealed_witnesses(session, draw):
            raise WrongState(state=draw.state)
        if number != len(confirmed_throws(known)) + 1:
            raise ThrowOutOfTurn
        pending = waiting_throw(known)
        if pending is not None and pending.digits == digits:
            return
        if pending is not None:
            raise ThrowWaits
        session.add(
            DrawThrow(
                draw_id=draw.id,
                number=number,
                attempt=sum(one.number == number for one in known) + 1,
                digits=digits,
                typed_by=by.account_id,
                typed_at=clock.now(),
            )
        )
        recording.note_step(session, draw, "typed", by)
        recording.moved(draw)


def confirm_throw(draw_id: UUID, seen: Seen, by: Actor) -> None:
    """Confirm the throw as a second signed-in person; a second call changes nothing.

    In a routine draw that person is its witness and nobody else; in every draw they are independent
    of the person who typed the throw. Raises NotFound, SecondPersonNeeded, NotTheWitness,
    NotIndependent, ThrowOutOfTurn, LedgerStandsStill.
    """
    with recording.step() as session:
        draw = finding.get(session, draw_id, by, lock=True)
        throw = _seen(session, draw, seen)
        if throw.typed_by == by.account_id:
            raise SecondPersonNeeded
        _refuse_other_than_witness(session, draw, by)
        finding.refuse_dependent(session, "draw.throw", draw, [throw.typed_by], by.account_id)
        if _decide(throw, ceremony.CONFIRMED):
            throw.confirmed_by = by.account_id
            recording.note_step(session, draw, "looked", by)
            _count(session, draw, throw, recording.actor_token(session, by))


def _refuse_other_than_witness(session: Session, draw: Draw, by: Actor) -> None:
    """Raise NotTheWitness for anybody but the witness of a routine draw."""
    if draw.form != ceremony.ROUTINE:
        return
    if all(one.account_id != by.account_id for one in witnessing.closed_list(session, draw)):
        raise NotTheWitness


def confirm_by_phone(
    join_token: str, key: str, seen: Seen, *, signed_in: UUID | None = None
) -> None:
    """Confirm the throw as a witness of the closed list, from the phone; a second call changes
    nothing.

    Refused in a browser in which the person who typed it is ``signed_in``, and from a place that
    this account has. Raises NotFound, NotYourPlace, ThrowOutOfTurn, SecondPersonNeeded,
    NotIndependent, LedgerStandsStill.
    """
    with recording.step() as session:
        draw, token = _witness(session, join_token, key)
        throw = _seen(session, draw, seen)
        place = session.get_one(DrawWitness, (draw.id, token))
        if throw.typed_by in (signed_in, place.account_id):
            raise SecondPersonNeeded
        for one in filter(None, (signed_in, place.account_id)):
            finding.refuse_dependent(session, "draw.throw", draw, [throw.typed_by], one)
        if _decide(throw, ceremony.CONFIRMED):
            throw.witness = token
            _count(session, draw, throw, f"witness:{token}")


def refuse_throw(draw_id: UUID, seen: Seen, by: Actor) -> None:
    """Refuse the throw, as anyone of the office, because other digits fell; the person who typed it
    may too.

    The throw is then typed again, and the refused digits stay on record. Raises NotFound,
    ThrowOutOfTurn, RefusedBefore.
    """
    with recording.step() as session:
        draw = finding.get(session, draw_id, by, lock=True)
        throw = _seen(session, draw, seen)
        _refuse_again(session, draw, throw, lambda one: one.confirmed_by == by.account_id)
        if _decide(throw, ceremony.REFUSED):
            throw.confirmed_by = by.account_id
            recording.note_step(session, draw, "looked", by)
            _record_refusal(session, draw, throw, recording.actor_token(session, by))


def refuse_by_phone(join_token: str, key: str, seen: Seen) -> None:
    """Refuse the throw as a witness of the closed list. Raises NotFound, NotYourPlace,
    ThrowOutOfTurn, RefusedBefore."""
    with recording.step() as session:
        draw, token = _witness(session, join_token, key)
        throw = _seen(session, draw, seen)
        _refuse_again(session, draw, throw, lambda one: one.witness == token)
        if _decide(throw, ceremony.REFUSED):
            throw.witness = token
            _record_refusal(session, draw, throw, f"witness:{token}")


def _witness(session: Session, join_token: str, key: str) -> tuple[Draw, str]:
    draw, place = witnessing.by_phone(session, join_token, key, lock=True)
    if place.commitment is None:
        raise NotYourPlace
    return draw, place.token


def _seen(session: Session, draw: Draw, seen: Seen) -> DrawThrow:
    throw = session.get(DrawThrow, (draw.id, seen.number, seen.attempt), populate_existing=True)
    if throw is None or throw.digits != seen.digits:
        raise ThrowOutOfTurn
    if throw.state == ceremony.TYPED and draw.state != rules.OPENED:
        raise WrongState(state=draw.state)
    return throw


def _refuse_again(
    session: Session, draw: Draw, throw: DrawThrow, by: Callable[[DrawThrow], bool]
) -> None:
    """Raise RefusedBefore if this person refused the same digits of the same throw before.

    A person who computes the result from a waiting throw could otherwise keep it from counting for
    ever. Another person may still refuse it.
    """
    for one in throws(session, draw):
        before = one.number == throw.number and one.attempt < throw.attempt
        same = before and one.digits == throw.digits and one.state == ceremony.REFUSED
        if same and by(one):
            raise RefusedBefore


def _decide(throw: DrawThrow, state: str) -> bool:
    """Move a typed throw to ``state`` and return True; False when it is there already. Raises
    ThrowOutOfTurn when it was decided the other way."""
    if throw.state == state:
        return False
    if throw.state != ceremony.TYPED:
        raise ThrowOutOfTurn
    throw.state, throw.decided_at = state, clock.now()
    return True


def _record_refusal(session: Session, draw: Draw, throw: DrawThrow, by: str) -> None:
    body = {"throw": throw.number, "attempt": throw.attempt, "digits": throw.digits}
    recording.trace(session, draw, "refused", by, body)


def _count(session: Session, draw: Draw, throw: DrawThrow, by: str) -> None:
    session.flush()
    body = {"throw": throw.number, "digits": throw.digits}
    recording.trace(session, draw, "thrown", by, body)
    digits = "".join(one.digits for one in confirmed_throws(throws(session, draw)))
    if len(digits) >= ceremony.MIN_DIGITS:
        _close_transcript(session, draw, digits, by)


def _close_transcript(session: Session, draw: Draw, digits: str, by: str) -> None:
    places = witnessing.closed_list(session, draw)
    transcript = drawkit.transcript(
        recording.frozen(draw),
        bytes.fromhex(draw.operator_secret or ""),
        [
            {"id": place.token, "text": place.text or "", "rand": place.rand or ""}
            for place in places
        ],
        {"type": recording.frozen(draw)["public"]["type"], "value": digits},
    )
    draw.transcript_json = drawkit.canonical(transcript).decode()
    draw.seed = drawkit.seed(transcript).hex()
    draw.state, draw.revealed_at = rules.REVEALED, clock.now()
    recording.trace(session, draw, "transcript", by, recording.of_file(draw.transcript_json))

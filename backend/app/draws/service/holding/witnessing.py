"""Witnesses take their places and commit: by account in the routine form, with their own phones in
a ceremony.

A ceremony begins only after the lead time. The closed list enters the ledger. Nothing here reveals
anything or computes a lot.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ....accounts import service as accounts
from ....disclosure import service as disclosure
from ....ledger import service as ledger
from ....platform import clock
from ....platform.access import Actor
from ....platform.errors import NotFound
from ....platform.i18n import gettext as _
from ....platform.settings import current_settings
from ....platform.transactions import unit_of_work
from ... import ceremony_rules as ceremony
from ... import rules
from ...errors import (
    CommitmentMalformed,
    FreezeNotInLedger,
    JoiningOver,
    LeadTimeRuns,
    NameMalformed,
    NotYourPlace,
    NoWitnessPlace,
    QuorumNotMet,
    RunsTheDraw,
    WitnessNotIndependent,
    WrongState,
)
from ...models import Draw, DrawWitness
from ..ground import finding, recording

MAX_NAME, MAX_OFFICE = 40, 60
_KEY_BYTES = 24


def witnesses(session: Session, draw: Draw) -> Sequence[DrawWitness]:
    """Return the places for witnesses, by token."""
    query = select(DrawWitness).where(DrawWitness.draw_id == draw.id)
    return session.scalars(query.order_by(DrawWitness.token)).all()


def closed_list(session: Session, draw: Draw) -> list[DrawWitness]:
    """Return the places with a commitment; once the list is closed, their randomness goes in."""
    return [place for place in witnesses(session, draw) if place.commitment is not None]


def own_place(session: Session, draw: Draw, by: Actor) -> DrawWitness | None:
    """Return this person's place in a routine draw, or a free one, or None.

    None too for the person who froze the draw, and in a ceremony, whose places belong to phones.
    """
    if draw.frozen_by == by.account_id or draw.form != ceremony.ROUTINE:
        return None
    places = witnesses(session, draw)
    mine = [place for place in places if place.account_id == by.account_id]
    free = [place for place in places if place.account_id is None]
    return next(iter(mine + free), None)


def commit_witness(draw_id: UUID, commitment: str, by: Actor) -> None:
    """Take the place of a routine draw with a commitment, which closes the list.

    The same commitment again changes nothing. Raises NotFound, WrongState, WitnessNotIndependent,
    NoWitnessPlace, CommitmentMalformed, NotIndependent.
    """
    _refuse_malformed(commitment)
    with recording.step() as session:
        draw = finding.get(session, draw_id, by, lock=True)
        if draw.frozen_by == by.account_id:
            raise WitnessNotIndependent
        place = own_place(session, draw, by)
        if place is None:
            raise NoWitnessPlace
        if place.commitment == commitment:
            return
        if place.commitment is not None or draw.state != rules.FROZEN:
            raise WrongState(state=draw.state)
        finding.refuse_dependent(session, "draw.witness", draw, [draw.frozen_by], by.account_id)
        place.account_id, place.commitment = by.account_id, commitment
        place.office = accounts.department(session, by.department_id).name
        place.joined_at = place.committed_at = clock.now()
        session.flush()
        _close(session, draw, by)


def opens_at(draw: Draw) -> datetime | None:
    """Return when a frozen ceremony may begin: the lead time after its freeze; None before it."""
    if draw.frozen_at is None:
        return None
    return draw.frozen_at + timedelta(minutes=current_settings().lead_minutes)


def begin(draw_id: UUID, by: Actor) -> None:
    """Open a frozen draw's ceremony: from now on its code lets witnesses in for some hours.

    A second call changes nothing; after those hours it lets witnesses in again. Raises NotFound,
    OutsideYourDepartment, WrongState, LeadTimeRuns, FreezeNotInLedger.
    """
    with recording.step() as session:
        draw = finding.get_to_run(session, draw_id, by)
        if draw.form != ceremony.CEREMONY or draw.state != rules.FROZEN:
            raise WrongState(state=draw.state)
        now = clock.now()
        if draw.join_until is not None and now < draw.join_until:
            return
        _refuse_early(session, draw, now)
        draw.join_until = now + timedelta(hours=ceremony.JOIN_HOURS)
        if draw.began_at is not None:
            recording.note_step(session, draw, "begun", by)
            recording.moved(draw)
            return
        draw.began_at, draw.join_token = now, secrets.token_urlsafe(_KEY_BYTES)
        waited = now - (draw.frozen_at or now)
        body = {
            "lead_minutes": current_settings().lead_minutes,
            "waited": int(waited.total_seconds()),
        }
        recording.trace(session, draw, "begun", by, body)


def _refuse_early(session: Session, draw: Draw, now: datetime) -> None:
    opens = opens_at(draw) or now
    if now < opens:
        at = clock.local(opens).strftime("%H:%M:%S")
        detail = _("It may begin at %(at)s.", at=at)
        raise LeadTimeRuns(detail, opens_at=opens.isoformat())
    kind = recording.entry_type(draw, "frozen")
    if ledger.index_of(session, kind, draw.number or "") is None:
        raise FreezeNotInLedger


def join(
    join_token: str, key: str, name: str, office: str, *, signed_in: UUID | None = None
) -> str:
    """Give a phone a place, by the code it scanned and a key it made, and return the place's token.

    The same key finds its place again, so that a lost reply costs nothing. A browser in which
    somebody is ``signed_in`` to the office takes the place for that account: one place each, and
    none for a person who took a step of the draw. Raises NotFound, JoiningOver, NoWitnessPlace,
    NameMalformed, RunsTheDraw.
    """
    if not rules.is_name(name, MAX_NAME) or not rules.is_name(office, MAX_OFFICE):
        raise NameMalformed
    with unit_of_work() as session:
        draw = finding.by_code(session, join_token, lock=True)
        found = place_of(session, draw, key)
        if found is None:
            found = _free_place(session, draw)
        elif found.commitment is not None:
            return found.token
        _refuse_closed(draw)
        _bind(session, draw, found, signed_in)
        found.key_sha256, found.joined_at = _digest(draw, key), clock.now()
        found.name, found.office = name, disclosure.without_long_numbers(office)
        recording.moved(draw)
        return found.token


def _bind(session: Session, draw: Draw, place: DrawWitness, account_id: UUID | None) -> None:
    """Bind the place to the account that is signed in in the phone's browser, if there is one."""
    if account_id is None:
        return
    if recording.has_taken_step(session, draw, account_id):
        raise RunsTheDraw
    for one in witnesses(session, draw):
        if one.account_id == account_id and one.token != place.token:
            raise NoWitnessPlace
    place.account_id = account_id


def _free_place(session: Session, draw: Draw) -> DrawWitness:
    _refuse_closed(draw)
    for place in witnesses(session, draw):
        if place.key_sha256 is None:
            return place
    raise NoWitnessPlace


def _refuse_closed(draw: Draw) -> None:
    late = draw.join_until is None or clock.now() >= draw.join_until
    if draw.state != rules.FROZEN or late:
        raise JoiningOver(state=draw.state)


def commit_by_phone(join_token: str, key: str, commitment: str) -> None:
    """Take a witness's commitment from the phone that has the place; the same one again changes
    nothing.

    Raises NotFound, NotYourPlace, WrongState, CommitmentMalformed.
    """
    _refuse_malformed(commitment)
    with recording.step() as session:
        draw, place = by_phone(session, join_token, key, lock=True)
        if place.commitment == commitment:
            return
        if place.commitment is not None or draw.state != rules.FROZEN:
            raise WrongState(state=draw.state)
        place.commitment, place.committed_at = commitment, clock.now()
        if place.account_id is not None:
            recording.note_step(session, draw, "witnessed", place.account_id)
        body = {"who": place.token, "commitment": commitment}
        recording.trace(session, draw, "committed", f"witness:{place.token}", body)


def free_place(draw_id: UUID, token: str, by: Actor) -> None:
    """Free a place whose witness has not committed, for a wrong person or a lost phone. A place
    with a commitment is never freed. Raises NotFound, OutsideYourDepartment, WrongState."""
    with unit_of_work() as session:
        draw = finding.get_to_run(session, draw_id, by)
        place = session.get(DrawWitness, (draw.id, token))
        if place is None:
            raise NotFound
        if draw.state != rules.FROZEN or place.commitment is not None:
            raise WrongState(state=draw.state)
        _forget(place)
        recording.note_step(session, draw, "freed", by)
        recording.moved(draw)


def close_list(draw_id: UUID, by: Actor) -> None:
    """Close the list of witnesses, at or above the quorum; a second call changes nothing.

    A person who joined and did not commit takes no part, and the name is forgotten. Raises
    NotFound, OutsideYourDepartment, WrongState, QuorumNotMet, LedgerStandsStill.
    """
    with recording.step() as session:
        draw = finding.get_to_run(session, draw_id, by)
        if not recording.may_step(draw, rules.FROZEN, rules.COMMITTED):
            return
        if draw.form != ceremony.CEREMONY or draw.began_at is None:
            raise WrongState(state=draw.state)
        have, need = len(closed_list(session, draw)), recording.frozen(draw)["quorum"]
        if have < need:
            raise QuorumNotMet(have=have, need=need)
        forget_uncommitted(session, draw)
        _close(session, draw, by)


def forget_uncommitted(session: Session, draw: Draw) -> None:
    """Delete the names of those who joined and did not commit."""
    for place in witnesses(session, draw):
        if place.commitment is None:
            _forget(place)


def _close(session: Session, draw: Draw, by: Actor) -> None:
    commits = {place.token: place.commitment for place in closed_list(session, draw)}
    draw.commits_json = drawkit.canonical(commits).decode()
    draw.state, draw.committed_at = rules.COMMITTED, clock.now()
    recording.trace(session, draw, "commits", by, recording.of_file(draw.commits_json))


def by_phone(
    session: Session, join_token: str, key: str, *, lock: bool = False
) -> tuple[Draw, DrawWitness]:
    """Return the draw of a code and this phone's place in it. Raises NotFound, NotYourPlace."""
    draw = finding.by_code(session, join_token, lock=lock)
    place = place_of(session, draw, key)
    if place is None:
        raise NotYourPlace
    return draw, place


def place_of(session: Session, draw: Draw, key: str) -> DrawWitness | None:
    """Return the place in this draw that a phone's key opens."""
    query = select(DrawWitness).where(
        DrawWitness.draw_id == draw.id, DrawWitness.key_sha256 == _digest(draw, key)
    )
    return session.scalar(query.execution_options(populate_existing=True))


def _forget(place: DrawWitness) -> None:
    place.key_sha256, place.name, place.office, place.joined_at = None, "", "", None
    place.account_id = None


def _digest(draw: Draw, key: str) -> str:
    """Return the stored digest of a phone's key; it differs in each draw, so that none gives away
    another."""
    if not 32 <= len(key) <= 128 or not key.isascii():
        raise NotYourPlace
    return sha256(f"{draw.join_token}\n{key}".encode("ascii")).hexdigest()


def _refuse_malformed(commitment: str) -> None:
    if len(commitment) != 64 or set(commitment) - set("0123456789abcdef"):
        raise CommitmentMalformed

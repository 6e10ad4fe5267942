"""What all steps of a draw share: each moves the draw exactly once and leaves its trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import drawkit

from ....accounts import service as accounts
from ....ledger import service as ledger
from ....platform import clock
from ....platform.access import (
    DEPARTMENT_ADMIN,
    INSPECTOR,
    OVERSIGHT,
    SUPERVISOR,
    SYSTEM_ADMIN,
    Actor,
)
from ....platform.errors import Problem
from ....platform.transactions import unit_of_work
from ... import rules
from ...errors import LedgerStandsStill, RosterDiffers, WrongState
from ...models import Draw, DrawStep
from .records import DrawRecord

REHEARSED = "rehearsal.step"
ACTING = (OVERSIGHT, DEPARTMENT_ADMIN, SUPERVISOR, INSPECTOR, SYSTEM_ADMIN)
"""The roles by which a step of a draw is taken; the first that a person holds is recorded."""
_STEP = "evenhand.draws.step"


@contextmanager
def step() -> Iterator[Session]:
    """Open the unit of work of one step of a draw; only in it can a trace be left.

    Everything committed before the step stands in the published ledger when it begins, and the step
    itself when it ends, so that a value is asked for only when the one before can no longer be
    changed. Raises LedgerStandsStill before anything has moved; the ledger's own refusals come
    after the commit, when the step is taken and the next one waits.
    """
    try:
        ledger.sequence_now()
    except (Problem, OSError) as error:
        raise LedgerStandsStill from error
    with unit_of_work() as session:
        session.info[_STEP] = True
        yield session
    ledger.sequence_now()


def may_step(draw: Draw, expected: str, target: str) -> bool:
    """Return True if a locked draw is to be moved from ``expected`` to ``target``, False if it is
    at ``target`` already.

    So the second of two people who press at once, or a double click, changes nothing. Raises
    WrongState in every other state. The caller holds the row's lock.
    """
    if draw.state == expected:
        return True
    if rules.has_reached(draw.state, target):
        return False
    raise WrongState(state=draw.state)


def trace(session: Session, draw: Draw, name: str, by: Actor | str, body: dict[str, Any]) -> None:
    """Append the step to the ledger in the caller's transaction, and mark the draw as changed for
    every screen.

    ``by``: an actor, or the token of a witness's phone. ``body``: nothing personal. Raises
    RuntimeError outside of :func:`step`.
    """
    if _STEP not in session.info:
        raise RuntimeError("a trace is left within recording.step()")
    if draw.number is None:
        raise WrongState(state=draw.state)
    if isinstance(by, Actor):
        note_step(session, draw, name, by)
        actor = actor_token(session, by)
    else:
        actor = by
    kind = entry_type(draw, name)
    told = body | {"step": name} if draw.rehearsal else body
    ledger.append(session, kind, actor=actor, subject=draw.number, body=told)
    moved(draw)


def note_step(session: Session, draw: DrawRecord, step: str, by: Actor | UUID) -> None:
    """Keep that a person (an actor, or an account's id) took a step of the draw, unless it is kept
    already.

    ``step``: at most 12 letters. The caller holds the draw's lock.
    """
    account_id = by.account_id if isinstance(by, Actor) else by
    if session.get(DrawStep, (draw.id, account_id, step)) is None:
        session.add(
            DrawStep(draw_id=draw.id, account_id=account_id, step=step, taken_at=clock.now())
        )
        session.flush()


def has_taken_step(session: Session, draw: Draw, by: Actor | UUID) -> bool:
    """Return True if this person took any step of the draw."""
    account_id = by.account_id if isinstance(by, Actor) else by
    query = select(DrawStep.step).where(
        DrawStep.draw_id == draw.id, DrawStep.account_id == account_id
    )
    return session.execute(query.limit(1)).first() is not None


def entry_type(draw: Draw, step: str) -> str:
    """Return the type of a step's ledger entry; a rehearsal's entries have types of their own."""
    return REHEARSED if draw.rehearsal else f"draw.{step}"


def moved(draw: Draw) -> None:
    """Mark the draw as changed, so that screens ask for it again; the caller holds the draw's
    lock."""
    draw.moves = (draw.moves or 0) + 1


def demand(session: Session, draw: Draw, step: str) -> None:
    """Raise LedgerStandsStill unless the step before stands in the published log."""
    if ledger.index_of(session, entry_type(draw, step), draw.number or "") is None:
        raise LedgerStandsStill


def frozen(draw: Draw) -> dict[str, Any]:
    """Return the freeze record, checked against its digest; raises RosterDiffers."""
    text = (draw.freeze_json or "").encode()
    if drawkit.digest(text) != draw.freeze_sha256:
        raise RosterDiffers(file="freeze.json")
    return drawkit.parse_canonical(text, "freeze.json")


def of_file(text: str | bytes) -> dict[str, str]:
    """Return a ledger body that names a file of the bundle by its digest."""
    data = text.encode() if isinstance(text, str) else text
    return {"sha256": drawkit.digest(data)}


def actor_token(session: Session, by: Actor) -> str:
    """Return the role and office of who takes a step, never a name."""
    return accounts.acting_token(session, by, ACTING)

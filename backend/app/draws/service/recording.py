"""What the steps of a draw share: moving on exactly once, and the trace each step leaves."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from backend import drawkit

from ...accounts import service as accounts
from ...ledger import service as ledger
from ...platform.access import OVERSIGHT, Actor
from .. import rules
from ..errors import WrongState
from ..models import Draw


def may_step(draw: Draw, expected: str, target: str) -> bool:
    """Whether a locked draw is to be moved from ``expected`` to ``target``.

    False when it is there already: the second of two who pressed at once, or a doubled click,
    changes nothing. Raises WrongState for everything else. The caller holds the row's lock.
    """
    if draw.state == expected:
        return True
    if rules.has_reached(draw.state, target):
        return False
    raise WrongState(state=draw.state)


def trace(session: Session, draw: Draw, step: str, by: Actor, body: dict[str, Any]) -> None:
    """Append the step to the ledger in the caller's transaction. ``body``: nothing personal."""
    if draw.number is None:
        raise WrongState(state=draw.state)
    ledger.append(
        session, f"draw.{step}", actor=actor_token(session, by), subject=draw.number, body=body
    )


def of_file(text: str | bytes) -> dict[str, str]:
    """A ledger body that speaks of a file of the bundle by its digest."""
    data = text.encode() if isinstance(text, str) else text
    return {"sha256": drawkit.digest(data)}


def actor_token(session: Session, by: Actor) -> str:
    """Role and office, never a name."""
    code = rules.token(accounts.department(session, by.department_id).code)
    role = OVERSIGHT if OVERSIGHT in by.roles else next(iter(sorted(by.roles)), "department_admin")
    return f"{role}:{code}"

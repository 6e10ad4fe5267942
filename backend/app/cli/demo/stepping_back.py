"""Officers of the demo county who step back: some were replaced by a batch, some wait for one.

The same events and services as in real use. Jobs run when the demonstration is served; what they
would do at once is done here, and doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from ...platform import clock
from ...platform.access import Actor
from ...platform.transactions import read_session, unit_of_work
from ...replacements import service as replacements
from ...visits import service as visits
from .phone import Phone

PhoneOf = Callable[[UUID], Phone]
_REQUESTS = (
    ("party_or_relative", "店主是我表弟"),
    ("interest", ""),
    ("other_relation", "三年前在该单位任职"),
)


def replaced(draw_id: UUID, phone_of: PhoneOf, at: datetime, admin: Actor) -> None:
    """Make two recusals and an illness soon after the dispatch, and the batch that answers them."""
    chosen = _open_visits(draw_id)[-3:]
    for visit, (ground, words) in zip(chosen[:2], _REQUESTS, strict=False):
        _recuse(visit, phone_of, ground, words, at)
    officer, _account = _last_of_team(chosen[-1])
    until = clock.local(at).date() + timedelta(days=45)
    replacements.enter_absence(officer, clock.local(at).date(), until, "illness", admin)
    replacements.cut_off(draw_id)


def waiting(draw_id: UUID, phone_of: PhoneOf, at: datetime) -> None:
    """Make one recusal that waits for the next cut-off."""
    ground, words = _REQUESTS[2]
    _recuse(_open_visits(draw_id)[-1], phone_of, ground, words, at)


def _open_visits(draw_id: UUID) -> list[UUID]:
    with read_session() as session:
        made = visits.of_draw(session, draw_id)
        return [visit.id for visit in made if visit.state == "assigned"]


def _last_of_team(visit: UUID) -> tuple[UUID, UUID | None]:
    """Return the ids of the officer in the last seat and of their account."""
    with read_session() as session:
        last = visits.officers_of(session, [visit])[visit][-1]
        return last.officer_id, last.account_id


def _recuse(visit: UUID, phone_of: PhoneOf, ground: str, words: str, at: datetime) -> None:
    _officer, account = _last_of_team(visit)
    if account is None:
        return
    phone = phone_of(account)
    body = {"ground": ground, "words": words or None}
    event = phone.record(visit, "recusal.requested", body, at)
    phone.send()
    with unit_of_work() as session:
        replacements.recuse(session, UUID(event["id"]))

"""What the room, the projector, the phones and the public see of a draw. Reads only.

Witnesses' names, officers' names and the code that lets witnesses in are for the room and the
office; the public and the phones see offices and departments.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from sqlalchemy.orm import Session

from ...accounts import service as accounts
from ...disclosure import service as disclosure
from ...platform import clock
from ...platform.access import Actor
from ...platform.i18n import html_lang
from ...platform.settings import current_settings
from ...registry import service as registry
from .. import ceremony_rules, labels
from .. import rules as draws
from ..models import Draw, DrawRow, DrawSeat, DrawThrow, DrawWitness
from ..service import drawing, holding, outcome, planning, telling
from ..service.ground import finding, hidden_names, recording
from . import rules

ENDED = frozenset({draws.CANCELLED, draws.VOIDED})


@dataclass(frozen=True, slots=True)
class Audience:
    """Who looks: ``names``: names of witnesses and officers are shown; ``turning``: lots turn over
    one by one instead of lying open at once."""

    name: str
    names: bool
    turning: bool


ROOM = Audience("room", names=True, turning=False)
PROJECTOR = Audience("projector", names=True, turning=True)
PUBLIC = Audience("public", names=False, turning=True)


@dataclass(frozen=True, slots=True)
class LotView:
    """A drawn enterprise with its team; ``held`` says why its visit is not sent."""

    row: DrawRow
    name: str
    enterprise: str
    team: Sequence[tuple[DrawSeat, Any]]
    held: str = ""


@dataclass(frozen=True, slots=True)
class Dice:
    """The throws so far: those that count, the one that waits for the second person, and how many
    are needed."""

    each: int
    needed: int
    counted: Sequence[str] = field(default_factory=list)
    waits: DrawThrow | None = None

    @property
    def digits(self) -> int:
        """Return how many digits count so far."""
        return sum(len(one) for one in self.counted)

    @property
    def next_number(self) -> int:
        """Return the number of the throw at hand, from 1."""
        return len(self.counted) + 1


def words() -> dict[str, Any]:
    """Return the names of states, reasons and rules for the templates."""
    return {
        "state_label": labels.state_label,
        "reason_label": labels.reason_label,
        "held_label": labels.held_label,
        "exclusion_label": labels.exclusion_label,
    }


def stamp(draw: Draw) -> str:
    """Return the ETag of every picture of a draw; it changes whenever there is something new to
    show."""
    parts = [draw.state, draw.moves, _turned(draw), html_lang()]
    parts.append(int(telling.left_open_since(draw) is not None))
    now = clock.now()
    parts += [int(now >= one) for one in (holding.opens_at(draw), draw.join_until) if one]
    return "-".join(str(one) for one in parts)


def _turned(draw: Draw) -> int:
    if draw.drawn_at is None:
        return 0
    return rules.lots_turned(draw.drawn_rows, (clock.now() - draw.drawn_at).total_seconds())


def board(session: Session, draw: Draw, audience: Audience) -> dict[str, Any]:
    """Return the picture of a draw for one audience."""
    places = holding.witnesses(session, draw)
    waits = holding.unrevealed_witnesses(session, draw)
    names = {row.id: row.name for row in accounts.departments(session)}
    return {
        "draw": draw,
        "audience": audience,
        "freeze": json.loads(draw.freeze_json or "{}"),
        "department": names.get(draw.department_id, ""),
        "departments": [names.get(one, "") for one in planning.taking_part(session, draw)],
        "places": [(place, _name(session, place, audience)) for place in _shown(draw, places)],
        "ratios": {one["code"]: one.get("ratio") for one in draw.strata if one["mode"] == "ratio"},
        "committed": sum(place.commitment is not None for place in places),
        "revealed": sum(place.revealed_at is not None for place in places),
        "waits": waits,
        "dice": dice(session, draw),
        "step": _step(draw, waits),
        "ended": draw.state in ENDED,
        "left_out": _left_out(draw, audience),
        "left_open_since": telling.left_open_since(draw),
        "opens_at": _still_to_come(holding.opens_at(draw)),
        "lead_minutes": current_settings().lead_minutes,
        "joining": _joining(draw),
        "join": join_address(draw) if _joining(draw) and audience.names else None,
        "follow": follow_address(draw) if audience is PROJECTOR and not _joining(draw) else None,
        **lots(session, draw, audience),
        **words(),
    }


def _left_out(draw: Draw, audience: Audience) -> Mapping[str, Any]:
    """Return how many enterprises each rule left out; small numbers of a sealed draw are for the
    office's room alone."""
    if audience is ROOM:
        exact: Mapping[str, Any] = draw.counts.get("exclusions", {})
        return exact
    return hidden_names.public_exclusions(draw)


def dice(session: Session, draw: Draw) -> Dice:
    """Return the throws of a draw."""
    known = holding.throws(session, draw)
    return Dice(
        each=draw.dice,
        needed=ceremony_rules.throws_needed(draw.dice),
        counted=[one.digits for one in holding.confirmed_throws(known)],
        waits=holding.waiting_throw(known),
    )


def _joining(draw: Draw) -> bool:
    """Return True if the code lets witnesses in now."""
    until = draw.join_until
    return draw.state == draws.FROZEN and until is not None and clock.now() < until


def _still_to_come(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and clock.now() < moment else None


def _shown(draw: Draw, places: Sequence[DrawWitness]) -> list[DrawWitness]:
    """Return the places to show: before the list closes every place that can be taken, then those
    that take part."""
    if draw.state == draws.FROZEN:
        return list(places)
    return [place for place in places if place.commitment is not None]


def _name(session: Session, place: DrawWitness, audience: Audience) -> str:
    if not audience.names:
        return ""
    if place.account_id is not None and not place.name:
        return accounts.account(session, place.account_id).name
    return place.name


def join_address(draw: Draw) -> dict[str, str]:
    """Return the address that witnesses scan, and its QR code."""
    address = f"{current_settings().origin}/w/{draw.join_token}"
    return {"address": address, "picture": code(address)}


def follow_address(draw: Draw) -> dict[str, str]:
    """Return the public page of the draw as it is held, and its QR code."""
    address = f"{current_settings().origin}/live/{draw.number}"
    return {"address": address, "picture": code(address)}


def code(text: str) -> str:
    """Return a QR code as a data address."""
    return str(segno.make(text, error="m").svg_data_uri(border=3, dark="#18222f", light="#fff"))


def _step(draw: Draw, waits: Sequence[DrawWitness]) -> int:
    """Return the present step of the bar, 1 to 5; 6 when all are past."""
    if draw.state == draws.OPENED:
        return 3 if waits else 4
    by_state = {draws.FROZEN: 2, draws.COMMITTED: 3, draws.REVEALED: 5, draws.DRAWN: 6}
    if draw.state in by_state:
        return by_state[draw.state]
    if draw.state == draws.DISPATCHED or draw.result_sha256:
        return 6
    return 4 if draw.opened_at else 2


def lots(session: Session, draw: Draw, audience: Audience) -> dict[str, Any]:
    """Return the drawn lots: all of them, or those that have been turned over; the newest apart."""
    if draw.result_sha256 is None:
        return {"lots": [], "newest": None, "face_down": min(draw.drawn_rows, 48)}
    seats = outcome.seats_of(session, draw)
    by_row = outcome.teams(seats)
    held = drawing.held_back(session, draw, seats) if audience.name == "room" else {}
    ids = sorted({seat.officer_id for seat in seats if seat.officer_id is not None})
    known: Mapping[UUID, Any] = {}
    if audience.names:
        known = {officer.id: officer for officer in registry.officers_by_ids(session, ids)}
    rows = outcome.rows_of(session, draw)
    turned = _turned(draw) if audience.turning else len(rows)
    shown = [
        LotView(
            row=row,
            name=labels.lot_name(row.lot_number),
            enterprise=_enterprise(row, audience, sealed=draw.sealed),
            team=[
                (seat, known.get(seat.officer_id) if seat.officer_id else None)
                for seat in by_row.get(row.row, [])
            ],
            held=held.get(row.row, ""),
        )
        for row in rows[:turned]
    ]
    turning = 0 < len(shown) < len(rows)
    return {
        "lots": shown,
        "offices": _offices(session),
        "newest": shown[-1] if turning else None,
        "face_down": min(len(rows) - len(shown), 48),
    }


def _offices(session: Session) -> dict[str, str]:
    """Return the names of departments by the token that stands in the frozen tables."""
    return {draws.token(one.code): one.name for one in accounts.departments(session)}


def _enterprise(row: DrawRow, audience: Audience, *, sealed: bool) -> str:
    """Return the enterprise's name where it may be read: that of a sealed draw in the office's room
    alone."""
    if audience is ROOM or (audience.names and not sealed):
        return row.enterprise_name
    if sealed:
        return ""
    return disclosure.without_long_numbers(row.enterprise_name)


def room(session: Session, draw: Draw, actor: Actor) -> dict[str, Any]:
    """Return the values of the office's room: the board, and what this person may do now."""
    mine = holding.own_place(session, draw, actor)
    picture = board(session, draw, ROOM)
    throw = picture["dice"].waits
    return {
        **picture,
        "stamp": stamp(draw),
        "runs": finding.may_run(session, draw, actor),
        "is_witness": any(
            place.account_id == actor.account_id for place, _who in picture["places"]
        ),
        "may_witness": mine is not None,
        "typed_here": throw is not None and throw.typed_by == actor.account_id,
        "may_void": actor.may("draw.void")
        and draw.state in draws.VOIDABLE
        and holding.may_void(session, draw, actor),
        "copies": telling.copies_taken(session, draw.id),
        "took_part": actor.may("draw.void")
        and draw.state in draws.VOIDABLE
        and recording.has_taken_step(session, draw, actor),
    }


def witness(session: Session, draw: Draw, actor: Actor) -> dict[str, Any]:
    """Return the values of a routine draw's witness page: the place, and what is to be done now."""
    place = holding.own_place(session, draw, actor) if draw.number else None
    return {
        "draw": draw,
        "place": place,
        "dice": dice(session, draw),
        "code": code(place.commitment) if place is not None and place.commitment else "",
        "stamp": stamp(draw),
        **words(),
    }


def phone(session: Session, draw: Draw, place: DrawWitness | None) -> dict[str, Any]:
    """Return the values of a witness's phone: what is to be done now, and what it waits for."""
    return {
        "draw": draw,
        "place": place,
        "dice": dice(session, draw),
        "joining": _joining(draw),
        "full": all(one.key_sha256 for one in holding.witnesses(session, draw)),
        "code": code(place.commitment) if place is not None and place.commitment else "",
        "ended": draw.state in ENDED,
        **words(),
    }

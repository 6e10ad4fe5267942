"""A draw with everything that its minutes look up: departments, places, teams, names. Reads only.

Names are looked up for the office's copy alone; in the public copy an office stands for its
people.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...accounts import service as accounts
from ...platform import clock
from ...registry import service as registry
from ..models import Draw, DrawStep, DrawThrow, DrawWitness
from ..service import holding, telling
from ..service.ground import frozen_files, recording

VACANT = "-"
_COURSE = ("begun", "commits", "revealed", "transcript", "result")
_SAME_ACT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Facts:
    """``teams``: (department, officer token or VACANT) of each seat as drawn, by object;
    ``officers``: names by officer token; ``people``: names by account. Both are empty in the public
    copy."""

    draw: Draw
    freeze: Mapping[str, Any]
    transcript: Mapping[str, Any]
    departments: Mapping[UUID, str]
    by_token: Mapping[str, str]
    places: Sequence[DrawWitness]
    throws: Sequence[DrawThrow]
    teams: Mapping[str, Sequence[tuple[str, str]]]
    officers: Mapping[str, str]
    people: Mapping[UUID, str]
    with_names: bool
    steps: Sequence[DrawStep] = ()

    def step_taker(self, step: str) -> str:
        """Return who first took a step, or the leading office if that was not kept."""
        for one in self.steps:
            if one.step == step:
                return self.person(one.account_id)
        return self.departments.get(self.draw.department_id, "")

    def typed_slip(self, at: datetime) -> str:
        """Return who typed in a witness's slip at this moment; such a person is nobody's witness.

        Only the first time of each person is kept, so where several revealed before this moment all
        of them are named.
        """
        own = {place.account_id for place in self.places}
        could = [
            one
            for one in self.steps
            if one.step == "revealed" and one.account_id not in own and one.taken_at <= at
        ]
        if could and at - could[-1].taken_at < _SAME_ACT:
            could = could[-1:]
        names = dict.fromkeys(self.person(one.account_id) for one in could)
        return " / ".join(names) or self.step_taker("revealed")

    def person(self, account_id: UUID | None) -> str:
        """Return an account's office, in the office's copy with the name."""
        return "" if account_id is None else self.people.get(account_id, "")

    def witness(self, place: DrawWitness) -> str:
        """Return a witness's token and office, in the office's copy with the name."""
        name = place.name or self.person(place.account_id)
        shown = (place.token, place.office, name if self.with_names else "")
        return " ".join(part for part in shown if part)


def gather(session: Session, draw: Draw, *, with_names: bool) -> Facts:
    """Return everything that the minutes need of a draw, read once."""
    departments = {one.id: one.name for one in accounts.departments(session)}
    tokens = telling.department_tokens(session)
    teams = _teams(draw)
    seated = _seated(teams) if with_names else []
    places, throws = holding.witnesses(session, draw), holding.throws(session, draw)
    people = {draw.frozen_by, draw.ended_by, *(place.account_id for place in places)}
    steps = _steps(session, draw)
    people |= {one.account_id for one in steps}
    people |= {who for throw in throws for who in (throw.typed_by, throw.confirmed_by)}
    return Facts(
        draw=draw,
        freeze=recording.frozen(draw),
        transcript=json.loads(draw.transcript_json or "{}"),
        departments=departments,
        by_token={token: departments[one] for one, token in tokens.items()},
        places=places,
        throws=throws,
        teams=teams,
        officers={
            one.id.hex: f"{one.name} {one.certificate}"
            for one in registry.officers_by_ids(session, seated)
        },
        people={
            who: _person(session, who, departments, with_names=with_names)
            for who in people
            if who is not None
        },
        with_names=with_names,
        steps=steps,
    )


def moment(at: datetime) -> str:
    """Return a moment as clocks in China show it, to the second."""
    return clock.local(at).strftime("%Y-%m-%d %H:%M:%S")


def _steps(session: Session, draw: Draw) -> list[DrawStep]:
    """Return the draw's steps with who took them, the oldest first."""
    query = select(DrawStep).where(DrawStep.draw_id == draw.id, DrawStep.step.in_(_COURSE))
    return list(session.scalars(query.order_by(DrawStep.taken_at, DrawStep.account_id)))


def _person(
    session: Session, account_id: UUID, departments: Mapping[UUID, str], *, with_names: bool
) -> str:
    account = accounts.account(session, account_id)
    office = departments.get(account.department_id, "")
    return f"{office} {account.name}" if with_names else office


def _seated(teams: Mapping[str, Any]) -> list[UUID]:
    """Return the tokens of all officers who were drawn."""
    tokens = {officer for team in teams.values() for _department, officer in team}
    return sorted(UUID(hex=token) for token in tokens - {VACANT})


def _teams(draw: Draw) -> dict[str, list[tuple[str, str]]]:
    """Return the teams as drawn, read from result.tsv, which no replacement changes."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    if draw.result_sha256 is not None:
        for line in frozen_files.get("result.tsv", draw.result_sha256).decode().splitlines():
            kind, *fields = line.split("\t")
            if kind == "seat":
                _number, target, department, _speciality, officer = fields
                found[target].append((department, officer))
    return found

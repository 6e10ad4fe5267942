"""Who may be drawn for a team, and why the others may not. Reads only.

An officer counts for their own department if it is in the team, else for the nearest one above. An
officer who is not qualified for the items of that department is out; drawkit narrows further by the
speciality that a seat names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ....accounts import service as accounts
from ....registry import service as registry
from ... import plan_rules, rules


@dataclass(frozen=True, slots=True)
class Candidate:
    """An officer of a department that takes part; ``reason`` is empty for one who may be drawn."""

    id: UUID
    name: str
    certificate: str
    expires_on: date
    department_id: UUID
    department: str
    specialities: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class TeamCount:
    """The lines of a team counted, and every officer looked at."""

    seats: list[plan_rules.SeatCount]
    candidates: list[Candidate]

    @property
    def eligible(self) -> list[Candidate]:
        """Return the officers who may be drawn, by certificate."""
        return [one for one in self.candidates if not one.reason]

    @property
    def excluded(self) -> list[Candidate]:
        """Return the officers who may not be drawn, with their reasons."""
        return [one for one in self.candidates if one.reason]

    @property
    def joint(self) -> bool:
        """Return True if officers of several departments were looked at."""
        return len({one.department_id for one in self.candidates}) > 1

    @staticmethod
    def by_department(those: Sequence[Candidate]) -> list[tuple[str, list[Candidate]]]:
        """Return candidates under the names of their departments, in the order in which they
        come."""
        found: dict[UUID, list[Candidate]] = {}
        for one in those:
            found.setdefault(one.department_id, []).append(one)
        return [(group[0].department, group) for group in found.values()]


def count_team(
    session: Session,
    team: Sequence[Mapping[str, Any]],
    item_ids: Sequence[UUID],
    last_day: date,
) -> TeamCount:
    """Count the team's lines over every officer of its departments, for visits that end on
    ``last_day``."""
    known = {row.id: row for row in accounts.departments(session)}
    taking_part = [UUID(part["department_id"]) for part in team]
    tree = {row.id: row.parent_id for row in known.values()}
    homes = rules.homes(tree, taking_part)
    wanted = _specialities(session, item_ids, homes)
    candidates: list[Candidate] = []
    for home in dict.fromkeys(taking_part):
        below = [place for place, owner in homes.items() if owner == home]
        found = registry.officer_eligibility(session, below, wanted.get(home, set()), last_day)
        pairs = [(officer, "") for officer in found.eligible] + list(found.excluded)
        name = known[home].name if home in known else ""
        candidates += [_candidate(officer, home, name, reason) for officer, reason in pairs]
    seats = [_seat_count(part, known, candidates) for part in team]
    return TeamCount(seats, sorted(candidates, key=lambda one: one.certificate))


def _specialities(
    session: Session, item_ids: Sequence[UUID], homes: Mapping[UUID, UUID]
) -> dict[UUID, set[str]]:
    """Return the specialities that officers of each department need for that department's items."""
    wanted: dict[UUID, set[str]] = {}
    for item in registry.items_by_ids(session, list(item_ids)):
        home = homes.get(item.department_id)
        if home is not None:
            wanted.setdefault(home, set()).update(item.specialities)
    return wanted


def _candidate(officer: Any, home: UUID, department: str, reason: str) -> Candidate:
    return Candidate(
        id=officer.id,
        name=officer.name,
        certificate=officer.certificate,
        expires_on=officer.certificate_expires_on,
        department_id=home,
        department=department,
        specialities=tuple(officer.specialities),
        reason=reason,
    )


def fitting(part: Mapping[str, Any], team: TeamCount) -> list[UUID]:
    """Return the officers who could sit in a line of the team."""
    return [one.id for one in _fitting(part, team.candidates)]


def _fitting(part: Mapping[str, Any], candidates: Sequence[Candidate]) -> list[Candidate]:
    home, speciality = UUID(part["department_id"]), part["speciality"]
    return [
        one
        for one in candidates
        if not one.reason
        and one.department_id == home
        and (not speciality or speciality in one.specialities)
    ]


def _seat_count(
    part: Mapping[str, Any], known: Mapping[UUID, Any], candidates: Sequence[Candidate]
) -> plan_rules.SeatCount:
    home, speciality = UUID(part["department_id"]), part["speciality"]
    name = known[home].name if home in known else ""
    return plan_rules.SeatCount(name, speciality, part["n"], len(_fitting(part, candidates)))


def unfit_officers(
    session: Session, officer_ids: Sequence[UUID], last_day: date
) -> dict[UUID, str]:
    """Return the officers among ``officer_ids`` who could not be drawn today any more, with the
    reason."""
    rows = registry.officers_by_ids(session, list(officer_ids))
    places = {row.department_id for row in rows}
    found = registry.officer_eligibility(session, places, (), last_day)
    wanted = set(officer_ids)
    return {officer.id: reason for officer, reason in found.excluded if officer.id in wanted}

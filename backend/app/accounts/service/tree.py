"""The tree of departments: showing, adding, changing. Exactly one is the oversight office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ...platform import ids
from ...platform.access import Actor
from ...platform.errors import NotFound
from ...platform.forms import Submission, made_before, note_made
from ...platform.transactions import unit_of_work
from .. import rules
from ..errors import BadTree, CodeTaken
from ..models import Account, Department
from ..wording import tree_sentence


@dataclass(frozen=True, slots=True)
class Branch:
    """A department with its people counted and those below it."""

    department: Department
    people: int
    below: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    """What a department is to be like."""

    code: str
    name: str
    parent_id: UUID | None
    region_code: str
    is_oversight: bool
    active: bool


def tree(session: Session, scope: frozenset[UUID]) -> Sequence[Branch]:
    """The departments of ``scope`` as trees, in code order, ended ones among them."""
    rows = session.scalars(select(Department).order_by(Department.code)).all()
    counted = select(Account.department_id, func.count()).where(Account.active)
    people = dict(session.execute(counted.group_by(Account.department_id)).all())
    shown = [row for row in rows if row.id in scope]
    known = {row.id for row in shown}
    below: dict[UUID | None, list[Department]] = {}
    for row in shown:
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)

    def branch(row: Department) -> Branch:
        lower = tuple(branch(child) for child in below.get(row.id, ()))
        return Branch(row, people.get(row.id, 0), lower)

    return [branch(row) for row in below.get(None, ())]


def in_scope(session: Session, actor: Actor, department_id: UUID) -> Department:
    """The department when the actor may see it; raises :class:`NotFound`."""
    found = session.get(Department, department_id)
    if found is None or found.id not in actor.scope:
        raise NotFound
    return found


def add_department(facts: DepartmentFacts, form: Submission | None = None) -> UUID:
    """Add a department and return its id; the same form makes one. Raises CodeTaken, BadTree."""
    with unit_of_work() as session:
        known = made_before(session, form)
        if known is not None:
            return known
        made = Department(id=ids.new_id())
        _write(session, made, facts, None)
        session.add(made)
        session.flush()
        note_made(session, form, made.id)
        return made.id


def change_department(department_id: UUID, facts: DepartmentFacts) -> None:
    """Change a department; raises NotFound, CodeTaken, BadTree."""
    with unit_of_work() as session:
        found = session.get(Department, department_id)
        if found is None:
            raise NotFound
        _write(session, found, facts, department_id)


def _write(session: Session, row: Department, facts: DepartmentFacts, known: UUID | None) -> None:
    _refuse_taken(session, facts.code, known)
    _refuse_bent(session, facts, known)
    _refuse_without_oversight(session, row, facts, known)
    if facts.is_oversight:
        session.execute(
            update(Department).where(Department.id != row.id).values(is_oversight=False)
        )
    row.code, row.name, row.region_code = facts.code, facts.name.strip(), facts.region_code
    row.parent_id, row.is_oversight, row.active = facts.parent_id, facts.is_oversight, facts.active


def _refuse_taken(session: Session, code: str, known: UUID | None) -> None:
    """Raise CodeTaken for a code that another department has, whatever its case."""
    same = func.lower(Department.code) == code.lower()
    taken = session.scalar(select(Department.id).where(same, Department.id != known))
    if taken is not None:
        raise CodeTaken


def _refuse_bent(session: Session, facts: DepartmentFacts, known: UUID | None) -> None:
    parents = dict(session.execute(select(Department.id, Department.parent_id)).all())
    problem = rules.tree_problem(parents, known, facts.parent_id)
    if problem is not None:
        raise BadTree(tree_sentence(problem))


def _refuse_without_oversight(
    session: Session, row: Department, facts: DepartmentFacts, known: UUID | None
) -> None:
    """The oversight office moves by naming another, and is never ended; people keep a home."""
    was_oversight = known is not None and row.is_oversight
    if was_oversight and not facts.is_oversight:
        raise BadTree(tree_sentence("oversight_needed"))
    if facts.is_oversight and not facts.active:
        raise BadTree(tree_sentence("oversight_active"))
    if known is None or facts.active:
        return
    staff = select(Account.id).where(Account.department_id == known, Account.active)
    lower = select(Department.id).where(Department.parent_id == known, Department.active)
    if session.scalar(staff.limit(1)) or session.scalar(lower.limit(1)):
        raise BadTree(tree_sentence("in_use"))

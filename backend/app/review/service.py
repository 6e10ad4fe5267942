"""Reviewing 核查: the queue, one case, and the two decisions.

Confirming writes the decision, the publication and their ledger entries in one transaction, under
the visit's lock: of two supervisors pressing at once one decides and the other is told so. A
decision binds to one revision of the record by its digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..disclosure import service as disclosure
from ..draws.service import telling
from ..evidence import service as evidence
from ..ledger import service as ledger
from ..platform import clock, events, ids
from ..platform.access import SUPERVISOR, Actor
from ..platform.errors import Problem
from ..platform.transactions import unit_of_work
from ..sync import service as sync
from ..visits import service as visits
from .dossier import Dossier, build
from .errors import (
    AlreadyDecided,
    EvidenceMissing,
    NotHandedIn,
    OtherDepartment,
    OwnRecord,
    StaleRevision,
    UnknownTarget,
)
from .facts import VisitFacts, facts_of
from .leavers import Leaver, leavers
from .models import CONFIRMED, SENT_BACK, Decision
from .rules import NOT_THEIRS, Obstacle, Standing, obstacle_to_confirm, obstacle_to_send_back
from .unrecorded_entries import KeptEntry, kept_entries

PROBLEMS: dict[Obstacle, type[Problem]] = {
    "other_department": OtherDepartment,
    "own_record": OwnRecord,
    "already_decided": AlreadyDecided,
    "not_handed_in": NotHandedIn,
    "stale_revision": StaleRevision,
    "evidence_missing": EvidenceMissing,
}


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as pages show it."""

    id: UUID
    visit_id: UUID
    revision: int
    outcome: str
    reasons: Sequence[Mapping[str, Any]]
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A record with everything that its page shows.

    ``asked`` is the (revision, digest) to send with a decision; ``record`` is empty while the
    officers are at work. ``obstacle`` names what keeps this supervisor from confirming now,
    ``sending_back`` what keeps them from sending it back. ``kept``: entries from phones that are
    not in the record, except the late work of officers who left, which stands in ``leavers``.
    ``stratum`` is the name of the category in which the enterprise was drawn.
    """

    visit: VisitFacts
    package: visits.Package
    dossier: Dossier
    record: Mapping[str, Any] | None
    asked: tuple[int, str]
    deadline: disclosure.Deadline | None
    missing: int
    obstacle: Obstacle | None
    sending_back: Obstacle | None
    decisions: Sequence[DecisionView]
    published: disclosure.PublicResult | None
    leavers: Sequence[Leaver]
    kept: Sequence[KeptEntry]
    stratum: str


def case(session: Session, actor: Actor, visit_id: UUID) -> Case:
    """Return one record for its page; raises :class:`NotFound` outside the departments the actor
    sees."""
    row = visits.get(session, visit_id, actor)
    [visit] = facts_of(session, [row])
    package, state, record = visits.opened(session, visit_id)
    asked = (record["revision"] if record else 0, visit.record_sha256 or "")
    missing = evidence.missing(session, visit_id)
    standing = _standing(session, actor, row, asked, asked, missing=missing)
    known = {str(info.id): info for info in evidence.of_visit(session, visit_id)}
    left = leavers(session, visit_id)
    return Case(
        visit=visit,
        package=package,
        dossier=build(
            package=package,
            state=state,
            visible=visits.visible(package, state),
            verdict=visits.verdict,
            is_own=visits.is_own,
            events=visits.history(session, visit_id),
            evidence=known,
        ),
        record=record,
        asked=asked,
        deadline=disclosure.deadline(session, visit.end.day) if visit.end else None,
        missing=missing,
        obstacle=obstacle_to_confirm(standing),
        sending_back=obstacle_to_send_back(standing),
        decisions=_decisions(session, visit_id),
        published=disclosure.result_of_visit(session, visit_id),
        leavers=left,
        kept=kept_entries(session, visit_id, {entry.id for one in left for entry in one.late}),
        stratum=telling.stratum_name(session, row.draw_id, package["draw"]["stratum"]["code"]),
    )


def case_to_decide(session: Session, actor: Actor, visit_id: UUID) -> Case:
    """Return one record for the page of a decision, to a supervisor who did not take part in the
    visit.

    Raises NotFound, OtherDepartment, OwnRecord; the page itself tells of any other obstacle.
    """
    found = case(session, actor, visit_id)
    if found.sending_back is not None and found.sending_back in NOT_THEIRS:
        raise PROBLEMS[found.sending_back]
    return found


def preview(session: Session, chosen: Case) -> dict[str, Any]:
    """Return the public document as confirming would publish it now."""
    if chosen.record is None:
        raise NotHandedIn
    return disclosure.preview_result(session, _facts(chosen.visit, chosen.package, chosen.record))


def confirm(actor: Actor, visit_id: UUID, *, revision: int, digest: str) -> DecisionView:
    """Confirm one revision: write decision, publication and ledger entries, or none of them.

    A supervisor who presses twice gets the first decision again. Raises the problem that names the
    obstacle.
    """
    asked = (revision, digest)
    with unit_of_work() as session:
        row = _locked(session, actor, visit_id)
        repeated = _own_decision(session, actor, visit_id, asked, CONFIRMED)
        if repeated is not None:
            return repeated
        package, missing = visits.package(session, visit_id), evidence.missing(session, visit_id)
        present = (row.round + 1, row.digest)
        standing = _standing(session, actor, row, asked, present, missing=missing)
        _refuse(obstacle_to_confirm(standing), missing)
        _refuse_dependent(session, actor, row)
        decision = _decide(session, actor, visit_id, asked, CONFIRMED, scope="full")
        published = _publish(session, actor, row, package)
        _trace(session, decision, "record.confirmed", {"publication": str(published)})
        told = {"decision": str(decision.id), "publication": str(published)}
        events.publish(session, events.RECORD_CONFIRMED, visit_id, **told)
        return _view(session, decision)


def _publish(session: Session, actor: Actor, row: visits.Visit, package: visits.Package) -> UUID:
    """Move the visit through its last states, make its result public, and return the publication's
    id."""
    if row.state == "sealed":
        evidence.complete_if_whole(session, row.id)
    visits.move(session, row.id, "confirmed")
    [visit] = facts_of(session, [row])
    record = visits.record(session, row.id)
    facts = _facts(visit, package, record)
    published = disclosure.publish_result(session, facts, by=actor.account_id)
    visits.move(session, row.id, "disclosed")
    return published.id


def send_back(
    actor: Actor,
    visit_id: UUID,
    *,
    revision: int,
    digest: str,
    reasons: Sequence[Mapping[str, str | None]],
) -> DecisionView:
    """Give a record back to its officers with a reason for each point or file.

    ``reasons``: [{point, evidence, reason}], at least one; ``point`` and ``evidence`` are both
    empty for the record as a whole. Raises the problem that names the obstacle.
    """
    asked = (revision, digest)
    with unit_of_work() as session:
        row = _locked(session, actor, visit_id)
        repeated = _own_decision(session, actor, visit_id, asked, SENT_BACK)
        if repeated is not None:
            return repeated
        package, state = visits.package(session, visit_id), visits.state(session, visit_id)
        present = (row.round + 1, row.digest)
        standing = _standing(session, actor, row, asked, present, missing=0)
        _refuse(obstacle_to_send_back(standing))
        _refuse_dependent(session, actor, row)
        named = _named_targets(package, state, reasons)
        decision = _decide(session, actor, visit_id, asked, SENT_BACK, reasons=named)
        whole = "\n".join(str(entry["reason"]) for entry in named)
        visits.reopen(session, visit_id, whole, actor, reasons=named)
        _trace(session, decision, "record.sent_back", {"reasons": len(named)})
        return _view(session, decision)


def _locked(session: Session, actor: Actor, visit_id: UUID) -> visits.Visit:
    """Return the visit with its row locked, if this person may see it; raises NotFound."""
    row = visits.lock_visit(session, visit_id)
    visits.get(session, visit_id, actor)
    return row


def _standing(
    session: Session,
    actor: Actor,
    row: visits.Visit,
    asked: tuple[int, str],
    present: tuple[int, str | None],
    *,
    missing: int,
) -> Standing:
    """Return the facts that say whether this person may decide.

    To decide, a person must be supervisor of the visit's department; to see it in another role is
    not enough. A person who sees every department decides in their own alone, others also in those
    below theirs.
    """
    near = row.department_id == actor.department_id or not actor.sees_all
    supervised = accounts.role_scope(session, actor.account_id, SUPERVISOR)
    return Standing(
        state=row.state,
        asked=asked,
        present=present,
        same_department=near and row.department_id in supervised,
        took_part=sync.took_part(session, row, actor.account_id),
        evidence_missing=missing,
    )


def _refuse(obstacle: Obstacle | None, missing: int = 0) -> None:
    if obstacle == "evidence_missing":
        raise EvidenceMissing(missing=missing)
    if obstacle is not None:
        raise PROBLEMS[obstacle]


def _refuse_dependent(session: Session, actor: Actor, row: visits.Visit) -> None:
    """Raise NotIndependent if who decides depends on an officer of the visit."""
    accounts.require_independent(
        session,
        "record.decide",
        first=[one.account_id for one in visits.officers_of(session, [row.id])[row.id]],
        second=actor.account_id,
        departments=[row.department_id],
    )


def _facts(
    visit: VisitFacts, package: visits.Package, record: Mapping[str, Any]
) -> disclosure.ResultFacts:
    if visit.end is None:
        raise NotHandedIn
    return disclosure.ResultFacts(
        visit_id=visit.id,
        draw_id=visit.draw_id,
        draw_name=package["draw"]["name"],
        lot_number=visit.lot_number,
        department_id=visit.department_id,
        department_name=visit.department_name,
        items=[
            disclosure.InspectedItem(i["code"], i["name"], i["category"], i["department"])
            for i in package["items"]
        ],
        record=record,
        record_sha256=visit.record_sha256 or "",
        end=visit.end,
    )


def _named_targets(
    package: visits.Package,
    state: visits.VisitState,
    reasons: Sequence[Mapping[str, str | None]],
) -> list[dict[str, str | None]]:
    """Return the reasons, once all their points and files exist; raises :class:`UnknownTarget`."""
    points = {p["key"] for item in package["items"] for p in item["checklist"]["points"]}
    for entry in reasons:
        point, piece = entry.get("point"), entry.get("evidence")
        if (point and point not in points) or (piece and piece not in state["evidence"]):
            raise UnknownTarget
    return [
        {
            "point": entry.get("point") or None,
            "evidence": entry.get("evidence") or None,
            "reason": entry["reason"],
        }
        for entry in reasons
    ]


def _decide(
    session: Session,
    actor: Actor,
    visit_id: UUID,
    asked: tuple[int, str],
    outcome: str,
    *,
    scope: str | None = None,
    reasons: Sequence[Mapping[str, Any]] = (),
) -> Decision:
    decision = Decision(
        id=ids.new_id(),
        visit_id=visit_id,
        revision=asked[0],
        record_sha256=asked[1],
        outcome=outcome,
        scope=scope,
        reasons=[dict(reason) for reason in reasons],
        decided_by=actor.account_id,
        department_id=actor.department_id,
        decided_at=clock.now(),
        step_up_at=actor.step_up_at,
    )
    session.add(decision)
    session.flush()
    return decision


def _trace(session: Session, decision: Decision, kind: str, body: dict[str, Any]) -> None:
    department = accounts.department(session, decision.department_id)
    ledger.append(
        session,
        kind,
        actor=f"{SUPERVISOR}:{department.code}",
        subject=str(decision.visit_id),
        body={
            "decision": str(decision.id),
            "revision": decision.revision,
            "record_sha256": decision.record_sha256,
            "by": str(decision.decided_by),
            **body,
        },
    )


def _own_decision(
    session: Session, actor: Actor, visit_id: UUID, asked: tuple[int, str], outcome: str
) -> DecisionView | None:
    """Return the decision that this person took on this revision before, or None."""
    row = session.scalar(
        select(Decision).where(
            Decision.visit_id == visit_id,
            Decision.revision == asked[0],
            Decision.record_sha256 == asked[1],
            Decision.outcome == outcome,
            Decision.decided_by == actor.account_id,
        )
    )
    return None if row is None else _view(session, row)


def _decisions(session: Session, visit_id: UUID) -> list[DecisionView]:
    rows = session.scalars(
        select(Decision).where(Decision.visit_id == visit_id).order_by(Decision.revision)
    )
    return [_view(session, row) for row in rows]


def _view(session: Session, row: Decision) -> DecisionView:
    return DecisionView(
        id=row.id,
        visit_id=row.visit_id,
        revision=row.revision,
        outcome=row.outcome,
        reasons=row.reasons,
        decided_by=accounts.account(session, row.decided_by).name,
        decided_at=row.decided_at,
    )

"""Judging events for one visit during a push, while its row is locked.

Decides and folds, and collects what is to be written; ``store`` writes it. The reasons for
quarantine are those of sync/1 §2. Nothing is dropped here: a refused event goes back with its
reason to the caller, who keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ..platform import canonical
from .incoming import WORK, Incoming
from .record import record
from .rules import missing, progress
from .shapes import Event, Package, VisitState
from .snapshot import Folding

CLOSED = frozenset({"confirmed", "disclosed"})
HANDED_IN = frozenset({"sealed", "complete"})
MOST_EVENTS = 20_000
SNAPSHOT_EVERY = 64


@dataclass(slots=True)
class Intake:
    """A locked visit taking events of one account; ``officer`` is empty for a stranger.

    ``tail`` counts the events folded since the last snapshot. ``adopted`` names those of the
    accepted events that came out of quarantine.
    """

    visit_id: UUID
    state: str
    revision: int
    event_count: int
    officer: str
    package: Package
    folding: Folding
    tail: int
    largest_evidence: int
    accepted: list[Incoming] = field(default_factory=list)
    adopted: set[UUID] = field(default_factory=set)
    sealed_now: bool = False

    @property
    def next_revision(self) -> int:
        """The revision that everything accepted in this push gets."""
        return self.revision + 1

    def offer(self, incoming: Incoming) -> str | None:
        """Take an event: None when it is applied, else the reason to quarantine it."""
        reason = self._standing(incoming) or self._content(incoming)
        if reason is None:
            self.folding.add(self._folded(incoming))
            self.accepted.append(incoming)
            self.sealed_now = self.sealed_now or incoming.kind == "record.sealed"
        return reason

    def _standing(self, incoming: Incoming) -> str | None:
        """Whether this person may still change this visit."""
        if not self.officer:
            return "not_assigned"
        if self.state in CLOSED:
            return "visit_closed"
        if self.folding.sealed and incoming.kind in _NOT_AFTER_HAND_IN:
            return "visit_handed_in"
        if self.event_count + len(self.accepted) >= MOST_EVENTS:
            return "over_quota"
        return None

    def _content(self, incoming: Incoming) -> str | None:
        """Whether what it says can hold for this visit."""
        body = incoming.event["body"]
        point = body.get("point") if incoming.kind in _WITH_POINT else None
        if point is not None and point not in self.folding.points:
            return "unknown_point"
        if incoming.kind == "evidence.added" and body["size"] > self.largest_evidence:
            return "over_quota"
        if incoming.kind == "record.sealed":
            return self._seal_refusal(body["digest"])
        return None

    def _seal_refusal(self, claimed: str) -> str | None:
        if any(seat["officer"] is None for seat in self.package["draw"]["seats"]):
            return "seat_vacant"
        state = self.folding.state()
        if missing(self.package, state):
            return "incomplete"
        if canonical.digest(record(self.package, state)) != claimed:
            return "digest_differs"
        return None

    def _folded(self, incoming: Incoming) -> Event:
        return as_folded(incoming.event, self.officer, self.next_revision)

    def needs_snapshot(self) -> bool:
        """Whether so much was folded since the last snapshot that a new one pays."""
        return self.tail + len(self.accepted) > SNAPSHOT_EVERY

    def projection(self, now: datetime) -> dict[str, Any]:
        """The visit's columns after this push."""
        state = self.folding.state()
        values = project(self.package, state)
        values.update(
            revision=self.next_revision,
            event_count=self.event_count + len(self.accepted),
            changed_at=now,
            state=self._next_state(),
        )
        if self.sealed_now:
            values.update(sealed_at=now, sealed_by=UUID(self.officer))
            values["completed_at"] = now if self.whole else None
        return values

    @property
    def whole(self) -> bool:
        """Whether the record lists no evidence, so that nothing is left to arrive."""
        return not self.standing_evidence()

    def standing_evidence(self) -> set[str]:
        """Ids of the evidence the visit lists now."""
        evidence = self.folding.state()["evidence"]
        return {key for key, entry in evidence.items() if entry["withdrawn"] is None}

    def _next_state(self) -> str:
        if self.sealed_now:
            return "complete" if self.whole else "sealed"
        worked = any(incoming.kind in WORK for incoming in self.accepted)
        return "under_way" if worked else self.state


_NOT_AFTER_HAND_IN = WORK | {"recusal.requested"}
_WITH_POINT = frozenset({"answer.set", "answer.settled", "evidence.added"})


def as_folded(event: dict[str, Any], officer: str, revision: int) -> Event:
    """A sent event as the reducer reads it."""
    return {
        "id": event["id"],
        "device": event["device"],
        "seq": event["seq"],
        "officer": officer,
        "revision": revision,
        "kind": event["kind"],
        "at": event["at"],
        "body": event["body"],
    }


def project(package: Package, state: VisitState) -> dict[str, Any]:
    """The columns of a visit that follow from its folded state alone."""
    counts = progress(package, state)
    result, seal = state["result"], state["seal"]
    return {
        "points_total": counts["total"],
        "points_answered": counts["answered"],
        "points_failed": counts["failed"],
        "points_disputed": counts["disputed"],
        "evidence_total": sum(entry["withdrawn"] is None for entry in state["evidence"].values()),
        "missing_count": len(missing(package, state)),
        "result_code": result["category"]["code"] if result else None,
        "follow_up": result["follow_up"]["code"] if result else None,
        "digest": seal["digest"] if seal else None,
        "round": state["round"],
    }

"""sync/1 §3: visit state = fold(package, events). The twin of frontend/src/core/reducer.ts.

Pure: must not import Flask, the ORM, a clock, randomness or the network. Both languages are held
together by tests/vectors/sync-v1.json.

No last writer wins: an answer is a list of candidates with distinct values. A `set` takes away
the heads its author saw (the one named as `base` and those before it in the same candidate);
a `settled` takes away every candidate of which it names a head; what is left beside the new
value makes the point disputed.
"""

from collections.abc import Callable, Iterable

from backend.app.visits.shapes import (
    Answer,
    Candidate,
    Event,
    Evidence,
    Note,
    Outcome,
    Package,
    VisitState,
)

_WORK = frozenset(
    {
        "visit.started",
        "answer.set",
        "answer.settled",
        "evidence.added",
        "evidence.withdrawn",
        "party.signed",
        "party.refused",
        "result.set",
    }
)


class _Fold:
    """The accumulator of one fold: candidates and notes by point, outcomes, seals."""

    def __init__(self, points: frozenset[str]) -> None:
        self.points = points
        self.candidates: dict[str, list[Candidate]] = {}
        self.notes: dict[str, list[tuple[str, Note]]] = {}
        self.outcomes: list[tuple[str, Outcome]] = []
        self.withdrawn: dict[str, str] = {}
        self.state: VisitState = {
            "status": "assigned",
            "started_at": None,
            "answers": {},
            "evidence": {},
            "result": None,
            "party": None,
            "seal": None,
            "round": 0,
            "previous": None,
        }


def fold(package: Package, events: Iterable[Event]) -> VisitState:
    """The state of a visit after `events`, in any order and with repetitions.

    Events are ordered by revision (unknown last), device, seq. Quarantined events are not to be
    given. Answers to points that the package does not have are ignored, as are events made after
    a hand-in and before a `visit.reopened` of the server.
    """
    keys = frozenset(p["key"] for item in package["items"] for p in item["checklist"]["points"])
    acc = _Fold(keys)
    seen: set[str] = set()
    for event in sorted(events, key=_order):
        if event["id"] in seen:
            continue
        seen.add(event["id"])
        _apply(acc, event)
    return _finish(acc)


def _order(event: Event) -> tuple[bool, int, str, int]:
    revision = event["revision"]
    return (revision is None, revision or 0, event["device"], event["seq"])


def _apply(acc: _Fold, event: Event) -> None:
    state = acc.state
    if event["kind"] == "visit.reopened":
        _reopen(acc)
    elif state["seal"] is not None:
        return
    elif event["kind"] in _WORK:
        if state["started_at"] is None:
            state["started_at"] = event["at"]
        state["status"] = "under_way"
        handler = _HANDLERS.get(event["kind"])
        if handler is not None:
            handler(acc, event)
    elif event["kind"] == "record.sealed":
        state["status"] = "handed_in"
        state["seal"] = {
            "event": event["id"],
            "digest": event["body"]["digest"],
            "officer": event["officer"],
        }


def _reopen(acc: _Fold) -> None:
    """The server sent the record back: the next one names the digest before it."""
    seal = acc.state["seal"]
    if seal is None:
        return
    acc.state["previous"] = seal["digest"]
    acc.state["round"] += 1
    acc.state["seal"] = None
    acc.state["status"] = "under_way"


def _answer_set(acc: _Fold, event: Event) -> None:
    body = event["body"]
    if body["point"] not in acc.points:
        return
    seen = body.get("base")
    standing = [
        left
        for candidate in acc.candidates.get(body["point"], [])
        if (left := _without_seen(candidate, seen)) is not None
    ]
    acc.candidates[body["point"]] = _beside(standing, event)
    _write_note(acc, event)


def _without_seen(candidate: Candidate, seen: str | None) -> Candidate | None:
    """What is left of a candidate after its author saw `seen`: heads added later still stand."""
    if seen is None or seen not in candidate["heads"]:
        return candidate
    later = candidate["heads"][candidate["heads"].index(seen) + 1 :]
    return {**candidate, "heads": later} if later else None


def _answer_settled(acc: _Fold, event: Event) -> None:
    body = event["body"]
    if body["point"] not in acc.points:
        return
    named = set(body["of"])
    standing = [c for c in acc.candidates.get(body["point"], []) if named.isdisjoint(c["heads"])]
    acc.candidates[body["point"]] = _beside(standing, event)


def _beside(standing: list[Candidate], event: Event) -> list[Candidate]:
    """The candidates that still stand with the event's value; equal values add up their heads."""
    value = event["body"]["value"]
    for index, candidate in enumerate(standing):
        if candidate["value"] == value:
            joined: Candidate = {**candidate, "heads": [*candidate["heads"], event["id"]]}
            return [*standing[:index], joined, *standing[index + 1 :]]
    new: Candidate = {
        "value": value,
        "heads": [event["id"]],
        "by": event["officer"],
        "at": event["at"],
        "note": event["body"].get("note") or None,
    }
    return [*standing, new]


def _write_note(acc: _Fold, event: Event) -> None:
    """A device replaces its own note; notes of other devices add up."""
    point, note = event["body"]["point"], event["body"].get("note")
    kept = [entry for entry in acc.notes.get(point, []) if entry[0] != event["device"]]
    if note:
        written: Note = {"event": event["id"], "officer": event["officer"], "note": note}
        kept.append((event["device"], written))
    acc.notes[point] = kept


def _evidence_added(acc: _Fold, event: Event) -> None:
    body = event["body"]
    if body["evidence"] in acc.state["evidence"]:
        return
    added: Evidence = {
        "id": body["evidence"],
        "point": body.get("point"),
        "sha256": body["sha256"],
        "size": body["size"],
        "mime": body["mime"],
        "source": body["source"],
        "captured_at": body["captured_at"],
        "position": body.get("position"),
        "withdrawn": None,
        "officer": event["officer"],
    }
    acc.state["evidence"][added["id"]] = added


def _evidence_withdrawn(acc: _Fold, event: Event) -> None:
    body = event["body"]
    acc.withdrawn.setdefault(body["evidence"], body["reason"])


def _party_signed(acc: _Fold, event: Event) -> None:
    body = event["body"]
    acc.state["party"] = {"signed": body["evidence"]}


def _party_refused(acc: _Fold, event: Event) -> None:
    body = event["body"]
    acc.state["party"] = {"refused": body["reason"], "witness": body.get("witness")}


def _result_set(acc: _Fold, event: Event) -> None:
    """A result replaces those it names in `of` and this device's own; others stand beside it."""
    body = event["body"]
    named = set(body.get("of") or [])
    outcome: Outcome = {
        "category": body["category"],
        "follow_up": body["follow_up"],
        "event": event["id"],
        "officer": event["officer"],
        "at": event["at"],
    }
    acc.outcomes = [
        (device, standing)
        for device, standing in acc.outcomes
        if device != event["device"]
        and standing["event"] not in named
        and not _same_outcome(standing, outcome)
    ]
    acc.outcomes.append((event["device"], outcome))


def _same_outcome(one: Outcome, other: Outcome) -> bool:
    return one["category"] == other["category"] and one["follow_up"] == other["follow_up"]


_HANDLERS: dict[str, Callable[[_Fold, Event], None]] = {
    "answer.set": _answer_set,
    "answer.settled": _answer_settled,
    "evidence.added": _evidence_added,
    "evidence.withdrawn": _evidence_withdrawn,
    "party.signed": _party_signed,
    "party.refused": _party_refused,
    "result.set": _result_set,
}


def _finish(acc: _Fold) -> VisitState:
    state = acc.state
    for point, candidates in acc.candidates.items():
        notes = [note for _, note in acc.notes.get(point, [])]
        state["answers"][point] = _answer(candidates, notes)
    for evidence, reason in acc.withdrawn.items():
        if evidence in state["evidence"]:
            state["evidence"][evidence]["withdrawn"] = reason
    if acc.outcomes:
        outcomes = [outcome for _, outcome in acc.outcomes]
        state["result"] = {**outcomes[-1], "rivals": outcomes[:-1]}
    return state


def _answer(candidates: list[Candidate], notes: list[Note]) -> Answer:
    if len(candidates) > 1:
        return {"kind": "disputed", "candidates": candidates, "notes": notes}
    only = candidates[0]
    return {
        "kind": "settled",
        "value": only["value"],
        "heads": only["heads"],
        "notes": notes,
        "by": only["by"],
        "at": only["at"],
    }

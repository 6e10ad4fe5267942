"""A handed-in record as a supervisor reads it: answers by item, evidence, proof, time line.

Plain values built from the visit's package, folded state and events; writes nothing and decides
nothing. Words for people are put in by the templates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..visits.service import Claim
from .rules import FAR_METRES, metres_between

Verdict = Callable[[Any, str | None], str | None]
IsOwn = Callable[[Any, str, str], bool]
"""Whether the item of a package is for an officer to answer."""
TIMELINE_KINDS = frozenset(
    {
        "visit.started",
        "party.signed",
        "party.refused",
        "record.sealed",
        "visit.reopened",
        "recusal.requested",
        "recusal.declined",
        "visit.reassigned",
        "clock.jumped",
    }
)


class StoredEvent(Protocol):
    """An applied event; ``time`` is when it was made, ``claims`` are the other moments that its
    body claims."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def officer(self) -> str: ...
    @property
    def time(self) -> Claim: ...
    @property
    def claims(self) -> Mapping[str, Claim]: ...
    @property
    def body(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Dispute:
    """The values that stood beside each other, and who settled them when."""

    values: Sequence[tuple[str, str]]
    settled_by: str
    settled: Claim


@dataclass(frozen=True, slots=True)
class Shot:
    """A piece of evidence in its present state; ``metres`` is the distance from the registered
    address, if known."""

    id: str
    point: str | None
    mime: str
    source: str
    captured: Claim
    sha256: str
    size: int
    received: int
    state: str
    withdrawn: str | None
    officer: str
    metres: int | None
    thumb: str | None
    large: str | None

    @property
    def far(self) -> bool:
        """Return True if it was taken suspiciously far away."""
        return self.metres is not None and self.metres > FAR_METRES

    @property
    def percent(self) -> int:
        """Return how much of the file has arrived, in whole per cent."""
        return 100 if self.size == 0 else min(100, self.received * 100 // self.size)


@dataclass(frozen=True, slots=True)
class Row:
    """One point of the checklist with its answer; ``verdict`` is pass, fail, na or empty.

    ``stranger``: the name of who answered the point for another department than their own, else
    "".
    """

    key: str
    no: str
    text: str
    kind: str
    key_point: bool
    value: str | None
    shown: str
    unit: str
    bounds: tuple[str | None, str | None]
    verdict: str | None
    notes: Sequence[tuple[str, str]]
    dispute: Dispute | None
    photos: int
    films: int
    legal_basis: str | None
    stranger: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One item's answers; ``part``: the department that answers the item in a joint visit, else
    ""."""

    code: str
    name: str
    department: str
    part: str
    rows: Sequence[Row]

    @property
    def failed(self) -> Sequence[Row]:
        """Return the rows that did not pass."""
        return [row for row in self.rows if row.verdict == "fail"]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the record page shows besides the decision itself.

    ``doubted`` counts the steps of the time line and the files whose claimed moment cannot be
    true.
    """

    sheets: Sequence[Sheet]
    shots: Sequence[Shot]
    timeline: Sequence[StoredEvent]
    doubted: int
    result: Mapping[str, Any] | None
    officers: Mapping[str, str] = field(default_factory=dict)

    def called(self, key: str) -> str:
        """Return a point by number and text, after its item's name where there are several items,
        since every item numbers its points from 1. Return the key itself of a point that is not
        asked any more."""
        for sheet in self.sheets:
            for row in sheet.rows:
                if row.key == key:
                    item = f"{sheet.name} · " if len(self.sheets) > 1 else ""
                    return f"{item}{row.no} {row.text}"
        return key

    @property
    def failed(self) -> int:
        """Return how many points failed."""
        return sum(len(sheet.failed) for sheet in self.sheets)

    @property
    def answered(self) -> int:
        """Return how many points have an answer."""
        return sum(row.value is not None for sheet in self.sheets for row in sheet.rows)

    @property
    def standing(self) -> Sequence[Shot]:
        """Return evidence that was not withdrawn."""
        return [shot for shot in self.shots if shot.withdrawn is None]

    @property
    def arrived(self) -> int:
        """Return how many pieces of standing evidence are verified."""
        return sum(shot.state == "verified" for shot in self.standing)


def build(
    *,
    package: Mapping[str, Any],
    state: Mapping[str, Any],
    visible: Sequence[str],
    verdict: Verdict,
    is_own: IsOwn,
    events: Sequence[StoredEvent],
    evidence: Mapping[str, Any],
) -> Dossier:
    """Return the dossier of a visit.

    ``evidence`` maps an id to what the evidence feature knows (state, received, thumbnails); files
    that nobody has sent yet are absent and count as pending.
    """
    everyone = [*package.get("former", []), *package["officers"]]
    officers = {officer["id"]: officer["name"] for officer in everyone}
    captured = _captured(events)
    shots = [
        _shot(piece, captured[piece["id"]], package, officers, evidence.get(piece["id"]))
        for piece in state["evidence"].values()
    ]
    timeline = [e for e in events if e.kind in TIMELINE_KINDS]
    claims = [event.time for event in timeline] + [shot.captured for shot in shots]
    disputes = _disputes(events, officers)
    around = _Around(state["answers"], verdict, is_own, package, officers, disputes, shots)
    shown = frozenset(visible)
    return Dossier(
        sheets=[_sheet(item, shown, around) for item in package["items"]],
        shots=sorted(shots, key=lambda shot: (shot.withdrawn is not None, shot.captured.taken_at)),
        timeline=timeline,
        doubted=sum(claim.believed_at is None for claim in claims),
        result=state["result"],
        officers=officers,
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """The tables in which every row of the dossier is looked up."""

    answers: Mapping[str, Any]
    verdict: Verdict
    is_own: IsOwn
    package: Mapping[str, Any]
    officers: Mapping[str, str]
    disputes: Mapping[str, Dispute]
    shots: Sequence[Shot]


def _captured(events: Iterable[StoredEvent]) -> dict[str, Claim]:
    """Return when each file was taken, by the id of the evidence: its first announcement counts."""
    found: dict[str, Claim] = {}
    for event in events:
        if event.kind == "evidence.added":
            found.setdefault(event.body["evidence"], event.claims["captured_at"])
    return found


def _shot(
    piece: Mapping[str, Any],
    captured: Claim,
    package: Mapping[str, Any],
    officers: Mapping[str, str],
    known: Any,
) -> Shot:
    address, place = package["enterprise"].get("position"), piece["position"]
    thumbnails = known.thumbnails if known is not None else ()
    base = f"/office/evidence/{piece['id']}"
    return Shot(
        id=piece["id"],
        point=piece["point"],
        mime=piece["mime"],
        source=piece["source"],
        captured=captured,
        sha256=piece["sha256"],
        size=piece["size"],
        received=known.received if known is not None else 0,
        state=known.state if known is not None else "pending",
        withdrawn=piece["withdrawn"],
        officer=officers.get(piece["officer"], ""),
        metres=metres_between(address, place) if address and place else None,
        thumb=f"{base}/thumb320" if "thumb320" in thumbnails else None,
        large=f"{base}/thumb1280" if "thumb1280" in thumbnails else None,
    )


def _sheet(item: Mapping[str, Any], shown: frozenset[str], around: _Around) -> Sheet:
    points = (p for p in item["checklist"]["points"] if p["key"] in shown)
    rows = [_row(point, item["code"], around) for point in points]
    parts = around.package.get("parts", ())
    part = next((one["department"] for one in parts if item["code"] in one["items"]), "")
    return Sheet(item["code"], item["name"], item["department"], part, rows)


def _stranger(answer: Mapping[str, Any] | None, item: str, around: _Around) -> str:
    """Return the name of the officer who settled a point of another department's item."""
    if answer is None or answer["kind"] != "settled" or answer["value"] is None:
        return ""
    officer = answer["by"]
    own = around.is_own(around.package, item, officer)
    return "" if own else around.officers.get(officer, "")


def _row(point: Mapping[str, Any], item: str, around: _Around) -> Row:
    answer = around.answers.get(point["key"])
    settled = answer is not None and answer["kind"] == "settled"
    value = answer["value"] if answer is not None and settled else None
    notes = answer["notes"] if answer is not None else []
    here = [s for s in around.shots if s.point == point["key"] and s.withdrawn is None]
    films = sum(shot.mime.startswith("video/") for shot in here)
    return Row(
        key=point["key"],
        no=point["no"],
        text=point["text"],
        kind=point["kind"],
        key_point=point["key_point"],
        value=value,
        shown=_words(point, value),
        unit=point["unit"] or "",
        bounds=(point["min"], point["max"]),
        verdict=around.verdict(point, value),
        notes=[(around.officers.get(note["officer"], ""), note["note"]) for note in notes],
        dispute=around.disputes.get(point["key"]),
        photos=len(here) - films,
        films=films,
        legal_basis=point["legal_basis"],
        stranger=_stranger(answer, item, around),
    )


def _words(point: Mapping[str, Any], value: str | None) -> str:
    """Return the answer in words, where the verdict alone does not say it."""
    if value is None or value == "na" or point["kind"] == "pass":
        return ""
    if point["kind"] == "choice":
        return next((o["label"] for o in point["options"] if o["code"] == value), value)
    return f"{value} {point['unit']}" if point["unit"] else value


def _disputes(events: Iterable[StoredEvent], officers: Mapping[str, str]) -> dict[str, Dispute]:
    """Return the last settlement of each point, with the values it chose between."""
    answers: dict[str, StoredEvent] = {}
    found: dict[str, Dispute] = {}
    for event in events:
        if event.kind == "answer.settled":
            named = [answers[one] for one in event.body["of"] if one in answers]
            found[event.body["point"]] = Dispute(
                values=[(officers.get(e.officer, ""), str(e.body["value"] or "")) for e in named],
                settled_by=officers.get(event.officer, ""),
                settled=event.time,
            )
        if event.kind in {"answer.set", "answer.settled"}:
            answers[event.id] = event
    return found

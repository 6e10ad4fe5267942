"""The JSON shapes of sync/1 as types: package, events, folded state.

Types only. Nothing here computes, and nothing here knows a database or a request.
Decimals are strings everywhere, times are RFC 3339 strings with an offset.
"""

from typing import Any, Literal, NotRequired, TypedDict

from ..platform.code_lists import EvidenceDemand, OptionVerdict, PointKind

What = Literal["answer", "evidence", "dispute", "note", "result"]


class Option(TypedDict):
    """One choice of a point of kind `choice`."""

    code: str
    label: str
    verdict: OptionVerdict


class ShownIf(TypedDict):
    """The point is shown only while another point has this value."""

    point: str
    equals: str


class Point(TypedDict):
    """检查要点: one question of a checklist, as pinned in a package."""

    key: str
    no: str
    text: str
    kind: PointKind
    required: bool
    key_point: bool
    evidence: EvidenceDemand
    unit: str | None
    min: str | None
    max: str | None
    options: list[Option]
    legal_basis: str | None
    method: str | None
    remarks: list[str]
    shown_if: ShownIf | None


class PinnedChecklist(TypedDict):
    """检查表 pinned by its content hash."""

    hash: str
    title: str
    version: int | str
    points: list[Point]


class PackageItem(TypedDict):
    """抽查事项 with its checklist."""

    code: str
    name: str
    category: str
    department: str
    legal_basis: str
    materials: list[str]
    checklist: PinnedChecklist


class PackageOfficer(TypedDict):
    """An officer of the visit; `account` is who signs in."""

    id: str
    name: str
    certificate: str
    department: str
    seat: int
    account: str


class PackagePart(TypedDict):
    """A department's part of a joint visit: codes of its items, numbers of its seats. Whoever
    sits there now answers for it."""

    department: str
    items: list[str]
    seats: list[int]


class Package(TypedDict):
    """What a phone pins for one visit; only the parts the pure code reads are spelled out."""

    v: str
    visit: str
    lot: int
    due: str
    issued_at: str
    challenge: str
    enterprise: dict[str, Any]
    draw: dict[str, Any]
    officers: list[PackageOfficer]
    items: list[PackageItem]
    notice: dict[str, Any]
    former: NotRequired[list[PackageOfficer]]
    parts: NotRequired[list[PackagePart]]


class Event(TypedDict):
    """A stored event as the reducer sees it: what was sent, who sent it, in which revision."""

    id: str
    device: str
    seq: int
    officer: str
    revision: int | None
    kind: str
    at: str
    body: dict[str, Any]


class Note(TypedDict):
    """What one officer wrote beside an answer."""

    event: str
    officer: str
    note: str


class Candidate(TypedDict):
    """One of the values that stand on a disputed point."""

    value: str | None
    heads: list[str]
    by: str
    at: str
    note: str | None


class Settled(TypedDict):
    """An answer nobody disputes; `value` is null after it was cleared."""

    kind: Literal["settled"]
    value: str | None
    heads: list[str]
    notes: list[Note]
    by: str
    at: str


class Disputed(TypedDict):
    """Two or more officers changed the point apart; every value stands."""

    kind: Literal["disputed"]
    candidates: list[Candidate]
    notes: list[Note]


Answer = Settled | Disputed


class Evidence(TypedDict):
    """证据 as the events tell it; the bytes travel apart."""

    id: str
    point: str | None
    sha256: str
    size: int
    mime: str
    source: str
    captured_at: str
    position: dict[str, str] | None
    withdrawn: str | None
    officer: str


class Outcome(TypedDict):
    """One officer's result of the visit."""

    category: dict[str, str]
    follow_up: dict[str, Any]
    event: str
    officer: str
    at: str


class Result(Outcome):
    """The result; `rivals` holds what other officers set apart, until one names them all."""

    rivals: list[Outcome]


class Seal(TypedDict):
    """Who handed the record in, and the digest that was claimed."""

    event: str
    digest: str
    officer: str


class VisitState(TypedDict):
    """fold(package, events): everything the screens and the server read of a visit."""

    status: Literal["assigned", "under_way", "handed_in"]
    started_at: str | None
    answers: dict[str, Answer]
    evidence: dict[str, Evidence]
    result: Result | None
    party: dict[str, str | None] | None
    seal: Seal | None
    round: int
    previous: str | None


class Missing(TypedDict):
    """One thing that keeps a record from being handed in; `point` is null for the result."""

    point: str | None
    what: What


class Progress(TypedDict):
    """Counts over the visible points."""

    answered: int
    total: int
    failed: int
    disputed: int
    evidence_missing: int


class SentEvent(TypedDict):
    """An event exactly as a phone sends it: these are the bytes that are hashed."""

    v: int
    id: str
    device: str
    seq: int
    prev: str
    visit: str
    kind: str
    at: str
    mono: int
    body: dict[str, Any]

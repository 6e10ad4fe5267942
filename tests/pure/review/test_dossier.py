"""What a supervisor reads of a record: verdicts, settled disputes, evidence and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.app.review.dossier import Dossier, StoredEvent, build
from backend.app.visits.moments import Claim, claim
from backend.app.visits.reducer import fold
from backend.app.visits.rules import is_own, verdict, visible
from backend.app.visits.shapes import Package

ADDRESS = {"lat": "36.950000", "lon": "118.090000"}
ONE, TWO = "00000000-0000-7000-8000-00000000000a", "00000000-0000-7000-8000-00000000000b"


@dataclass(frozen=True)
class Told:
    """An event as history gives it."""

    id: str
    kind: str
    officer: str
    body: dict[str, Any]
    at: str = "2026-11-20T14:20:00+08:00"
    revision: int = 1

    @property
    def time(self) -> Claim:
        return a_claim(self.at)

    @property
    def claims(self) -> dict[str, Claim]:
        told = self.body.get("captured_at")
        return {"captured_at": a_claim(told)} if told else {}


def a_claim(at: str) -> Claim:
    """A moment claimed by a phone on the 20th, between package and receipt of that day."""
    made, received = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC)
    return claim(at, made, received, None)


@dataclass(frozen=True)
class Known:
    """What the evidence feature knows of a piece."""

    state: str
    received: int
    thumbnails: tuple[str, ...] = ()


def point(no: str, kind: str = "pass", **changes: Any) -> dict[str, Any]:
    return {
        "key": f"SC:{no}",
        "no": no,
        "text": f"point {no}",
        "kind": kind,
        "required": True,
        "key_point": False,
        "evidence": "none",
        "unit": None,
        "min": None,
        "max": None,
        "options": [],
        "legal_basis": None,
        "method": None,
        "remarks": [],
        "shown_if": None,
        **changes,
    }


PACKAGE: Any = {
    "enterprise": {"code": "9137", "name": "Xinyuan", "position": ADDRESS},
    "officers": [{"id": ONE, "name": "王敏"}, {"id": TWO, "name": "赵立"}],
    "items": [
        {
            "code": "SC",
            "name": "食品生产",
            "department": "市场监督管理局",
            "checklist": {
                "points": [
                    point("1"),
                    point("2", "number", unit="℃", max="-18"),
                    point(
                        "3",
                        "choice",
                        options=[{"code": "b", "label": "部分", "verdict": "fail"}],
                    ),
                    point("4", shown_if={"point": "SC:1", "equals": "fail"}),
                ]
            },
        }
    ],
}


def event(number: int, kind: str, officer: str, **body: Any) -> Told:
    return Told(f"00000000-0000-7000-8000-{number:012d}", kind, officer, body)


def dossier(
    events: Sequence[Told],
    evidence: dict[str, Known] | None = None,
    package: Package = PACKAGE,
) -> Dossier:
    folded: Any = [
        {
            "id": e.id,
            "device": e.officer,
            "seq": n,
            "officer": e.officer,
            "revision": n,
            "kind": e.kind,
            "at": e.at,
            "body": e.body,
        }
        for n, e in enumerate(events, 1)
    ]
    state = fold(package, folded)
    told: Sequence[StoredEvent] = events
    return build(
        package=package,
        state=state,
        visible=visible(package, state),
        verdict=verdict,
        is_own=is_own,
        events=told,
        evidence=evidence or {},
    )


def answer(number: int, officer: str, no: str, value: str, **more: Any) -> Told:
    body = {"point": f"SC:{no}", "value": value, "note": None, "base": None, **more}
    return event(number, "answer.set", officer, **body)


def photo(number: int, lat: str, no: str = "1", **changes: Any) -> Told:
    body = {
        "evidence": f"00000000-0000-7000-9000-{number:012d}",
        "point": f"SC:{no}",
        "sha256": "a" * 64,
        "size": 200,
        "mime": "image/jpeg",
        "source": "camera",
        "captured_at": f"2026-11-20T14:0{number}:00+08:00",
        "position": {"lat": lat, "lon": "118.090000"},
        **changes,
    }
    return event(100 + number, "evidence.added", ONE, **body)


def test_answers_are_shown_with_their_verdict_and_in_words() -> None:
    read = dossier(
        [
            answer(1, ONE, "1", "pass"),
            answer(2, ONE, "2", "-16.5"),
            answer(3, ONE, "3", "b", note="两处缺失"),
        ]
    )
    rows = read.sheets[0].rows
    assert [(row.no, row.verdict, row.shown) for row in rows] == [
        ("1", "pass", ""),
        ("2", "fail", "-16.5 ℃"),
        ("3", "fail", "部分"),
    ]
    assert rows[2].notes == [("王敏", "两处缺失")]
    assert [row.no for row in read.sheets[0].failed] == ["2", "3"]
    assert (read.failed, read.answered) == (2, 3)


def test_a_point_whose_condition_fails_is_not_shown() -> None:
    assert [r.no for r in dossier([answer(1, ONE, "1", "pass")]).sheets[0].rows] == ["1", "2", "3"]
    assert [r.no for r in dossier([answer(1, ONE, "1", "fail")]).sheets[0].rows] == list("1234")


def test_a_settled_dispute_names_both_values_and_who_settled_it() -> None:
    first, second = answer(1, ONE, "1", "pass"), answer(2, TWO, "1", "fail")
    settled = event(3, "answer.settled", TWO, point="SC:1", value="fail", of=[first.id, second.id])
    row = dossier([first, second, settled]).sheets[0].rows[0]
    assert row.verdict == "fail"
    assert row.dispute is not None
    assert row.dispute.values == [("王敏", "pass"), ("赵立", "fail")]
    assert (row.dispute.settled_by, row.dispute.settled) == ("赵立", settled.time)


def test_evidence_nobody_has_sent_yet_is_pending_and_not_counted_as_arrived() -> None:
    one, two = photo(1, "36.950000"), photo(2, "36.950100")
    read = dossier([one, two], {one.body["evidence"]: Known("verified", 200)})
    assert [shot.state for shot in read.shots] == ["verified", "pending"]
    assert (read.arrived, len(read.standing)) == (1, 2)
    assert [shot.percent for shot in read.shots] == [100, 0]


def test_a_photo_taken_far_from_the_address_is_pointed_out() -> None:
    read = dossier([photo(1, "36.950100"), photo(2, "36.960000")])
    assert [(shot.metres, shot.far) for shot in read.shots] == [(11, False), (1112, True)]


def test_a_position_that_is_unknown_is_not_called_far() -> None:
    [shot] = dossier([photo(1, "0", position=None)]).shots
    assert (shot.metres, shot.far) == (None, False)


def test_files_stand_in_the_order_of_time_whatever_the_zone_and_impossible_times_are_counted() -> (
    None
):
    late = photo(1, "36.95", captured_at="2026-11-20T15:00:00+08:00")
    early = photo(2, "36.95", captured_at="2026-11-20T06:30:00Z")  # 14:30 in China
    strange = photo(3, "36.95", captured_at="2016-03-01T09:00:00+08:00")
    read = dossier([late, early, strange])
    assert [shot.id for shot in read.shots] == [
        one.body["evidence"] for one in (early, late, strange)
    ]
    assert read.doubted == 1


def test_withdrawn_evidence_is_kept_in_sight_and_counts_for_nothing() -> None:
    taken = photo(1, "36.950000")
    withdrawn = event(
        2, "evidence.withdrawn", ONE, evidence=taken.body["evidence"], reason="拍错了"
    )
    read = dossier([answer(1, ONE, "1", "pass"), taken, withdrawn])
    assert [shot.withdrawn for shot in read.shots] == ["拍错了"]
    assert read.standing == []
    assert read.sheets[0].rows[0].photos == 0


def test_films_are_counted_apart_from_photos() -> None:
    row = (
        dossier(
            [photo(1, "36.95"), photo(2, "36.95", mime="video/mp4"), answer(3, ONE, "1", "pass")]
        )
        .sheets[0]
        .rows[0]
    )
    assert (row.photos, row.films) == (1, 1)


def test_the_time_line_leaves_out_single_answers() -> None:
    started = event(1, "visit.started", ONE, position=None)
    read = dossier([started, answer(2, ONE, "1", "pass")])
    assert [e.kind for e in read.timeline] == ["visit.started"]


def test_who_answered_for_another_department_is_named_beside_the_point() -> None:
    joint: Any = PACKAGE | {
        "officers": [
            {"id": ONE, "name": "王敏", "account": "", "seat": 0},
            {"id": TWO, "name": "赵立", "account": "", "seat": 1},
        ],
        "parts": [
            {"department": "市监局", "items": ["SC"], "seats": [0]},
            {"department": "消防", "items": [], "seats": [1]},
        ],
    }
    told = [answer(1, ONE, "1", "pass"), answer(2, TWO, "2", "-20")]
    sheet = dossier(told, package=joint).sheets[0]
    assert sheet.part == "市监局"
    assert [row.stranger for row in sheet.rows] == ["", "赵立", ""]
    assert [row.stranger for row in dossier(told).sheets[0].rows] == ["", "", ""]


def test_a_point_is_called_by_its_item_too_when_there_is_more_than_one() -> None:
    other = {"code": "XF", "name": "消防", "department": "消防", "checklist": {"points": []}}
    other["checklist"] = {"points": [point("1") | {"key": "XF:1", "text": "exits"}]}
    both: Any = PACKAGE | {"items": [*PACKAGE["items"], other]}

    assert dossier([]).called("SC:1") == "1 point 1"
    assert dossier([], package=both).called("SC:1") == "食品生产 · 1 point 1"
    assert dossier([], package=both).called("XF:1") == "消防 · 1 exits"
    assert dossier([]).called("SC:4") == "SC:4", "not asked any more"

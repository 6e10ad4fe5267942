"""The reducer against its vectors, and the properties that no single vector shows."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from backend.app.visits.events import event_hash, validate_event_body
from backend.app.visits.record import record, record_digest, short_code
from backend.app.visits.reducer import fold
from backend.app.visits.rules import missing, points, progress, verdict, visible
from tests.vectors import make_sync_v1, sync_stories

VECTORS: dict[str, Any] = json.loads(
    Path(make_sync_v1.TARGET).read_text(encoding="utf-8"),
)
CASES = VECTORS["cases"]
PACKAGE = VECTORS["package"]


def named(name: str) -> dict[str, Any]:
    return next(case for case in CASES if case["name"] == name)


def test_the_vector_file_is_what_its_script_makes() -> None:
    assert make_sync_v1.main(["--check"]) == 0
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case_folds_to_its_state_record_and_digest(case: dict[str, Any]) -> None:
    state = fold(PACKAGE, case["events"])
    assert state == case["state"]
    assert visible(PACKAGE, state) == case["visible"]
    assert missing(PACKAGE, state) == case["missing"]
    assert progress(PACKAGE, state) == case["progress"]
    assert record(PACKAGE, state) == case.get("record", record(PACKAGE, state))
    assert record_digest(record(PACKAGE, state)) == case["digest"]


def test_the_order_in_which_events_are_given_does_not_matter() -> None:
    rng = random.Random(7)
    for case in CASES:
        shuffled = list(case["events"])
        rng.shuffle(shuffled)
        assert fold(PACKAGE, shuffled) == case["state"], case["name"]


def test_no_value_of_an_officer_vanishes_unseen() -> None:
    """Every value set is still a candidate or was named (as base or in `of`) by a later event."""
    for case in CASES:
        if not case["name"].startswith("interleaving"):
            continue
        standing = {
            head
            for answer in case["state"]["answers"].values()
            for candidate in (answer.get("candidates") or [answer])
            for head in candidate["heads"]
        }
        answers = [e for e in case["events"] if e["kind"].startswith("answer.")]
        named_once = {e["body"].get("base") for e in answers}
        named_once |= {head for e in answers for head in e["body"].get("of", [])}
        for event in answers:
            if event["id"] not in standing and event["id"] not in named_once:
                later = [e for e in answers if e["body"].get("value") == event["body"]["value"]]
                assert len(later) > 1, (case["name"], event["id"])


def test_verdicts_follow_bounds_options_and_marks() -> None:
    by_key = {p["key"]: p for p in points(PACKAGE)}
    for row in VECTORS["verdicts"]:
        assert verdict(by_key[row["point"]], row["value"]) == row["verdict"], row
    assert verdict(by_key["F:3"], "-16.5") == "fail"
    assert verdict(by_key["F:4"], "0.10") == "pass"


def test_sent_events_hash_in_a_chain() -> None:
    before = "0" * 64
    for row in VECTORS["sent"]:
        assert row["event"]["prev"] == before
        before = event_hash(row["event"])
        assert row["hash"] == before
        assert validate_event_body(row["event"]["kind"], row["event"]["body"]) == []


def test_apart_changes_dispute_and_a_settlement_naming_both_ends_it() -> None:
    disputed = named("two sets apart with different values dispute")["state"]["answers"]["F:1"]
    assert [c["value"] for c in disputed["candidates"]] == ["pass", "fail"]
    settled = named("a settlement naming both ends the dispute")["state"]["answers"]["F:1"]
    assert (settled["kind"], settled["value"]) == ("settled", "fail")


def test_a_change_made_apart_from_a_settlement_stands_in_either_order() -> None:
    one = named("a change after the dispute was seen outlives the settlement")
    other = named("the same two the other way round give the same two values")
    values = [
        {c["value"] for c in case["state"]["answers"]["F:1"]["candidates"]} for case in (one, other)
    ]
    assert values == [{"na", "fail"}, {"na", "fail"}]


def test_a_complete_visit_can_be_handed_in_and_a_failing_point_wants_note_and_photo() -> None:
    assert named("a complete visit lacks nothing")["missing"] == []
    state = named("a device takes its own note away, and a failing point lacks one")["state"]
    lacking = [m["what"] for m in missing(PACKAGE, state) if m["point"] == "F:2"]
    assert lacking == ["evidence", "note"]


def test_a_record_sent_back_names_the_digest_before_it() -> None:
    case = named("sent back, it opens as the next revision")
    assert case["record"]["revision"] == 2
    assert case["record"]["previous"] == "d" * 64
    assert case["state"]["status"] == "under_way"


def test_the_short_code_is_ten_digits_in_two_groups() -> None:
    assert short_code("9f3a71c204be55d1" + "0" * 48) == "9f3a7 1c204"


@pytest.mark.parametrize(
    ("kind", "body", "problems"),
    [
        ("no.such", {}, ["kind"]),
        ("answer.set", [], ["body"]),
        ("answer.set", {"point": "F:1", "value": 1.5, "note": None, "base": None}, ["body"]),
        (
            "answer.set",
            {"point": "", "value": "", "note": 3, "base": "x"},
            ["base", "note", "point", "value"],
        ),
        ("answer.settled", {"point": "F:1", "value": "pass", "of": []}, ["of"]),
        ("visit.started", {"position": {"lat": 36, "lon": "118"}}, ["position"]),
        ("visit.started", {"position": {"lat": "36.9", "lon": "118", "accuracy": "9"}}, []),
        ("evidence.added", {}, ["captured_at", "evidence", "mime", "sha256", "size", "source"]),
        ("evidence.withdrawn", {"evidence": "x", "reason": ""}, ["evidence", "reason"]),
        ("record.sealed", {"digest": "D" * 64, "assertion": 1}, ["assertion", "digest"]),
        ("clock.jumped", {"delta": True}, ["delta"]),
        ("clock.jumped", {"delta": 2**53}, ["body"]),
        ("result.set", sync_stories.ORDERED, []),
        (
            "result.set",
            {**sync_stories.ORDERED, "follow_up": {"code": "ordered", "date": "2026-W47-1"}},
            ["follow_up"],
        ),
        (
            "result.set",
            {**sync_stories.FINE, "category": {"system": "cn-8", "code": "9", "label": "x"}},
            ["category"],
        ),
        ("party.refused", {"reason": "不在", "witness": None}, []),
        ("recusal.requested", {"ground": "近亲属"}, []),
    ],
)
def test_a_body_is_well_formed_or_its_wrong_keys_are_named(
    kind: str, body: object, problems: list[str]
) -> None:
    assert validate_event_body(kind, body) == problems


def test_a_body_nested_too_deep_is_refused() -> None:
    deep: Any = "x"
    for _ in range(20):
        deep = [deep]
    assert validate_event_body("recusal.requested", {"ground": "g", "more": deep}) == ["body"]

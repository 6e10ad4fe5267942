"""What an insider tried on version 1, and what becomes of it in version 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from backend import drawkit as kit
from backend.drawkit import two
from tests.vectors.ceremony_v2 import (
    DRAW,
    OWN,
    Held,
    Setting,
    hold,
    inputs_of,
    lottery,
    number,
    register,
    register_lines,
    steps_of,
)
from tests.vectors.small_log import SmallLog, Step, cosigner_key
from tests.vectors.tampers_v2_ledger import moved

from .samples import sample
from .test_js_agrees import answers

WANTED = 17


def steered() -> tuple[Held, Held]:
    """(the draw as the dice fell, the draw of dice tried until a wanted enterprise was drawn)."""
    fallen = hold(Setting(throws=("6345466039", "0103169462")))
    for attempt in range(10**6):
        digits = f"{attempt:010}"
        typed = hold(Setting(throws=("6345466039", digits)))
        if WANTED in {one.row for one in typed.result.tasks}:
            return fallen, typed
    raise AssertionError("no dice draw the wanted enterprise")


def refused(files: dict[str, bytes], steps: list[Step]) -> str:
    report = kit.verify_bundle(kit.write_bundle(files | SmallLog(steps).proofs()))
    assert (report.status, report.lines[-1].name) == (kit.DIFFERS, "ledger"), report.verdict
    return report.lines[-1].sentence


def test_dice_typed_by_somebody_who_knows_every_number_are_refused() -> None:
    """Once all is revealed the insider tries dice until the result pleases. The ledger holds the
    throws from before; typing others afterwards shows, wherever they are recorded."""
    fallen, typed = steered()
    assert WANTED not in {one.row for one in fallen.result.tasks}
    assert kit.verify_bundle(typed.zip()).status == kit.EQUAL  # alone, without a ledger
    honest, wished = steps_of(fallen.files), steps_of(typed.files)
    before = [
        old if old.name == "thrown-2" else new for old, new in zip(honest, wished, strict=True)
    ]
    assert "recorded other bytes" in refused(typed.files, before)
    late = moved("thrown-2", "revealed-2")(wished)
    assert "before thrown-2" in refused(typed.files, late)


def test_an_account_that_did_not_commit_confirms_no_throw() -> None:
    for stranger in ("w03", "w04", "operator"):
        report = kit.verify_bundle(hold(Setting(confirmed_by=stranger)).zip())
        assert (report.status, report.lines[-1].name) == (kit.DIFFERS, "public")


def test_a_single_witness_cannot_make_a_room() -> None:
    with pytest.raises(kit.Malformed, match="at least 2 witnesses"):
        hold(Setting(quorum=1, present=("w01",)))


def test_the_own_body_alone_is_named_and_needs_a_ground() -> None:
    own = Setting(form=two.ROUTINE, quorum=1, present=("w03",))
    held = hold(own)
    closed = json.loads(held.files["commits.json"])
    assert (closed["grade"], bool(closed["ground"])) == (two.OWN_BODY, True)
    witnesses = closed["witnesses"]
    with pytest.raises(kit.Malformed, match="a ground is needed"):
        two.closed_list(held.freeze, held.inputs.plan, witnesses)
    outside = json.loads(hold().files["commits.json"])["witnesses"]
    with pytest.raises(kit.Malformed, match="a ground is needed"):
        two.closed_list(hold().freeze, held.inputs.plan, outside, "x")


def test_a_stratum_narrowed_to_one_enterprise_is_marked() -> None:
    tables = inputs_of()
    rows = [("A", "E1"), *[("B", f"E{n:02}") for n in range(20, 40)]]
    strata = [one for one in tables.plan["strata"] if one["code"] != "C"]
    narrowed = replace(
        tables,
        plan=tables.plan | {"strata": strata},
        pool=kit.write_table(rows, "pool.tsv"),
        recusals=b"",
    )
    report = kit.verify_bundle(hold(inputs=narrowed).zip())
    assert report.case is not None
    assert two.stratum_marks(report.case.strata) == {"A": [two.ALL_ROWS, two.SMALL_LIST]}
    assert "stratum A: all of its rows were drawn, so no chance was involved" in report.verdict


def test_proofs_of_forked_trees_are_refused_in_version_one_too() -> None:
    made = sample(Random(3))
    files = {"freeze": "freeze.json", "commits": "commits.json"}
    files |= {"transcript": "transcript.json", "result": "result.tsv"}
    kinds = {"freeze": "draw.frozen"}
    steps = [
        Step(
            name,
            kinds.get(name, f"draw.{name}"),
            DRAW,
            made.files[file],
            "2026-11-20T02:00:00.000Z",
        )
        for name, file in files.items()
    ]
    logs = [SmallLog(steps, first=b"noise %d" % place) for place in range(4)]
    forked = {
        f"proofs/{name}.tlog-proof": log.proof(name) for name, log in zip(files, logs, strict=True)
    }
    data = kit.write_bundle(made.files | forked)
    report = kit.verify_bundle(data)
    assert (report.status, report.lines[-1].name) == (kit.DIFFERS, "ledger")
    [on_the_page] = answers([data])
    assert (on_the_page["status"], on_the_page["failed"]) == ("differs", "ledger")
    one = kit.write_bundle(made.files | logs[0].proofs())
    assert kit.verify_bundle(one).status == kit.EQUAL
    demanded = kit.verify_bundle(one, cosigners=[cosigner_key()])
    assert "not cosigned by witness.example" in demanded.verdict
    bare = kit.verify_bundle(made.zip(), cosigners=[cosigner_key()])
    assert "no ledger proofs" in bare.verdict


def test_the_verdict_on_version_one_says_what_it_did_not_prevent() -> None:
    said = kit.verify_bundle(sample(Random(3)).zip()).verdict
    assert "typed and confirmed by one person who knew every other number" in said
    assert "a beacon's value is that of its round, which was never compared" in said


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda p: p.update(form="hall"), "field form"),
        (lambda p: p.update(quorum=5), "fewer seats than its quorum"),
        (lambda p: p.update(witnesses={"operator": "D1", "w1": "D2"}), "like the operator's side"),
        (lambda p: p.update(own=[]), "field own"),
        (lambda p: p.update(own=["outside"]), "own departments"),
    ],
)
def test_a_freeze_that_no_verifier_would_take_is_not_made(change: Change, sentence: str) -> None:
    given: dict[str, Any] = {
        "form": two.ROOM, "own": OWN, "witnesses": {"w1": "D1", "w2": "D2"}, "quorum": 2
    }  # fmt: skip
    change(given)
    with pytest.raises(kit.Malformed, match=sentence):
        frozen(two.Parties(**given), two.dice("x"), 0)


@pytest.mark.parametrize(
    ("public", "lead", "sentence"),
    [
        (lottery(), 3599, "less than an hour"),
        (two.dice("x", 19), 0, "field public"),
        (two.dice("x", 65), 0, "field public"),
        (two.dice(""), 0, "field public"),
        ({"type": "beacon", "rule": "x", "digits": 20}, 0, "field public"),
        (lottery(not_before="2026-11-20T12:25:00Z"), 3600, "field public"),
        (lottery(fictional="no"), 3600, "field public"),
        (two.dice("x"), -1, "field lead"),
    ],
)
def test_a_last_source_that_no_verifier_would_take_is_not_frozen(
    public: dict[str, Any], lead: int, sentence: str
) -> None:
    parties = two.Parties(two.ROOM, OWN, {"w1": "D1", "w2": "D2"}, 2)
    with pytest.raises(kit.Malformed, match=sentence):
        frozen(parties, public, lead)


def frozen(parties: two.Parties, public: dict[str, Any], lead: int) -> dict[str, Any]:
    return two.freeze_record(
        inputs_of(),
        draw_id=DRAW,
        parties_of_draw=parties,
        secrets=two.Secrets("0" * 64, "0" * 64, "0" * 64),
        public=public,
        lead=lead,
        origin=two.Origin({"items": ["x"]}, register()),
    )


def test_two_sides_that_typed_different_numbers_make_no_transcript() -> None:
    held = hold(Setting(public=lottery(), lead=3600))
    with pytest.raises(kit.Malformed, match="typed different numbers"):
        two.lottery_source(held.freeze, "58213", ("w01", "58214"))
    with pytest.raises(kit.Malformed, match="another number of digits"):
        hold(Setting(public=lottery(), lead=3600, number="582139"))


def test_a_register_is_one_line_for_each_enterprise_and_known_kinds_of_changes() -> None:
    lines = register_lines()
    with pytest.raises(kit.Malformed, match="out of order or twice"):
        two.register_of(number("key"), [lines[0], lines[0] + b"x"], {})
    with pytest.raises(kit.Malformed, match="renamed is no kind of change"):
        two.register_of(number("key"), lines, {"renamed": 1})
    made = two.register_of(number("key"), lines, {})
    assert made["changes"] == {
        "since": None,
        "since_freeze": None,
        "within_30_days": dict.fromkeys(two.CHANGES, 0),
    }
    other = two.register_of(number("another key"), lines, {})
    assert made["root"] != other["root"]

"""Draws of version 2, held without chance, that both forms of proofs and verdicts hold for."""

from __future__ import annotations

import pytest

from backend import drawkit as kit
from backend.drawkit import two
from tests.vectors.ceremony_v2 import (
    FILED,
    Setting,
    hold,
    inputs_of,
    lottery,
    proven,
    steps_of,
    with_rounds,
)
from tests.vectors.small_log import SmallLog, cosigner_key, verifier_key

ROUTINE = Setting(
    public=lottery(), form=two.ROUTINE, quorum=1, present=("w03",), lead=3600, filed=FILED
)
SETTINGS = [Setting(), ROUTINE, Setting(present=("w01", "w03"))]


@pytest.mark.parametrize("setting", SETTINGS, ids=["dice", "lottery", "other body"])
def test_an_honest_draw_is_equal_with_proofs_and_without(setting: Setting) -> None:
    held = with_rounds(hold(setting))
    for files, key in ((held.files, None), (proven(held), verifier_key())):
        report = kit.verify_bundle(kit.write_bundle(files), ledger_key=key)
        assert report.status == kit.EQUAL, report.verdict
    assert report.lines[-1].name == "rounds"
    assert "3 rounds follow from the frozen chains, 5 enterprises joined" in (
        report.lines[-1].sentence
    )


def test_the_verdict_names_version_grade_marks_and_what_is_not_proven() -> None:
    report = kit.verify_bundle(kit.write_bundle(proven(hold(ROUTINE))), ledger_key=verifier_key())
    assert "of version 2 recomputes to the published result (grade open" in report.verdict
    assert "stratum C: all of its rows were drawn" in report.verdict
    assert "58213 is the number that was drawn: look up 排列五, issue 2026310" in report.verdict
    assert "no cosigner was asked" in report.verdict
    assert "names none" not in report.verdict
    assert (report.grade, len(report.limits)) == (two.OPEN, 4)
    own = hold(Setting(form=two.ROUTINE, quorum=1, present=("w03",)))
    said = kit.verify_bundle(own.zip()).verdict
    assert "grade own_body" in said
    assert "not anchored in a ledger" in said
    assert "anything if all 2 who put in a number acted together" in said


def test_a_rehearsal_of_version_two_decides_nothing_and_its_entries_are_steps() -> None:
    held = hold(inputs=inputs_of(two.REHEARSAL))
    steps = steps_of(held.files)
    assert {step.type for step in steps} == {"rehearsal.step"}
    report = kit.verify_bundle(kit.write_bundle(proven(held)), require_ledger=True)
    assert report.status == kit.EQUAL, report.verdict
    assert "a rehearsal decides nothing" in report.verdict


def test_a_demanded_cosignature_must_be_there() -> None:
    held = hold()
    log = SmallLog(steps_of(held.files))
    for cosigned, status in ((True, kit.EQUAL), (False, kit.DIFFERS)):
        data = kit.write_bundle(held.files | log.proofs(cosigned=cosigned))
        report = kit.verify_bundle(
            data, require_ledger=True, ledger_key=verifier_key(), cosigners=[cosigner_key()]
        )
        assert report.status == status, report.verdict
    assert "is not cosigned by witness.example" in report.verdict

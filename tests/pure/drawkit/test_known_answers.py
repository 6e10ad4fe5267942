"""drawkit reproduces every value of the known answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend import drawkit as kit
from tests.vectors import make_draw_v1 as maker
from tests.vectors import make_draw_v1_bundles as bundles

TEXT = maker.FILE.read_text("utf-8")
VECTORS = json.loads(TEXT)


def test_the_file_of_known_answers_is_what_the_code_makes_of_its_inputs() -> None:
    assert maker.remake(VECTORS) == TEXT


def test_the_whole_draw_with_intermediate_values_comes_out() -> None:
    assert maker.remake_draw(VECTORS["known"]) == VECTORS["known"]


@pytest.mark.parametrize("number", range(25))
def test_a_whole_draw_comes_out(number: int) -> None:
    assert maker.remake_draw(VECTORS["draws"][number]) == VECTORS["draws"][number]


@pytest.mark.parametrize("number", range(15))
def test_a_batch_of_replacements_comes_out(number: int) -> None:
    assert maker.remake_batch(VECTORS["redraws"][number]) == VECTORS["redraws"][number]


def test_the_file_of_known_bundles_is_what_the_code_makes() -> None:
    assert bundles.make() == bundles.FILE.read_text("utf-8")


def test_the_known_copies_of_recusals_verify_and_tampered_ones_do_not() -> None:
    known = json.loads(bundles.FILE.read_text("utf-8"))["by_row"]

    def verified(files: dict[str, str]) -> kit.Report:
        data = {name: text.encode() for name, text in (known["files"] | files).items()}
        return kit.verify_bundle(kit.write_bundle(data))

    assert verified(known["part"]).status == verified(known["whole"]).status == kit.EQUAL
    for one in known["tampered"]:
        report = verified({"recusals.json": one["recusals.json"]})
        assert (report.status, report.lines[-1].name) == (kit.DIFFERS, one["fails"]), one["what"]


@pytest.mark.parametrize("number", range(2))
def test_a_root_frozen_over_officers_out_of_order_or_twice_is_refused(number: int) -> None:
    one = json.loads(bundles.FILE.read_text("utf-8"))["by_row"]["misfrozen"][number]
    files = {name: text.encode() for name, text in one["files"].items()}
    report = kit.verify_bundle(kit.write_bundle(files))
    assert (report.status, report.lines[-1].name) == (kit.DIFFERS, one["fails"])
    row = json.loads(one["files"]["recusals.json"])["rows"][0]["row"]
    said = f"recusals.json names the officers of row {row} out of order or one of them twice"
    assert report.lines[-1].sentence == said


def test_a_changed_input_changes_the_answers(tmp_path: Path) -> None:
    given = json.loads(TEXT)
    given["known"]["transcript"]["public"]["value"] = "0" * 20
    assert maker.remake_draw(given["known"])["result"] != VECTORS["known"]["result"]

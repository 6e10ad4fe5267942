"""Extensions: the next rows of the same order, with seats, replayed by both verifiers."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from backend import drawkit as kit

from .samples import Sample, inputs_of, roster_of, sample, with_extensions, with_replacements

Tamper = Callable[[dict[str, Any]], None]


def roomy(number: int = 5) -> Sample:
    """A draw with rows left in every stratum."""
    rng = Random(number)
    inputs = inputs_of(rng)
    for rule in inputs.plan["strata"]:
        rule |= {"num": 2, "den": 10, "min": 1, "max": None}
    return sample(rng, inputs)


def entries_of(made: Sample) -> list[dict[str, Any]]:
    record = kit.parse_canonical(made.files["extensions.json"], "extensions.json")
    found: list[dict[str, Any]] = record["extensions"]
    return found


def verdict(made: Sample) -> str:
    return kit.verify_bundle(made.zip()).verdict


def test_an_extension_takes_what_a_larger_quota_would_have_drawn() -> None:
    made = roomy()
    more = {part.code: 2 for part in made.result.strata if part.end - part.start - part.k >= 2}
    order = kit.order_of(made.result, made.seed, made.inputs.plan)
    entry = kit.run_extension(order, roster_of(made), sorted(more.items()), "x")
    plan = made.inputs.plan | {
        "strata": [
            rule | {"num": 0, "min": part.k + more.get(part.code, 0), "max": None}
            for rule, part in zip(
                sorted(made.inputs.plan["strata"], key=lambda one: str(one["code"])),
                made.result.strata,
                strict=True,
            )
        ]
    }
    inputs = kit.Inputs(plan, made.inputs.pool, made.inputs.officers, made.inputs.recusals)
    larger = {one.row for one in kit.compute(inputs, made.seed).tasks}
    assert larger == {one.row for one in made.result.tasks} | set(entry["rows"])


def test_nobody_who_sits_moves_and_no_rule_is_relaxed() -> None:
    for number in range(40):
        made = roomy(number)
        order = kit.order_of(made.result, made.seed, made.inputs.plan)
        state = roster_of(made)
        before = list(state.who)
        left = [(p.code, p.end - p.start - p.k) for p in order.strata if p.end - p.start > p.k]
        if not left:
            continue
        kit.run_extension(order, state, left, "x")
        assert state.who[: len(before)] == before
        pairs = {tuple(line.decode().split("\t")) for line in made.inputs.recusals.splitlines()}
        for seat, row in zip(state.seats, state.who, strict=True):
            if row == kit.VACANT:
                continue
            officer = state.officers[row]
            assert officer.department == seat.department
            assert not seat.speciality or seat.speciality in officer.specialities
            assert (officer.token, state.objects[seat.task]) not in pairs
        for task in range(len(state.objects)):
            team = [w for s, w in zip(state.seats, state.who, strict=True) if s.task == task]
            seated = [one for one in team if one != kit.VACANT]
            assert len(set(seated)) == len(seated)
        for row, officer in enumerate(state.officers):
            assert state.load[row] - officer.offset <= officer.cap


def test_the_reason_does_not_enter_the_key() -> None:
    results = []
    for reason in ("one", "another"):
        made = roomy()
        order = kit.order_of(made.result, made.seed, made.inputs.plan)
        part = next(p for p in order.strata if p.end - p.start > p.k)
        entry = kit.run_extension(order, roster_of(made), [(part.code, 1)], reason)
        results.append((entry["rows"], entry["seats"]))
    assert results[0] == results[1]


def test_a_bundle_with_extensions_and_batches_between_them_is_equal() -> None:
    made = with_extensions(roomy(), Random(1))
    report = kit.verify_bundle(made.zip())
    assert report.status == kit.EQUAL, report.verdict
    assert report.lines[-1].name == "extensions"
    assert "by 2 extensions" in report.lines[-1].sentence
    assert report.case is not None
    added = entries_of(made)[0]["rows"][0]
    code = report.case.computed().pool_lines[added].decode().split("\t")[1]
    assert "by an extension" in kit.audit(report.case, code)[-1]
    between = with_replacements(roomy(), Random(2), between=True)
    assert [one["after"] for one in entries_of(between)] == [1]
    assert kit.verify_bundle(between.zip()).status == kit.EQUAL


def change_rows(entry: dict[str, Any]) -> None:
    entry["rows"] = [entry["rows"][0] + 1, *entry["rows"][1:]]


def change_officer(entry: dict[str, Any]) -> None:
    seat = next(one for one in entry["seats"] if one["officer"] is not None)
    seat["officer"] = None


def change_number(entry: dict[str, Any]) -> None:
    entry["extension"] = 7


def change_place(entry: dict[str, Any]) -> None:
    entry["after"] = 3


def change_stratum(entry: dict[str, Any]) -> None:
    entry["more"] = [{"stratum": "S9", "n": 1}]


def ask_for_all(entry: dict[str, Any]) -> None:
    entry["more"] = [one | {"n": 1000} for one in entry["more"]]


@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (change_rows, "extension 1: the enterprises are not the next of the order"),
        (change_officer, "extension 1: the officers are not those that follow from the seed"),
        (change_number, "extension 1 of extensions.json is out of order or misnumbered"),
        (change_place, "extensions.json is out of order: an extension follows no batch"),
        (change_stratum, "extension 1 names stratum S9, which does not exist"),
        (ask_for_all, "rows left"),
    ],
)
def test_each_tampering_is_found_and_named(tamper: Tamper, sentence: str) -> None:
    made = with_extensions(roomy(), Random(1), 1)
    entry = entries_of(made)[0]
    tamper(entry)
    record = {"v": kit.VERSION, "draw": made.freeze["draw"], "extensions": [entry]}
    made.files["extensions.json"] = kit.canonical(record)
    assert sentence in verdict(made)


def test_another_draws_extensions_are_refused() -> None:
    made = with_extensions(roomy(), Random(1), 1)
    record = {"v": kit.VERSION, "draw": "330106-2026-0001-9", "extensions": entries_of(made)}
    made.files["extensions.json"] = kit.canonical(record)
    assert "extensions.json names another draw" in verdict(made)


@pytest.mark.parametrize(
    "more", [[], [("S0", 0)], [("S1", 1), ("S0", 1)], [("S0", 1), ("S0", 1)], [("ZZ", 1)]]
)
def test_what_is_no_extension_is_refused(more: list[tuple[str, int]]) -> None:
    made = roomy(3)
    order = kit.order_of(made.result, made.seed, made.inputs.plan)
    with pytest.raises(kit.Malformed):
        kit.run_extension(order, roster_of(made), more, "x")

"""Rounds of version 2: fresh links, who can be reached by them, and what never moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from backend import drawkit as kit
from backend.drawkit import selection, two
from backend.drawkit.selection import Stratum
from tests.vectors.ceremony_v2 import Held, Setting, hold, inputs_of, with_rounds

from .samples import inputs_of as random_inputs

PASSES, BITES = 1e-3, 1e-9
SEEDS, ROWS, DRAWN, MORE = 4000, 12, 4, 3
PART = Stratum("A", 0, ROWS, DRAWN)
Extend = Callable[[bytes, tuple[bytes, bytes], set[int]], list[int]]


def number(text: str) -> bytes:
    return sha256(text.encode()).digest()


def drawn(seed: bytes) -> set[int]:
    return {one.row for one in selection.draw_rows(seed, [PART])[0]}


def real(seed: bytes, links: tuple[bytes, bytes], taken: set[int]) -> list[int]:
    return [row for _, row in two.extension_lots(seed, 1, links, PART, taken, MORE)]


def next_of_the_old_order(seed: bytes, links: tuple[bytes, bytes], taken: set[int]) -> list[int]:
    """Mutant: what version 1 did."""
    return [one.row for one in selection.next_rows(seed, PART, MORE)]


def among_all(seed: bytes, links: tuple[bytes, bytes], taken: set[int]) -> list[int]:
    """Mutant: rows that are drawn already are drawn again."""
    return [row for _, row in two.extension_lots(seed, 1, links, PART, set(), MORE)]


def by_one_chain(seed: bytes, links: tuple[bytes, bytes], taken: set[int]) -> list[int]:
    """Mutant: the supervising body's link enters nothing."""
    return real(seed, (links[0], b"\0" * 32), taken)


def inclusion(extend: Extend) -> float:
    """p-value that the rows which were not drawn join equally often: counted by their place among
    those left, for one seed, over many links."""
    seed = number("one seed")
    taken = drawn(seed)
    left = [row for row in range(ROWS) if row not in taken]
    counts = dict.fromkeys(left, 0)
    for run in range(SEEDS):
        for row in extend(seed, (number(f"op {run}"), number(f"sup {run}")), taken):
            if row in counts:
                counts[row] += 1
    return float(chisquare([*counts.values()]).pvalue)


def test_every_row_that_is_left_joins_equally_often_whatever_the_seed_was() -> None:
    assert inclusion(real) > PASSES
    assert inclusion(next_of_the_old_order) < BITES


def test_over_seeds_alone_the_old_order_would_have_looked_fair() -> None:
    """Why the statistic holds the seed: whoever extends knows it."""

    def over_seeds(extend: Extend) -> float:
        counts = [0] * ROWS
        for run in range(SEEDS):
            seed = number(f"seed {run}")
            for row in extend(seed, (number("op"), number("sup")), drawn(seed)):
                counts[row] += 1
        return float(chisquare(counts).pvalue)

    assert over_seeds(real) > PASSES
    assert over_seeds(next_of_the_old_order) > PASSES


def test_no_row_joins_twice() -> None:
    def doubled(extend: Extend) -> int:
        seeds = [number(f"seed {run}") for run in range(200)]
        links = number("op"), number("sup")
        return sum(bool(drawn(seed) & {*extend(seed, links, drawn(seed))}) for seed in seeds)

    assert doubled(real) == 0
    assert doubled(among_all) > 50


def test_both_chains_decide() -> None:
    def moved(extend: Extend, side: int) -> int:
        seed, changed = number("one seed"), 0
        links = [number("op"), number("sup")]
        before = extend(seed, (links[0], links[1]), drawn(seed))
        for run in range(100):
            links[side] = number(f"another {run}")
            changed += extend(seed, (links[0], links[1]), drawn(seed)) != before
        return changed

    assert min(moved(real, 0), moved(real, 1)) > 90
    assert moved(by_one_chain, 1) == 0


@given(
    start=st.integers(0, 3000),
    size=st.integers(1, 400),
    wanted=st.integers(0, 40),
    run=st.integers(0, 10**6),
)
def test_lots_of_an_extension_do_not_depend_on_how_they_are_read(
    start: int, size: int, wanted: int, run: int
) -> None:
    """In chunks of any size the smallest lots of the rows left come out."""
    rng = Random(run)
    rows = sorted(rng.sample(range(start, start + size), rng.randint(0, size)))
    key = number(f"key {run}")
    slow = sorted((selection.keystream(key, row, 1), row) for row in rows)[:wanted]
    whole = selection.CHUNK_ROWS
    try:
        selection.CHUNK_ROWS = rng.randint(1, 64)
        assert selection.smallest_of(key, rows, wanted) == slow
    finally:
        selection.CHUNK_ROWS = whole
    assert selection.smallest_of(key, rows, wanted) == slow


def roomy(run: int) -> Held:
    """A draw of random tables with rows left in every stratum."""
    tables = random_inputs(Random(run))
    strata = [one | {"num": 2, "den": 10, "min": 1, "max": None} for one in tables.plan["strata"]]
    plan = tables.plan | {"v": two.VERSION, "strata": strata}
    return hold(inputs=replace(tables, plan=plan))


def ask(held: Held, order: kit.Order, roster: kit.Roster, rng: Random) -> dict[str, Any]:
    """A request that can be met: an extension, or a replacement with recusals and absences."""
    place = roster.batch + 1
    left = {part.code: part.end - part.start - part.k for part in order.strata}
    more = [(code, rng.randint(1, rows)) for code, rows in left.items() if rows]
    if more and rng.random() < 0.5:
        return two.extension_request(held.freeze, place, "supervisor", more, "线索增多")
    seats = rng.sample(range(len(roster.seats)), min(3, len(roster.seats)))
    seated = [seat for seat in seats if roster.who[seat] != kit.VACANT]
    recused = {
        (roster.officers[roster.who[seat]].token, roster.objects[roster.seats[seat].task])
        for seat in seated[:1]
    }
    absent = [roster.officers[roster.who[seat]].token for seat in seated[1:2]]
    vacated = [(seat, "absence") for seat in seats]
    return two.replacement_request(held.freeze, place, "supervisor", vacated, [*recused], absent)


def run(
    order: kit.Order, roster: kit.Roster, request: dict[str, Any], links: tuple[bytes, bytes]
) -> dict[str, Any]:
    if request["kind"] == "extension":
        return two.run_extension(order, roster, request, links)
    return two.run_replacement(roster, request, links)


def check_rules(held: Held, order: kit.Order, roster: kit.Roster) -> None:
    """What holds after every round: nobody twice in a team, no cap passed, no recusal broken."""
    rows = [one.row for one in order.rows]
    assert len(set(rows)) == len(rows)
    for seat, who in zip(roster.seats, roster.who, strict=True):
        if who == kit.VACANT:
            continue
        officer = roster.officers[who]
        assert officer.department == seat.department
        assert not seat.speciality or seat.speciality in officer.specialities
        assert (officer.token, roster.objects[seat.task]) not in roster.recused
    for task in range(len(roster.objects)):
        team = [w for s, w in zip(roster.seats, roster.who, strict=True) if s.task == task]
        seated = [one for one in team if one != kit.VACANT]
        assert len(set(seated)) == len(seated)
    for row, officer in enumerate(roster.officers):
        assert roster.load[row] - officer.offset <= officer.cap


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_any_sequence_of_rounds_keeps_the_rules_moves_nobody_else_and_verifies(start: int) -> None:
    for number_ in range(start, start + 20):
        rng, held = Random(number_), roomy(number_)
        order = kit.order_of(held.result, held.seed, held.inputs.plan)
        roster = held.roster()
        for links in held.links[: rng.randint(1, 4)]:
            request, before = ask(held, order, roster, rng), list(roster.who)
            held.rounds.append(run(order, roster, request, links))
            vacated = {one["seat"] for one in request.get("vacated", [])}
            for seat, who in enumerate(before):
                assert seat in vacated or roster.who[seat] == who
            check_rules(held, order, roster)
        held.files["rounds.json"] = kit.canonical(two.rounds_record(held.freeze, held.rounds))
        report = kit.verify_bundle(held.zip())
        assert report.status == kit.EQUAL, report.verdict


def test_an_enterprise_that_joined_is_told_so() -> None:
    held = with_rounds(hold())
    report = kit.verify_bundle(held.zip())
    assert report.case is not None
    row = held.rounds[1]["rows"][0]
    code = held.result.pool_lines[row].decode().split("\t")[1]
    said = kit.audit(report.case, code)[-1]
    assert "by an extension, drawn anew among the rest; officers: O" in said


def test_no_reason_enters_a_round() -> None:
    found = []
    for reason in ("one", "another"):
        held = hold()
        order = kit.order_of(held.result, held.seed, held.inputs.plan)
        request = two.extension_request(held.freeze, 1, reason, [("A", 3)], reason)
        entry = two.run_extension(order, held.roster(), request, held.links[0])
        found.append((entry["rows"], entry["seats"]))
    assert found[0] == found[1]


def test_a_link_is_used_once_and_in_its_turn() -> None:
    held = hold()
    roster = held.roster()

    def request(place: int) -> dict[str, Any]:
        return two.replacement_request(held.freeze, place, "supervisor", [(0, "x")], [], [])

    with pytest.raises(kit.Malformed, match="round 1: the operator's link"):
        two.run_replacement(roster, request(1), held.links[1])
    with pytest.raises(kit.Malformed, match="round 2 is not the next one, which is 1"):
        two.run_replacement(roster, request(2), held.links[0])
    two.run_replacement(roster, request(1), held.links[0])
    with pytest.raises(kit.Malformed, match="round 2: the operator's link"):
        two.run_replacement(roster, request(2), held.links[0])


def test_a_round_of_version_two_is_not_run_in_a_draw_of_version_one() -> None:
    held = hold()
    roster = replace(held.roster(), version=kit.ONE)
    request = two.replacement_request(held.freeze, 1, "supervisor", [(0, "x")], [], [])
    with pytest.raises(kit.Malformed):
        two.run_replacement(roster, request, held.links[0])


def test_sealed_rows_are_found_in_both_versions_by_the_same_salt() -> None:
    """The label of a sealed row is that of version 1: an enterprise opens it the same way."""
    tables, key = inputs_of(), number("pool key")
    codes = [line.split(b"\t") for line in tables.pool.splitlines()]
    rows = [
        (
            stratum.decode(),
            kit.sealed_object(
                stratum.decode(),
                code.decode(),
                kit.sealed_salt(key, stratum.decode(), code.decode()),
            ),
        )
        for stratum, code in codes
    ]
    plan = tables.plan | {"mode": "sealed"}
    sealed = kit.Inputs(plan, kit.write_table(rows, "pool.tsv"), tables.officers, b"")
    report = kit.verify_bundle(hold(Setting(), sealed).zip())
    assert report.case is not None
    code = codes[0][1].decode()
    salt = kit.sealed_salt(key, "A", code)
    assert kit.audit(report.case, code, salt)[0].startswith("row ")

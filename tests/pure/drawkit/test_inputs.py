"""Bad input, each with its named answer; quotas, strata, lots and their streaming."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import drawkit as kit
from backend.drawkit import merkle, selection

from .literal import block
from .samples import inputs_of, sample

GOOD = b"A\tE1\nA\tE2\n"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"A\tE1\r\nA\tE2\r\n", "line 1: ends with a carriage return"),
        (b"\xef\xbb\xbf" + GOOD, "begins with a byte order mark"),
        (b"A\tE1\nA\tE1\n", "line 2: appears twice"),
        (b"A\tE2\nA\tE1\n", "line 2: out of order"),
        (b"A\tE1\nA\tE2", "does not end with a line feed"),
        (b"A\tE1\n\nA\tE2\n", "line 2: not 2 tokens"),
        (b"A E1\n", "line 1: not 2 tokens"),
        (b"A\t\n", "line 1: not 2 tokens"),
        ("A\tＥ１\n".encode(), "line 1: not 2 tokens"),
        (b"A\t" + b"E" * 65 + b"\n", "line 1: not 2 tokens"),
    ],
)
def test_a_table_out_of_form_is_refused_with_its_line(data: bytes, sentence: str) -> None:
    with pytest.raises(kit.Malformed, match=sentence):
        kit.read_table(data, "pool.tsv")


@pytest.mark.parametrize("cap", ["-1", "01", "1.0", "", "x", "1000000000"])
def test_an_officer_with_a_cap_that_is_no_count_is_refused(cap: str) -> None:
    with pytest.raises(kit.Malformed):
        kit.read_table(f"O1\tA\t\t{cap}\t0\n".encode(), "officers.tsv")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ('{"a":"e\u0301"}'.encode(), "normal form NFC"),
        (b'{"a":1.0}', "not a whole number"),
        (b'{"a":9007199254740992}', "outside"),
        (b'{"a":1,"a":1}', "a key appears twice"),
        (b'{"b":1,"a":1}', "not in canonical form"),
        (b'{"a": 1}', "not in canonical form"),
        (b'{"a":1}\n', "not in canonical form"),
        (b'\xef\xbb\xbf{"a":1}', "not readable as JSON"),
        (b'{"a":"\xff"}', "not readable as JSON"),
        ('{"é":1}'.encode(), "not ASCII"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b"[1]", "not a JSON object"),
        (b"", "not readable as JSON"),
        (b'{"a":' + b"[" * 100_000, "not readable as JSON"),
    ],
)
def test_json_out_of_form_is_refused_with_the_reason(data: bytes, sentence: str) -> None:
    with pytest.raises(kit.Malformed, match=sentence):
        kit.parse_canonical(data, "plan.json")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('abAB"\\\n', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abz", min_size=1, max_size=3), json_values, max_size=4))
def test_canonical_json_is_what_the_reference_library_makes(value: dict[str, Any]) -> None:
    import rfc8785

    try:
        made = kit.canonical(value)
    except kit.Malformed:
        return  # not NFC, which the draw refuses and the library does not know
    assert made == rfc8785.dumps(value)
    assert kit.parse_canonical(made, "plan.json") == value


def rule(**values: int | None) -> dict[str, Any]:
    return {"code": "A", "num": 1, "den": 3, "min": None, "max": None} | values


@pytest.mark.parametrize(
    ("rows", "given_rule", "k"),
    [
        (10, rule(), 4),
        (0, rule(), 0),
        (0, rule(min=3), 0),
        (10, rule(num=0), 0),
        (10, rule(num=0, min=2), 2),
        (10, rule(num=3), 10),
        (10, rule(num=9), 10),
        (10, rule(max=2), 2),
        (2, rule(min=5), 2),
        (10**15, rule(num=1, den=3), 333_333_333_333_334),
    ],
)
def test_a_quota_is_rounded_up_then_bounded(rows: int, given_rule: dict[str, Any], k: int) -> None:
    assert selection.quota(rows, given_rule) == k


def test_a_ratio_by_zero_is_refused() -> None:
    with pytest.raises(kit.Malformed, match="ratio"):
        selection.quota(10, rule(den=0))


def plan_with(inputs: kit.Inputs, **changes: Any) -> kit.Inputs:
    return kit.Inputs(inputs.plan | changes, inputs.pool, inputs.officers, inputs.recusals)


STRATA = [
    {"code": code, "num": 1, "den": 2, "min": None, "max": None} for code in ("S0", "S1", "S2")
]
TEAM = {"*": [{"dept": "D0", "spec": "", "n": 2}]}


def test_an_empty_stratum_draws_nobody_and_verifies() -> None:
    extra = {"code": "S00", "num": 1, "den": 1, "min": 5, "max": None}
    made = sample(Random(2), plan_with(inputs_of(Random(2)), strata=[*STRATA, extra], teams=TEAM))
    empty = next(part for part in made.freeze["strata"] if part["code"] == "S00")
    assert (empty["end"] - empty["start"], empty["k"]) == (0, 0)
    assert kit.verify_bundle(made.zip()).status == kit.EQUAL


@pytest.mark.parametrize(("num", "share"), [(0, 0), (1, 1)])
def test_ratio_nought_draws_nobody_and_ratio_one_everybody(num: int, share: int) -> None:
    strata = [part | {"num": num, "den": 1} for part in STRATA]
    made = sample(Random(4), plan_with(inputs_of(Random(4)), strata=strata, teams=TEAM))
    assert len(made.result.tasks) == share * made.freeze["pool_rows"]
    assert kit.verify_bundle(made.zip()).status == kit.EQUAL


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"teams": {"*": [{"dept": "D0", "spec": "", "n": 1}]}}, "fewer than two seats"),
        ({"teams": {"S9": TEAM["*"]}}, "has no team"),
        ({"strata": [STRATA[0] | {"code": "ZZ"}]}, "the plan has not"),
        ({"strata": [*STRATA, STRATA[0]]}, "same code"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused_at_the_freeze(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(kit.Malformed, match=sentence):
        sample(Random(6), plan_with(inputs_of(Random(6)), **changes))


@pytest.mark.parametrize(
    ("table", "data", "sentence"),
    [
        ("pool", b"S0\tE1\nS1\tE1\n", "in two strata"),
        ("officers", b"O1\tD0\t\t9\t0\nO1\tD1\t\t9\t0\n", "in two rows"),
        ("exclusions", b"E001\tclosed\n", "which a rule excludes"),
    ],
)
def test_contradicting_tables_are_refused_at_the_freeze(
    table: str, data: bytes, sentence: str
) -> None:
    base = plan_with(inputs_of(Random(6)), strata=STRATA, teams=TEAM)
    tables = {"pool": base.pool, "officers": base.officers, "recusals": b"", "exclusions": b""}
    with pytest.raises(kit.Malformed, match=sentence):
        sample(Random(6), kit.Inputs(base.plan, **(tables | {table: data})))


def test_a_draw_without_a_witness_is_refused() -> None:
    inputs = inputs_of(Random(6))
    with pytest.raises(kit.Malformed, match="at least one witness"):
        kit.freeze_record(
            inputs,
            draw_id="330106-2026-0001-1",
            op_commit="00" * 32,
            op_chain="00" * 32,
            sup_chain="00" * 32,
            witnesses=[],
            quorum=0,
            public={"type": "none", "rule": ""},
        )


def test_lots_are_aes_blocks_and_streaming_finds_the_smallest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = b"\3" * 32
    ranked = sorted((block(key, row), row) for row in range(700))
    monkeypatch.setattr(selection, "CHUNK_ROWS", 64)
    for k in (0, 1, 5, 64, 65, 699, 700):
        assert selection.smallest(key, 0, 700, k) == ranked[:k]
    assert selection.smallest(key, 100, 300, 20) == [x for x in ranked if 100 <= x[1] < 300][:20]


def test_extending_takes_the_next_rows_of_the_same_order() -> None:
    part = kit.Stratum("A", 10, 60, 5)
    seed = b"\4" * 32
    whole = selection.draw_rows(seed, [kit.Stratum("A", 10, 60, 50)])[0]
    assert [one.row for one in kit.next_rows(seed, part, 7)] == [one.row for one in whole[5:12]]
    assert len(kit.next_rows(seed, part, 1000)) == 45


@given(st.integers(1, 40), st.data())
def test_a_merkle_path_leads_to_the_root_from_its_own_row_only(size: int, data: Any) -> None:
    import pymerkle

    entries = [f"row {number}".encode() for number in range(size)]
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    root = merkle.root(entries)
    assert root == tree.get_root()
    index = data.draw(st.integers(0, size - 1))
    path = merkle.path(entries, index)
    assert merkle.root_from_path(merkle.leaf_hash(entries[index]), index, size, path) == root
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index or size == 1))
    if other != index:
        leaf = merkle.leaf_hash(entries[other])
        assert merkle.root_from_path(leaf, index, size, path) != root
        assert merkle.root_from_path(leaf, index, size, [*path, b"\0" * 32]) != root


def test_chains_are_revealed_backwards() -> None:
    links = kit.chain(b"\6" * 32, 4)
    assert [kit.chain_step(link) for link in links[:-1]] == links[1:]


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(kit.Malformed, match="31 bytes"):
        kit.operator_commitment("d", b"\0" * 31)

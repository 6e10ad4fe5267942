"""Recusals fixed row by row: what the public copy shows, proves and does not tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from backend import drawkit as kit
from backend.drawkit import merkle, recusals

from .samples import Sample, as_a_whole, in_part, inputs_of, sample, with_extensions

KEY = bytes(range(32))
Record = dict[str, Any]


def drawn(seed: int = 3, key: bytes = KEY) -> Sample:
    """A draw of which several drawn rows and several others have recusals."""
    rng = Random(seed)
    while True:
        inputs = inputs_of(rng, rows=40, people=12)
        made = sample(rng, inputs, recusal_key=key)
        shut = {line.split(b"\t")[1].decode() for line in inputs.recusals.splitlines()}
        if len(shut & set(made.result.objects())) > 2 and len(shut) > 8:
            return made


def published(made: Sample) -> tuple[bytes, Record]:
    """The public copy and its recusals.json."""
    files = in_part(made, KEY).files
    return kit.write_bundle(files), json.loads(files["recusals.json"])


def first_failure(files: dict[str, bytes]) -> tuple[str, str]:
    report = kit.verify_bundle(kit.write_bundle(files))
    assert report.status == kit.DIFFERS, report.verdict
    return report.lines[-1].name, report.lines[-1].sentence


def test_the_public_copy_has_every_recusal_of_a_drawn_row_and_no_other() -> None:
    made = drawn()
    objects = set(made.result.objects())
    pairs = {tuple(line.split("\t")) for line in made.inputs.recusals.decode().splitlines()}
    data, part = published(made)
    report = kit.verify_bundle(data)
    assert report.status == kit.EQUAL, report.verdict
    lines = [line.decode().split("\t")[1] for line in made.result.pool_lines]
    shown = {(who, lines[one["row"]]) for one in part["rows"] for who in one["officers"]}
    assert shown == {pair for pair in pairs if pair[1] in objects}
    assert len(shown) < len(pairs)
    assert [one["row"] for one in part["rows"]] == sorted(task.row for task in made.result.tasks)
    assert "recusals.tsv" not in kit.read_bundle(data)


def test_no_digest_lets_anybody_guess_the_rest_of_the_list() -> None:
    made = drawn()
    whole = kit.digest(made.inputs.recusals)
    data, _part = published(made)
    files = kit.read_bundle(data)
    assert "recusals_sha256" not in json.loads(files["freeze.json"])
    assert not [name for name, content in files.items() if whole.encode() in content]
    other = sample(Random(3), made.inputs, recusal_key=bytes(32))
    assert other.freeze["recusals_root"] != made.freeze["recusals_root"]


def test_the_auditors_copy_has_the_whole_list_and_verifies_with_its_key() -> None:
    made = as_a_whole(drawn(), KEY)
    report = kit.verify_bundle(made.zip())
    assert report.status == kit.EQUAL, report.verdict
    said = next(line.sentence for line in report.lines if line.name == "recusals")
    assert said == f"{len(made.inputs.recusals.splitlines())} recusals, the whole list, lead to" + (
        " the frozen root"
    )


def test_an_extension_brings_the_recusals_of_its_rows() -> None:
    made = with_extensions(drawn(), Random(1))
    before = {task.row for task in made.result.tasks}
    data, part = published(made)
    assert kit.verify_bundle(data).status == kit.EQUAL
    assert {one["row"] for one in part["rows"]} > before


def a_pair_left_out(part: Record) -> None:
    next(one for one in part["rows"] if one["officers"])["officers"].pop()


def a_pair_altered(part: Record) -> None:
    next(one for one in part["rows"] if one["officers"])["officers"] = ["O99"]


def a_pair_added(part: Record) -> None:
    next(one for one in part["rows"] if not one["officers"])["officers"] = ["O01"]


def a_salt_altered(part: Record) -> None:
    part["rows"][0]["salt"] = "0" * 32


def a_step_left_out(part: Record) -> None:
    part["path"].pop()


def a_step_added(part: Record) -> None:
    part["path"].append("0" * 64)


def steps_exchanged(part: Record) -> None:
    part["path"][0], part["path"][1] = part["path"][1], part["path"][0]


@pytest.mark.parametrize(
    "tamper",
    [
        a_pair_left_out,
        a_pair_altered,
        a_pair_added,
        a_salt_altered,
        a_step_left_out,
        a_step_added,
        steps_exchanged,
    ],
)
def test_whatever_is_changed_in_the_part_does_not_lead_to_the_root(
    tamper: Callable[[Record], None],
) -> None:
    made = drawn()
    _data, part = published(made)
    tamper(part)
    name, sentence = first_failure(made.files | {"recusals.json": kit.canonical(part)})
    assert name == "recusals"
    assert sentence.endswith("the recusals of the drawn rows do not lead to the frozen root")


def test_a_drawn_row_cannot_be_left_out_and_no_other_row_be_shown() -> None:
    made = drawn()
    _data, part = published(made)
    row = part["rows"][1]["row"]
    shorter = part | {"rows": [one for one in part["rows"] if one["row"] != row]}
    name, sentence = first_failure(made.files | {"recusals.json": kit.canonical(shorter)})
    assert (name, sentence) == ("recusals", f"recusals.json leaves out row {row}, which was drawn")
    spare = next(n for n in range(40) if n not in {one["row"] for one in part["rows"]})
    rows = [task.row for task in made.result.tasks]
    pairs = made.inputs.recusals.splitlines()
    longer = kit.recusals_part(made.freeze, KEY, made.result.pool_lines, pairs, [*rows, spare])
    _name, sentence = first_failure(made.files | {"recusals.json": kit.canonical(longer)})
    assert sentence == f"recusals.json holds row {spare}, which was not drawn"
    turned = part | {"rows": part["rows"][::-1]}
    _name, sentence = first_failure(made.files | {"recusals.json": kit.canonical(turned)})
    assert sentence.endswith("out of order or twice")


def test_a_list_out_of_order_or_with_a_pair_twice_cannot_be_frozen() -> None:
    inputs = inputs_of(Random(3))
    pool = inputs.pool.splitlines()
    target = pool[0].split(b"\t")[1]
    turned = [b"O02\t" + target, b"O01\t" + target]
    for pairs in (turned, [turned[0], turned[0]]):
        with pytest.raises(kit.Malformed, match="out of order or twice"):
            recusals.leaves(KEY, pool, pairs)
        data = b"".join(line + b"\n" for line in pairs)
        frozen = kit.Inputs(inputs.plan, inputs.pool, inputs.officers, data)
        with pytest.raises(kit.Malformed, match="line 2"):
            sample(Random(3), frozen, recusal_key=KEY)


def test_the_part_of_another_list_is_found() -> None:
    made, other = drawn(), drawn(key=bytes(32))
    pairs = other.inputs.recusals.splitlines()
    rows = [task.row for task in made.result.tasks]
    part = kit.recusals_part(made.freeze, bytes(32), other.result.pool_lines, pairs, rows)
    in_part(made, KEY)
    name, sentence = first_failure(made.files | {"recusals.json": kit.canonical(part)})
    assert name == "recusals"
    assert "do not lead to the frozen root" in sentence
    _data, own = published(drawn())
    own["draw"] = "330106-2026-0001-2"
    name, sentence = first_failure(made.files | {"recusals.json": kit.canonical(own)})
    assert (name, sentence) == ("fields", "recusals.json names another draw")


def ignoring_one(made: Sample) -> tuple[bytes, bytes]:
    """recusals.tsv without one pair that decides something, and the result that comes of it."""
    lines = made.inputs.recusals.splitlines(keepends=True)
    for number in range(len(lines)):
        rest = b"".join(lines[:number] + lines[number + 1 :])
        inputs = kit.Inputs(made.inputs.plan, made.inputs.pool, made.inputs.officers, rest)
        forged = kit.compute(inputs, made.seed).tsv()
        if forged != made.files["result.tsv"]:
            return rest, forged
    raise AssertionError("no recusal of this draw decides anything")


def test_an_operator_who_ignores_a_frozen_recusal_has_no_part_to_publish() -> None:
    made = drawn()
    rest, forged = ignoring_one(made)
    rows = [task.row for task in made.result.tasks]
    in_part(made, KEY)
    for pairs, check in ((made.inputs.recusals, "officers"), (rest, "recusals")):
        part = kit.recusals_part(made.freeze, KEY, made.result.pool_lines, pairs.splitlines(), rows)
        files = made.files | {"recusals.json": kit.canonical(part), "result.tsv": forged}
        assert first_failure(files)[0] == check


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        ({"recusals-key.json": None}, "fields", "its key is missing"),
        ({"recusals.tsv": b""}, "recusals", "recusals.tsv and its key do not lead"),
        ({"recusals.tsv": b"O01\tE999\n"}, "recusals", "names E999, which is not in the roster"),
        ({"recusals.tsv": b"O01\tE999"}, "form", "does not end with a line feed"),
    ],
)
def test_a_changed_whole_list_is_found(
    change: dict[str, bytes | None], check: str, words: str
) -> None:
    files: dict[str, bytes | None] = {**as_a_whole(drawn(), KEY).files, **change}
    name, sentence = first_failure({key: data for key, data in files.items() if data is not None})
    assert name == check
    assert words in sentence


def test_a_wrong_key_is_found() -> None:
    made = as_a_whole(drawn(), bytes(32))
    assert first_failure(made.files)[1] == "recusals.tsv and its key do not lead to the frozen root"


def test_a_list_frozen_as_one_file_cannot_be_cut_down_afterwards() -> None:
    rng = Random(3)
    made = sample(rng)
    part = in_part(made, KEY).files
    name, sentence = first_failure(part)
    assert (name, sentence) == (
        "fields",
        "the freeze record fixes recusals.tsv as one file, not row by row",
    )


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ((), "the bundle lacks recusals.tsv"),
        (("recusals-key.json",), "the bundle lacks recusals.tsv"),
        (("recusals.json", "recusals-key.json"), "holds recusals-key.json"),
        (("recusals.json", "recusals.tsv"), "holds recusals.json"),
    ],
)
def test_forms_that_exclude_each_other_are_no_bundle(kept: tuple[str, ...], why: str) -> None:
    files = as_a_whole(drawn(), KEY).files
    files |= {"recusals.json": in_part(drawn(), KEY).files["recusals.json"]}
    others = {name: data for name, data in files.items() if not name.startswith("recusals")}
    data = kit.write_bundle(others | {name: files[name] for name in kept})
    report = kit.verify_bundle(data)
    assert report.status == kit.UNREADABLE
    assert why in report.verdict


def test_a_recusal_from_somebody_outside_the_roster_cannot_be_frozen() -> None:
    inputs = inputs_of(Random(3))
    foreign = kit.Inputs(inputs.plan, inputs.pool, inputs.officers, b"O01\tE999\n")
    with pytest.raises(kit.Malformed, match="E999, which is not in the roster"):
        sample(Random(3), foreign, recusal_key=KEY)


def test_a_draw_without_any_drawn_row_has_an_empty_part() -> None:
    inputs = inputs_of(Random(3))
    strata = [part | {"num": 0, "min": None} for part in inputs.plan["strata"]]
    nothing = kit.Inputs(
        inputs.plan | {"strata": strata}, inputs.pool, inputs.officers, inputs.recusals
    )
    data, part = published(sample(Random(3), nothing, recusal_key=KEY))
    assert (part["rows"], part["path"]) == ([], [])
    assert kit.verify_bundle(data).status == kit.EQUAL


def test_a_shared_path_leads_to_the_root_of_rfc_6962_and_nothing_else_does() -> None:
    rng = Random(5)
    for size in [*range(1, 40), 257, 1000]:
        entries = [rng.randbytes(rng.randrange(9)) for _ in range(size)]
        places = rng.sample(range(size), rng.randint(1, min(size, 12)))
        path = merkle.shared_path(entries, places)
        known = {place: merkle.leaf_hash(entries[place]) for place in places}
        root = merkle.root(entries)
        assert merkle.root_from_shared(known, size, path) == root
        assert merkle.root_from_shared(known, size, [*path, root]) is None
        if path:
            assert merkle.root_from_shared(known, size, path[:-1]) is None
            assert merkle.root_from_shared(known, size, [root, *path[1:]]) != root
        wrong = known | {places[0]: merkle.leaf_hash(b"another")}
        assert merkle.root_from_shared(wrong, size, path) != root
    assert merkle.root_from_shared({}, 3, []) is None
    assert merkle.root_from_shared({3: root}, 3, []) is None


def test_a_leaf_is_sixteen_bytes_of_the_keystream_and_the_officers() -> None:
    pool = [b"S0\tE000", b"S0\tE001"]
    first, second = recusals.leaves(KEY, pool, [b"O01\tE001", b"O02\tE001"])
    assert len(first) == 16
    assert second[16:] == b"O01,O02"
    assert first != second[:16]

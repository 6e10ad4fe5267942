"""drawkit reproduces every known answer of version 2, and a literal reading of the specification
does too."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Any

import pytest

from backend import drawkit as kit
from backend.drawkit import forms, merkle
from tests.vectors import make_draw_v2 as maker
from tests.vectors import make_draw_v2_bundles as bundles

from .literal import block
from .test_verify import raw_zip

ANSWERS = json.loads(maker.FILE.read_text("utf-8"))
BUNDLES = json.loads(bundles.FILE.read_text("utf-8"))
EVERY = [*BUNDLES["equal"], *BUNDLES["refused"]]


def test_both_files_are_what_the_code_makes() -> None:
    assert maker.make() == maker.FILE.read_text("utf-8")
    assert bundles.make() == bundles.FILE.read_text("utf-8")


def verified(one: dict[str, Any]) -> kit.Report:
    """What drawkit says of a known bundle with the keys that it names."""
    texts = {**BUNDLES["bases"][one["of"]], **one["files"]}
    files = {name: text.encode() for name, text in texts.items() if text is not None}
    data = raw_zip(files) if one.get("fails") == "files" else kit.write_bundle(files)
    return kit.verify_bundle(
        data,
        require_ledger=bool(one.get("key")),
        ledger_key=BUNDLES["ledger_key"] if one.get("key") else None,
        cosigners=[BUNDLES["cosigner_key"]] if one.get("cosigned") else [],
    )


@pytest.mark.parametrize("one", BUNDLES["equal"], ids=lambda one: one["what"])
def test_an_honest_bundle_is_equal_with_its_grade(one: dict[str, Any]) -> None:
    report = verified(one)
    assert (report.status, report.grade) == (kit.EQUAL, one["grade"]), report.verdict


@pytest.mark.parametrize("one", BUNDLES["refused"], ids=lambda one: one["what"])
def test_a_tampered_bundle_is_refused_by_the_check_that_is_named(one: dict[str, Any]) -> None:
    report = verified(one)
    status = kit.UNREADABLE if one["fails"] == "files" else kit.DIFFERS
    found = (report.status, report.lines[-1].name, report.lines[-1].holds)
    assert found == (status, one["fails"], False), report.verdict


def test_every_known_bundle_is_another_one() -> None:
    told = [json.dumps([one["of"], one["files"], one.get("cosigned")]) for one in EVERY]
    assert len(set(told)) == len(told)
    assert all(one["files"] for one in BUNDLES["refused"] if not one.get("cosigned"))


def counted(text: str) -> bytes:
    return len(text.encode()).to_bytes(4, "big") + text.encode()


@pytest.mark.parametrize("one", ANSWERS["draws"])
def test_commitments_and_seed_follow_from_the_formulas(one: dict[str, Any]) -> None:
    files = one["files"]
    freeze, commits, transcript = (
        json.loads(files[f"{name}.json"]) for name in ("freeze", "commits", "transcript")
    )
    frozen = sha256(files["freeze.json"].encode()).digest()
    assert one["freeze_sha256"] == frozen.hex() == commits["freeze"] == transcript["freeze"]
    assert transcript["commits"] == sha256(files["commits.json"].encode()).hexdigest()
    number = bytes.fromhex(one["operator"])
    draw = freeze["draw"].encode()
    said = b"evenhand-draw/2/op-commit\n" + draw + b"\0" + number
    assert freeze["op_commit"] == sha256(said).hexdigest()
    for closed, revealed in zip(commits["witnesses"], transcript["witnesses"], strict=True):
        secret = sha256(counted(revealed["text"]) + bytes.fromhex(revealed["rand"])).digest()
        assert one["secrets"][closed["id"]] == secret.hex()
        head = b"evenhand-draw/2/commit\n" + frozen + closed["id"].encode() + b"\0"
        said = head + counted(closed["institution"] or "") + secret
        assert closed["commitment"] == sha256(said).hexdigest()
    seed = sha256(b"evenhand-draw/2/seed\n" + files["transcript.json"].encode()).digest()
    assert one["seed"] == seed.hex()
    objects = hmac.new(seed, b"objects", sha256).digest()
    assert one["lot0"] == block(objects, 0).hex()


@pytest.mark.parametrize("one", ANSWERS["draws"])
def test_links_and_keys_of_rounds_follow_from_the_formulas(one: dict[str, Any]) -> None:
    freeze = json.loads(one["files"]["freeze.json"])
    heads = [freeze["op_chain"], freeze["sup_chain"]]
    for pair in one["links"]:
        steps = [sha256(b"evenhand-draw/2/chain\n" + bytes.fromhex(link)) for link in pair]
        assert [step.hexdigest() for step in steps] == heads
        heads = pair
    for place, keys in enumerate(one["keys"], 1):
        for label, key in keys.items():
            operator, supervisor = one["links"][place - 1]
            said = f"evenhand-draw/2/{label}\n{place}\n{operator}\n{supervisor}"
            made = hmac.new(bytes.fromhex(one["seed"]), said.encode(), sha256)
            assert made.hexdigest() == key


@pytest.mark.parametrize("one", ANSWERS["extensions"])
def test_rows_that_join_are_the_smallest_lots_of_those_left(one: dict[str, Any]) -> None:
    said = (
        f"evenhand-draw/2/extend\n{one['round']}\n{one['operator_link']}\n{one['supervisor_link']}"
    )
    key = hmac.new(bytes.fromhex(one["seed"]), said.encode(), sha256).digest()
    left = [row for row in range(one["start"], one["end"]) if row not in one["taken"]]
    lots = sorted((block(key, row), row) for row in left)[: one["n"]]
    assert [row for _, row in lots] == one["rows"]
    assert [lot.hex() for lot, _ in lots] == one["lots"]


def literal_grade(one: dict[str, Any]) -> str:
    """Section 4, read literally."""
    freeze, own = one["freeze"], one["freeze"]["own"]
    departments = {part["dept"] for team in one["teams"].values() for part in team}
    bodies = set()
    for seat, witness in zip(freeze["witnesses"], one["witnesses"], strict=True):
        outside = seat["body"] == "outside"
        bodies.add(("institution", witness["institution"]) if outside else ("dept", seat["body"]))
    public = freeze["public"]
    if public["type"] == "lottery" and public["fictional"] is False:
        return "open"
    uninvolved = [b for b in bodies if b[0] != "dept" or b[1] not in {*own, *departments}]
    if len(uninvolved) > 1:
        return "open"
    return "other_body" if any(b[0] != "dept" or b[1] not in own for b in bodies) else "own_body"


def test_grades_are_those_of_the_table() -> None:
    assert {one["grade"] for one in ANSWERS["grades"]} == {"open", "other_body", "own_body"}
    for one in ANSWERS["grades"]:
        assert literal_grade(one) == one["grade"]


def test_the_register_leads_to_its_root_and_each_line_can_be_opened() -> None:
    given = ANSWERS["register"]
    key, last = bytes.fromhex(given["key"]), len(given["lines"]) - 1
    for row, (line, leaf) in enumerate(zip(given["lines"], given["leaves"], strict=True)):
        assert block(key, row) + line.encode() == bytes.fromhex(leaf)
    path = [bytes.fromhex(node) for node in given["path_of_last"]]
    leaf = merkle.leaf_hash(bytes.fromhex(given["leaves"][last]))
    found = merkle.root_from_path(leaf, last, last + 1, path)
    assert found is not None
    assert found.hex() == given["root"]


def test_what_is_no_time_is_refused() -> None:
    for one in ANSWERS["times"]:
        assert forms.is_time(one["text"]) == (one["ms"] is not None), one["text"]

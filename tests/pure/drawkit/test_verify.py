"""The verifier: equal bundles, tampers and the sentence that names each, ledger, audit, command."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest

from backend import drawkit as kit
from backend.drawkit.__main__ import main

from .proofs import VERIFIER_KEY
from .samples import Sample, sample, with_replacements


def finished() -> Sample:
    """A draw with replacements, always the same."""
    return with_replacements(sample(Random(21), witnesses=3), Random(21))


def edited(made: Sample, name: str, change: Callable[[dict[str, Any]], None]) -> dict[str, bytes]:
    record = json.loads(made.files[name])
    change(record)
    return {name: kit.canonical(record)}


def next_in_pool(made: Sample) -> dict[str, bytes]:
    """A drawn enterprise gives way to another one in the published result."""
    rows = [one.row for one in made.result.drawn[0]]
    spare = next(row for row in range(made.result.strata[0].end) if row not in rows)
    old = "drawn\t" + ",".join(map(str, rows))
    new = "drawn\t" + ",".join(map(str, [*rows[:-1], spare]))
    return {"result.tsv": made.files["result.tsv"].replace(old.encode(), new.encode(), 1)}


def other_officer(made: Sample) -> dict[str, bytes]:
    lines = made.files["result.tsv"].split(b"\n")
    place = next(i for i, line in enumerate(lines) if line.startswith(b"seat\t0\t"))
    head, _, token = lines[place].rpartition(b"\t")
    lines[place] = head + b"\t" + (b"O01" if token != b"O01" else b"O02")
    return {"result.tsv": b"\n".join(lines)}


def smaller_roster(made: Sample) -> dict[str, bytes]:
    return {"pool.tsv": b"".join(made.files["pool.tsv"].splitlines(keepends=True)[1:])}


def raised_cap(made: Sample) -> dict[str, bytes]:
    first, *rest = made.files["officers.tsv"].decode().splitlines(keepends=True)
    token, department, specialities, cap, offset = first.split("\t")
    first = "\t".join([token, department, specialities, str(int(cap) + 1), offset])
    return {"officers.tsv": "".join([first, *rest]).encode()}


def dropped_recusal(made: Sample) -> dict[str, bytes]:
    return {"recusals.tsv": b"".join(made.files["recusals.tsv"].splitlines(keepends=True)[:-1])}


def other_number_of_operator(made: Sample) -> dict[str, bytes]:
    return edited(made, "transcript.json", lambda t: t.update(operator="00" * 32))


def other_words_of_witness(made: Sample) -> dict[str, bytes]:
    return edited(made, "transcript.json", lambda t: t["witnesses"][1].update(text="改过的话"))


def dropped_witness(made: Sample) -> dict[str, bytes]:
    return edited(made, "transcript.json", lambda t: t["witnesses"].pop())


def other_dice(made: Sample) -> dict[str, bytes]:
    return edited(made, "transcript.json", lambda t: t["public"].update(value="1" * 20))


def other_source(made: Sample) -> dict[str, bytes]:
    return edited(made, "transcript.json", lambda t: t.update(public={"type": "none"}))


def more_to_draw(made: Sample) -> dict[str, bytes]:
    files = edited(made, "freeze.json", lambda f: f["strata"][0].update(k=f["strata"][0]["k"] + 1))
    digest = kit.digest(files["freeze.json"])
    return files | edited(made, "transcript.json", lambda t: t.update(freeze=digest))


def later_freeze(made: Sample) -> dict[str, bytes]:
    return edited(made, "freeze.json", lambda f: f.update(op_chain="ab" * 32))


def chosen_replacement(made: Sample) -> dict[str, bytes]:
    def change(record: dict[str, Any]) -> None:
        record["batches"][0]["vacated"][0]["officer"] = None

    return edited(made, "replacements.json", change)


def own_link(made: Sample) -> dict[str, bytes]:
    def change(record: dict[str, Any]) -> None:
        record["batches"][1]["operator_link"] = "cd" * 32

    return edited(made, "replacements.json", change)


TAMPERS: list[tuple[Callable[[Sample], dict[str, bytes]], str]] = [
    (next_in_pool, "stratum S0: the drawn enterprises are not those of the seed"),
    (other_officer, "seat 0: the officer is not the one that follows from the seed"),
    (smaller_roster, "pool.tsv is not the file that was frozen"),
    (raised_cap, "officers.tsv is not the file that was frozen"),
    (dropped_recusal, "recusals.tsv is not the file that was frozen"),
    (other_number_of_operator, "the operator revealed another number than the committed one"),
    (other_words_of_witness, "witness w2 revealed something else than was committed to"),
    (dropped_witness, "the witnesses who revealed are not those of the closed list"),
    (other_dice, "the drawn enterprises are not those of the seed"),
    (other_source, "the public source is of another kind than was frozen"),
    (more_to_draw, "frozen to be drawn, the plan gives"),
    (later_freeze, "the transcript belongs to another freeze record"),
    (chosen_replacement, "batch 1, seat"),
    (own_link, "batch 2: the operator's link does not lead to the frozen chain"),
]


def test_an_honest_bundle_is_equal() -> None:
    report = kit.verify_bundle(finished().zip())
    assert (report.status, all(line.holds for line in report.lines)) == (kit.EQUAL, True)
    assert report.verdict.startswith("EQUAL: draw 330106-2026-0001-1")


@pytest.mark.parametrize(
    ("tamper", "sentence"), TAMPERS, ids=lambda one: getattr(one, "__name__", "")
)
def test_a_tamper_is_found_with_a_sentence_that_names_it(
    tamper: Callable[[Sample], dict[str, bytes]], sentence: str
) -> None:
    made = finished()
    changed = tamper(made)
    assert any(made.files[name] != data for name, data in changed.items())
    report = kit.verify_bundle(kit.write_bundle(made.files | changed))
    assert report.status == kit.DIFFERS
    assert sentence in report.verdict
    assert not report.lines[-1].holds


def test_a_rehearsal_says_that_it_decides_nothing() -> None:
    rng = Random(3)
    first = sample(rng)
    plan = first.inputs.plan | {"v": kit.REHEARSAL}
    inputs = kit.Inputs(plan, first.inputs.pool, first.inputs.officers, first.inputs.recusals)
    report = kit.verify_bundle(sample(rng, inputs).zip())
    assert report.status == kit.EQUAL
    assert "a rehearsal decides nothing" in report.verdict


def test_a_rehearsal_cannot_be_promoted_by_changing_its_version() -> None:
    made = finished()
    changed = edited(made, "transcript.json", lambda t: t.update(v=kit.REHEARSAL))
    report = kit.verify_bundle(kit.write_bundle(made.files | changed))
    assert "transcript.json is of another version" in report.verdict


def raw_zip(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            archive.writestr(name, files[name])
    return buffer.getvalue()


def test_what_is_no_bundle_is_unreadable() -> None:
    files = finished().files
    whole = raw_zip(files)
    broken = bytearray(finished().zip())
    broken[60] ^= 0xFF
    lacking = {name: data for name, data in files.items() if name != "commits.json"}
    for data, sentence in (
        (b"", "no zip of the one kind"),
        (b"PK\x03\x04 nonsense", "no zip of the one kind"),
        (whole[: len(whole) // 2], "no zip of the one kind"),
        (bytes(broken), "damaged"),
        (raw_zip(lacking), "lacks commits.json"),
        (raw_zip(files | {"notes.txt": b""}), "holds notes.txt"),
        (raw_zip(files | {"proofs/../x.tlog-proof": b""}), "does not belong"),
    ):
        report = kit.verify_bundle(data)
        assert report.status == kit.UNREADABLE
        assert sentence in report.verdict


def test_a_bundle_written_twice_has_the_same_bytes() -> None:
    assert finished().zip() == finished().zip()


def test_an_audit_tells_a_drawn_enterprise_from_one_that_was_not() -> None:
    made = finished()
    report = kit.verify_bundle(made.zip())
    assert report.case is not None
    drawn = made.result.objects()[0]
    assert kit.audit(report.case, drawn)[-1].startswith("drawn as number 1; officers: ")
    others = {line.split(b"\t")[1].decode() for line in made.result.pool_lines}
    spare = sorted(others - set(made.result.objects()))[0]
    assert "not drawn" in kit.audit(report.case, spare)[-1]
    with pytest.raises(kit.Malformed, match="not in the frozen roster"):
        kit.audit(report.case, "E999")


def test_a_sealed_enterprise_is_found_by_its_code_and_salt() -> None:
    key, rng = b"\5" * 32, Random(9)
    codes = [f"E{number:03}" for number in range(20)]
    salts = {code: kit.sealed_salt(key, "S0", code) for code in codes}
    first = sample(rng).inputs
    strata = [{"code": "S0", "num": 1, "den": 4, "min": None, "max": None}]
    plan = first.plan | {"mode": "sealed", "strata": strata}
    rows = [("S0", kit.sealed_object("S0", code, salts[code])) for code in codes]
    pool = kit.write_table(rows, "pool.tsv")
    report = kit.verify_bundle(sample(rng, kit.Inputs(plan, pool, first.officers, b"")).zip())
    assert report.status == kit.EQUAL, report.verdict
    assert report.case is not None
    assert codes[0].encode() not in pool
    assert kit.audit(report.case, codes[0], salts[codes[0]])[0].startswith("row ")
    with pytest.raises(kit.Malformed, match="and this salt lead to no row"):
        kit.audit(report.case, codes[0], salts[codes[1]])
    with pytest.raises(kit.Malformed, match="the roster is sealed"):
        kit.audit(report.case, codes[0])


def test_the_command_prints_the_verdict_last_and_exits_by_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = finished()
    cases = {
        "equal.zip": (made.zip(), 0, "EQUAL"),
        "differs.zip": (kit.write_bundle(made.files | other_officer(made)), 1, "DIFFERS"),
        "nothing.zip": (b"nothing", 2, "Not readable as a bundle"),
    }
    for name, (data, status, verdict) in cases.items():
        (tmp_path / name).write_bytes(data)
        assert main(["verify", str(tmp_path / name)]) == status
        assert capsys.readouterr().out.splitlines()[-1].startswith(verdict)
    assert main(["verify", str(tmp_path / "absent.zip")]) == 2
    keyed = ["--require-ledger", "--ledger-key", VERIFIER_KEY]
    assert main(["verify", str(tmp_path / "equal.zip"), *keyed]) == 1
    capsys.readouterr()
    with pytest.raises(SystemExit) as refused:
        main(["verify", str(tmp_path / "equal.zip"), "--require-ledger"])
    assert refused.value.code == 2
    assert "--require-ledger needs --ledger-key" in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "equal.zip"), "--audit", "E001"]) == 0
    assert "audit E001: row" in capsys.readouterr().out


def test_a_phone_checks_its_row_with_a_path_and_one_block() -> None:
    made = finished()
    rows = [task.row for task in made.result.tasks]
    for proof in kit.proofs(made.result, made.seed, rows).values():
        assert proof.drawn
        assert kit.check_proof(proof, made.seed, made.freeze) is None
    spare = next(row for row in range(len(made.result.pool_lines)) if row not in rows)
    proof = kit.proofs(made.result, made.seed, [spare])[spare]
    assert not proof.drawn
    assert kit.check_proof(proof, b"\0" * 32, made.freeze) is not None

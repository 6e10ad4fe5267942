"""What the ledger's proofs in a bundle vouch for: every step, in its order, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend import drawkit as kit
from backend.drawkit.one import LIMITS

from .proofs import VERIFIER_KEY, prove, recorded
from .samples import Sample, roster_of, sample, with_extensions, with_replacements
from .test_js_agrees import answers
from .test_verify import finished


def test_without_ledger_proofs_the_verdict_says_so_or_fails_on_request() -> None:
    data = finished().zip()
    assert "not anchored in a ledger" in kit.verify_bundle(data).verdict
    demanding = kit.verify_bundle(data, require_ledger=True)
    assert demanding.status == kit.DIFFERS
    assert "no ledger proofs" in demanding.verdict


def test_ledger_proofs_anchor_the_four_steps() -> None:
    made = finished()
    data = kit.write_bundle(made.files | prove(made.files, made.freeze["draw"]))
    report = kit.verify_bundle(data, require_ledger=True, ledger_key=VERIFIER_KEY)
    assert report.status == kit.EQUAL, report.verdict
    assert "of version 1 recomputes to the published result." in report.verdict
    assert report.limits == [*LIMITS]
    unsigned = kit.verify_bundle(data, require_ledger=True)
    assert "the ledger's signature was not checked" in unsigned.verdict


def test_a_transcript_recorded_before_the_commitments_is_found() -> None:
    made = finished()
    order = list(recorded(made.files))
    order[1:3] = order[2:0:-1]
    data = kit.write_bundle(made.files | prove(made.files, made.freeze["draw"], order))
    assert "transcript and result out of order" in kit.verify_bundle(data).verdict


def test_a_ledger_that_recorded_another_result_is_found() -> None:
    made = finished()
    proofs = prove(made.files | {"result.tsv": b"drawn\t1\n"}, made.freeze["draw"])
    report = kit.verify_bundle(kit.write_bundle(made.files | proofs))
    assert "proofs/result.tlog-proof: the ledger recorded other bytes" in report.verdict


def test_a_checkpoint_signed_by_another_key_is_found() -> None:
    made = finished()
    proofs = prove(made.files, made.freeze["draw"])
    name = "proofs/freeze.tlog-proof"
    head, _, signature = proofs[name].decode().rpartition(" ")
    proofs[name] = f"{head} {signature[:12]}{'A' * 8}{signature[20:]}".encode()
    report = kit.verify_bundle(kit.write_bundle(made.files | proofs), ledger_key=VERIFIER_KEY)
    assert "not signed with the ledger's key" in report.verdict


def test_a_missing_ledger_proof_is_named() -> None:
    made = finished()
    proofs = prove(made.files, made.freeze["draw"])
    del proofs["proofs/commits.tlog-proof"]
    report = kit.verify_bundle(kit.write_bundle(made.files | proofs))
    assert "the ledger proof of commits.json is missing" in report.verdict


def extended_between() -> Sample:
    rng = Random(12)
    return with_replacements(sample(rng), rng, between=True)


def proven(made: Sample) -> dict[str, bytes]:
    """The files of a draw with the ledger's proof of every step."""
    return made.files | prove(made.files, made.freeze["draw"])


def rerun_with_a_favourite(made: Sample) -> dict[str, bytes]:
    """Batch 1 drawn again by its own links, most officers said to be absent."""
    record = json.loads(made.files["replacements.json"])
    first = record["batches"][0]
    state = roster_of(made)
    leaving = {state.who[one["seat"]] for one in first["vacated"]}
    others = [one.token for n, one in enumerate(state.officers) if n not in leaving]
    again = kit.run_batch(
        state,
        operator_link=bytes.fromhex(first["operator_link"]),
        supervisor_link=bytes.fromhex(first["supervisor_link"]),
        vacated=[(one["seat"], one["reason"]) for one in first["vacated"]],
        recused=[(one[0], one[1]) for one in first["recused"]],
        absent=sorted({*first["absent"], *others[1:]}),
    )
    assert again != first
    return {"replacements.json": kit.canonical(record | {"batches": [again]})}


def chosen_and_proof_dropped(made: Sample) -> dict[str, bytes]:
    files = proven(made) | rerun_with_a_favourite(made)
    return {name: data for name, data in files.items() if "/replacement-" not in name}


def chosen_under_the_old_proof(made: Sample) -> dict[str, bytes]:
    files = proven(made) | rerun_with_a_favourite(made)
    del files["proofs/replacement-2.tlog-proof"]
    return files


def replacements_left_out(made: Sample) -> dict[str, bytes]:
    files = proven(made)
    del files["replacements.json"]
    return files


def last_batch_left_out(made: Sample) -> dict[str, bytes]:
    record = json.loads(made.files["replacements.json"])
    record["batches"].pop()
    return proven(made) | {"replacements.json": kit.canonical(record)}


def invented_extension(made: Sample) -> dict[str, bytes]:
    proofs = prove(made.files, made.freeze["draw"])
    del made.files["replacements.json"]
    del proofs["proofs/replacement-1.tlog-proof"], proofs["proofs/replacement-2.tlog-proof"]
    return with_extensions(made, Random(4)).files | proofs


def batch_before_the_result(made: Sample) -> dict[str, bytes]:
    order = list(recorded(made.files))
    order.insert(3, order.pop(4))
    return made.files | prove(made.files, made.freeze["draw"], order)


def batches_in_another_order(made: Sample) -> dict[str, bytes]:
    order = list(recorded(made.files))
    order[4:] = order[:3:-1]
    return made.files | prove(made.files, made.freeze["draw"], order)


def batch_of_another_ledger(made: Sample) -> dict[str, bytes]:
    name = "proofs/replacement-1.tlog-proof"
    other = prove(made.files, made.freeze["draw"], origin="ledger.example/2")
    return proven(made) | {name: other[name]}


def batch_of_an_own_ledger(made: Sample) -> dict[str, bytes]:
    own = Ed25519PrivateKey.from_private_bytes(b"\5" * 32)
    changed = made.files | rerun_with_a_favourite(made)
    name = "proofs/replacement-1.tlog-proof"
    forged = prove(changed, made.freeze["draw"], key=own)
    files = proven(made) | changed | {name: forged[name]}
    del files["proofs/replacement-2.tlog-proof"]
    return files


LATER: list[tuple[Callable[[Sample], dict[str, bytes]], str]] = [
    (chosen_and_proof_dropped, "the ledger proof of replacement 1 is missing"),
    (chosen_under_the_old_proof, "replacement-1.tlog-proof: the ledger recorded other bytes"),
    (replacements_left_out, "replacement-1.tlog-proof is the proof of nothing that the bundle"),
    (last_batch_left_out, "replacement-2.tlog-proof is the proof of nothing that the bundle"),
    (invented_extension, "the ledger proof of extension 1 is missing"),
    (batch_before_the_result, "the ledger has result, replacements and extensions out of order"),
    (batches_in_another_order, "the ledger has result, replacements and extensions out of order"),
    (batch_of_another_ledger, "the ledger proofs are of different ledgers"),
    (batch_of_an_own_ledger, "replacement-1.tlog-proof: the checkpoint is not signed with"),
]


@pytest.mark.parametrize(
    ("tamper", "sentence"), LATER, ids=lambda one: getattr(one, "__name__", "")
)
def test_what_came_after_the_draw_is_held_against_the_ledger(
    tamper: Callable[[Sample], dict[str, bytes]], sentence: str
) -> None:
    key = None if tamper is batch_of_another_ledger else VERIFIER_KEY
    report = kit.verify_bundle(kit.write_bundle(tamper(finished())), ledger_key=key)
    assert report.status == kit.DIFFERS, report.verdict
    assert sentence in report.verdict


def test_the_page_holds_it_against_the_ledger_too() -> None:
    tampers = [tamper for tamper, _ in LATER if tamper is not batch_of_an_own_ledger]
    bundles = [kit.write_bundle(tamper(finished())) for tamper in tampers]
    for tamper, answer in zip(tampers, answers(bundles), strict=True):
        found = (answer["status"], answer["failed"])
        assert found == ("differs", "ledger"), tamper.__name__


def test_batches_and_an_extension_between_them_are_anchored_in_their_order() -> None:
    report = kit.verify_bundle(kit.write_bundle(proven(extended_between())))
    assert report.status == kit.EQUAL, report.verdict
    loose = kit.verify_bundle(extended_between().zip())
    said = {line.name: line.sentence for line in loose.lines}
    assert "no ledger says that these are all" in said["replacements"]
    assert "no ledger vouches for them" in said["extensions"]

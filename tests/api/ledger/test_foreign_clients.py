"""Programs that others wrote for logs of this kind accept this one, and notice what was bent.

sigstore (the client of Rekor) reads checkpoint and inclusion proof. aics-tlog reads the whole
log by its tiles; it asks for Python 3.12, so its test exists there alone.
"""

from __future__ import annotations

import sys
from base64 import b64decode, b64encode
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import verify_checkpoint
from sigstore._internal.trust import Keyring
from sigstore.errors import VerificationError
from sigstore_models.common.v1 import PublicKey, PublicKeyDetails

from backend.app.ledger import files, rules, service, witnesses
from backend.app.platform import clock
from backend.app.platform.transactions import read_session, unit_of_work
from tests.factories.ledger import fill, public_file
from tests.fakes.witness import FakeWitness


def keyring() -> Keyring:
    """The log's key as sigstore keeps keys."""
    raw = (
        files.signing_key()
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    key = PublicKey(raw_bytes=b64encode(raw), key_details=PublicKeyDetails.PKIX_ED25519)
    return Keyring([key])


def as_rekors(index: int) -> SimpleNamespace:
    """A proof of ours in the shape in which sigstore takes Rekor's."""
    with read_session() as session:
        text = (service.proof_at(session, index) or b"").decode()
        body = service.entries(session, entry_type="", subject=f"n-{index}", page=1).items[0].entry
    head, _blank, checkpoint = text.partition("\n\n")
    _version, _extra, place, *path = head.split("\n")
    size, root = checkpoint.split("\n")[1:3]
    proof = SimpleNamespace(
        log_index=int(place.removeprefix("index ")),
        tree_size=int(size),
        root_hash=b64decode(root),
        hashes=[b64decode(step) for step in path],
        checkpoint=SimpleNamespace(envelope=checkpoint),
    )
    key_id = files.verifier_key().key_id
    inner = SimpleNamespace(
        inclusion_proof=proof, canonicalized_body=body, log_id=SimpleNamespace(key_id=key_id)
    )
    return SimpleNamespace(_inner=inner)


@pytest.mark.parametrize("size", [1, 2, 255, 257, 600])
def test_sigstore_accepts_checkpoint_and_proofs(app: Flask, size: int) -> None:
    fill(size)
    for index in {0, size // 2, size - 1}:
        entry = as_rekors(index)
        verify_checkpoint(keyring(), entry)
        verify_merkle_inclusion(entry)


def test_sigstore_accepts_a_checkpoint_that_a_witness_cosigned(app: Flask) -> None:
    fill(5)
    witness = FakeWitness(service.verifier_key(), at=int(clock.now().timestamp()))
    with unit_of_work() as session:
        witnesses.add(session, witness.verifier_key, "http://127.0.0.1:8244")
    witnesses.ask_all(witness.post)
    entry = as_rekors(4)
    assert entry._inner.inclusion_proof.checkpoint.envelope.count("\n— ") == 2
    verify_checkpoint(keyring(), entry)


def test_sigstore_refuses_another_entry_another_root_and_another_key(app: Flask) -> None:
    fill(40)
    entry = as_rekors(7)
    entry._inner.canonicalized_body = rules.canonical({"type": "draw.result"})
    with pytest.raises(VerificationError):
        verify_merkle_inclusion(entry)
    entry = as_rekors(7)
    entry._inner.inclusion_proof.root_hash = bytes(32)
    with pytest.raises(VerificationError):
        verify_checkpoint(keyring(), entry)
    entry = as_rekors(7)
    signed = entry._inner.inclusion_proof.checkpoint
    signed.envelope = signed.envelope.replace("\n40\n", "\n41\n")
    with pytest.raises(VerificationError):
        verify_checkpoint(keyring(), entry)


if sys.version_info >= (3, 12):

    def test_aics_tlog_reads_the_whole_log_and_finds_one_changed_bit(app: Flask) -> None:
        import aics_tlog
        from aics_tlog.verified import audit_tiles

        fill(600)
        key = aics_tlog.parse_vkey(service.verifier_key())
        note = aics_tlog.parse_note(service.checkpoint() or "")
        assert aics_tlog.verify_note(note, [key])
        head = aics_tlog.parse_checkpoint(note.text)
        reader = aics_tlog.FileSystemTileReader(public_file(""))
        assert head.size == 600
        assert aics_tlog.tree_root_from_tiles(reader, 600) == head.root
        proof = aics_tlog.inclusion_proof_from_tiles(reader, 300, 600)
        entry = aics_tlog.read_entry(reader, 300, 600)
        assert aics_tlog.verify_leaf_inclusion(entry, 300, 600, proof, head.root)
        audit_tiles(reader, head.size, head.root)
        path = public_file("tile/0/001")
        data = bytearray(path.read_bytes())
        data[100] ^= 1
        path.write_bytes(data)
        with pytest.raises(aics_tlog.TileVerificationError):
            audit_tiles(reader, head.size, head.root)

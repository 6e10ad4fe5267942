"""Entries carry nothing personal; proofs open to exactly what was recorded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.app.ledger import merkle, note, proofs, rules
from backend.drawkit import tlog

LOG = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
NAME = "qinghe.example/ledger/370399"
KEY = note.verifier_of(NAME, LOG)
AT = datetime(2026, 11, 23, 4, 5, 6, 789000, UTC)
SALT = b"\x05" * 32
BODY = rules.canonical({"sha256": "ab" * 32})


def entry(**changes: str) -> bytes:
    parts = {
        "entry_type": "draw.frozen",
        "actor": "department_admin:D001",
        "subject": "370399-2026-P2-003",
        "commitment": rules.commitment(SALT, BODY),
    }
    return rules.entry_bytes(at=AT, **{**parts, **changes})


def proof(*, opening: tuple[bytes, bytes] | None = (SALT, BODY), index: int = 2) -> bytes:
    leaves = [merkle.leaf_hash(b"noise %d" % number) for number in range(7)]
    leaves[index] = merkle.leaf_hash(entry())
    node = merkle.nodes_of(leaves)
    text = note.Checkpoint(NAME, 7, merkle.root(7, node)).text()
    return proofs.build(
        entry=entry(),
        opening=opening,
        index=index,
        path=merkle.inclusion_path(index, 7, node),
        checkpoint=text + "\n" + note.sign(text, NAME, LOG),
    )


def test_an_entry_has_exactly_these_bytes() -> None:
    assert entry(commitment="00" * 32) == (
        b'{"actor":"department_admin:D001","at":"2026-11-23T04:05:06.789Z","sha256":"'
        + b"00" * 32
        + b'","subject":"370399-2026-P2-003","type":"draw.frozen"}'
    )


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("actor", "王芳"),
        ("actor", "supervisor:王芳"),
        ("actor", "Supervisor"),
        ("actor", "supervisor wang"),
        ("subject", "青禾食品有限公司"),
        ("subject", "Wang Fang"),
        ("subject", ""),
        ("entry_type", "drawn"),
        ("entry_type", "draw.Frozen"),
    ],
)
def test_an_entry_that_could_carry_a_name_is_refused(part: str, value: str) -> None:
    with pytest.raises(ValueError, match="form"):
        entry(**{part: value})


def test_a_commitment_depends_on_the_salt() -> None:
    assert rules.commitment(SALT, BODY) != rules.commitment(b"\x06" * 32, BODY)
    with pytest.raises(ValueError, match="32 bytes"):
        rules.commitment(b"short", BODY)


def test_a_proof_opens_to_entry_body_and_place() -> None:
    proven = proofs.verify(proof(), KEY)
    assert proven.entry["type"] == "draw.frozen"
    assert proven.body == {"sha256": "ab" * 32}
    assert (proven.index, proven.checkpoint.size) == (2, 7)


def test_the_verifier_of_draws_reads_the_proof_by_its_own_means() -> None:
    read = tlog.read(proof(), "frozen.tlog-proof")
    assert (read.type, read.index, read.body_sha256) == ("draw.frozen", 2, "ab" * 32)
    assert tlog.is_signed(read, KEY.text())
    stranger = note.verifier_of(NAME, Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
    assert not tlog.is_signed(read, stranger.text())


def test_a_proof_without_its_body_still_proves_the_entry() -> None:
    assert proofs.verify(proof(opening=None), KEY).body is None


def test_a_proof_with_another_body_or_salt_is_refused() -> None:
    for opening in ((SALT, rules.canonical({"sha256": "cd" * 32})), (b"\x06" * 32, BODY)):
        with pytest.raises(proofs.BadProof, match="body"):
            proofs.verify(proof(opening=opening), KEY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"),
        (b"index 2", b"index 3"),
        (b"index 2", b"index 02"),
        (b"index 2", b"index 9"),
        (b"\n7\n", b"\n8\n"),
        (b"extra ", b"extra !"),
        (b"extra ", b""),
        (b"\n\n", b"\n"),
    ],
)
def test_a_proof_with_anything_changed_is_refused(old: bytes, new: bytes) -> None:
    spoilt = proof().replace(old, new, 1)
    assert spoilt != proof()
    with pytest.raises(proofs.BadProof):
        proofs.verify(spoilt, KEY)


def test_a_proof_signed_by_another_key_is_refused() -> None:
    other = note.verifier_of(NAME, Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
    with pytest.raises(proofs.BadProof):
        proofs.verify(proof(), other)

"""A ledger small enough to be read: entries with their times, checkpoints, proofs of both kinds."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.app.ledger import merkle as trees
from backend.drawkit import canonical, digest, merkle

ORIGIN = "ledger.example/1"
KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
COSIGNER, COSIGNER_KEY = "witness.example", Ed25519PrivateKey.from_private_bytes(b"\11" * 32)
_LOG, _WITNESS = b"\x01", b"\x04"


def b64(data: bytes) -> str:
    """Base64 with padding."""
    return base64.b64encode(data).decode()


def _named(name: str, kind: bytes, key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    raw = kind + key.public_key().public_bytes_raw()
    return sha256(name.encode() + b"\n" + raw).digest()[:4], raw


def verifier_key(name: str = ORIGIN, key: Ed25519PrivateKey = KEY, kind: bytes = _LOG) -> str:
    """The key of a log as its readers have it."""
    key_id, raw = _named(name, kind, key)
    return f"{name}+{key_id.hex()}+{b64(raw)}"


def cosigner_key() -> str:
    """The key of the witness who cosigns."""
    return verifier_key(COSIGNER, COSIGNER_KEY, _WITNESS)


@dataclass(frozen=True)
class Step:
    """What is recorded: its proof's name, the entry's type and subject, the record's bytes, the
    time, and further members of the body and of the entry."""

    name: str
    type: str
    subject: str
    content: bytes
    at: str
    more: dict[str, Any] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)


class SmallLog:
    """Entries in their order, each followed by one that is nobody's business."""

    def __init__(
        self,
        steps: list[Step],
        *,
        origin: str = ORIGIN,
        key: Ed25519PrivateKey = KEY,
        first: bytes = b"noise 0",
    ) -> None:
        self.origin, self.key = origin, key
        self.entries, self.places, self.openings = [first], dict[str, int](), dict[str, bytes]()
        for step in steps:
            self.add(step)

    def add(self, step: Step) -> None:
        """Record one step."""
        body, salt = {"sha256": digest(step.content)} | step.more, sha256(step.content).digest()
        bound = sha256(b"evenhand-ledger/1/body\n" + salt + canonical(body)).hexdigest()
        entry = {
            "type": step.type,
            "at": step.at,
            "actor": "oversight",
            "subject": step.subject,
            "sha256": bound,
        } | step.members
        self.places[step.name] = len(self.entries)
        opening = {"entry": entry, "salt": salt.hex(), "body": body}
        self.openings[step.name] = canonical(opening)
        self.entries += [canonical(entry), b"noise " + step.name.encode()]

    def checkpoint(self, size: int, cosigned: bool = False) -> str:
        """The signed checkpoint of the first ``size`` entries."""
        note = f"{self.origin}\n{size}\n{b64(merkle.root(self.entries[:size]))}\n"
        key_id, _ = _named(self.origin, _LOG, self.key)
        signed = f"{note}\n\u2014 {self.origin} {b64(key_id + self.key.sign(note.encode()))}\n"
        if not cosigned:
            return signed
        witness_id, _ = _named(COSIGNER, _WITNESS, COSIGNER_KEY)
        time = 1_795_000_000
        said = f"cosignature/v1\ntime {time}\n{note}".encode()
        value = witness_id + time.to_bytes(8, "big") + COSIGNER_KEY.sign(said)
        return f"{signed}\u2014 {COSIGNER} {b64(value)}\n"

    def proof(self, name: str, size: int | None = None, *, cosigned: bool = False) -> bytes:
        """The ``.tlog-proof`` of a step under the checkpoint of ``size`` entries, or of all."""
        size, place = size or len(self.entries), self.places[name]
        path = merkle.path(self.entries[:size], place)
        lines = [
            "c2sp.org/tlog-proof@v1",
            "extra " + b64(self.openings[name]),
            f"index {place}",
            *(b64(node) for node in path),
        ]
        return ("\n".join(lines) + "\n\n" + self.checkpoint(size, cosigned)).encode()

    def proofs(
        self, sizes: dict[str, int] | None = None, *, cosigned: bool = False
    ) -> dict[str, bytes]:
        """The proofs of all steps by their files; ``sizes``: of older checkpoints, by name."""
        given = sizes or {}
        return {
            f"proofs/{name}.tlog-proof": self.proof(name, given.get(name), cosigned=cosigned)
            for name in self.places
        }

    def links(self, *sizes: int) -> list[dict[str, Any]]:
        """``steps`` of checkpoints.json for checkpoints of these sizes and the newest."""
        made = []
        for old, size in pairwise([*sizes, len(self.entries)]):
            hashes = [merkle.leaf_hash(entry) for entry in self.entries[:size]]
            path = trees.consistency_path(old, size, trees.nodes_of(hashes))
            made.append({"from": old, "to": size, "path": [node.hex() for node in path]})
        return made

"""A witness as C2SP tlog-witness describes one: it remembers, verifies and co-signs."""

from __future__ import annotations

from base64 import b64decode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.app.ledger import merkle, note
from tests.pure.ledger import note_reader

NAME = "witness.example/w1"


class FakeWitness:
    """Answers ``add-checkpoint``; ``asked`` counts the requests."""

    def __init__(self, log_key: str, *, at: int, seed: int = 2) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.log_key, self.at = log_key, at
        self.size, self.root, self.asked = 0, merkle.EMPTY_ROOT, 0

    @property
    def verifier_key(self) -> str:
        """What the log must know to verify this witness."""
        return note.verifier_of(NAME, self.key, note.COSIGNATURE).text()

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        """One request, as ``witnesses.http_post`` would send it."""
        assert url.endswith("/add-checkpoint")
        self.asked += 1
        head, signed = body.split(b"\n\n", 1)
        old_line, *proof_lines = head.decode().split("\n")
        old = int(old_line.removeprefix("old "))
        _origin, size_text, root_text = note_reader.read(signed, self.log_key)[:3]
        size, root = int(size_text), b64decode(root_text)
        if old != self.size or (size == old and root != self.root):
            return 409, f"{self.size}\n".encode()
        path = [b64decode(line) for line in proof_lines]
        if not merkle.verify_consistency(old, size, self.root, root, path):
            return 422, b""
        self.size, self.root = size, root
        text = signed[: signed.rindex(b"\n\n") + 1].decode()
        return 200, note.cosign(text, NAME, self.key, self.at).encode()

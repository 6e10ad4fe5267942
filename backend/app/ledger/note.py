"""C2SP signed notes and checkpoints: reading, signing, verifying. Pure but for the key given in.

A note is text, an empty line, and one line per signature: ``— name base64(key id ‖ signature)``.
A log's own signature is Ed25519 over the text (algorithm 1); a witness's is a time-stamped
cosignature (algorithm 4). Signatures by unknown keys are ignored, as the format demands.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

LOG_SIGNATURE = 1
COSIGNATURE = 4
_MAX_NOTE = 1_000_000
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class BadNote(Exception):
    """The bytes are not a note, or carry no signature of the key that was asked for."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's statement about itself: its name, the number of its entries, their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and an Ed25519 public key for one kind of signature."""

    name: str
    algorithm: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that say which key a signature line is of."""
        return sha256(
            self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key
        ).digest()[:4]

    def text(self) -> str:
        """The key as one line: ``name+hex id+base64(algorithm ‖ key)``."""
        material = bytes([self.algorithm]) + self.public_key
        return f"{self.name}+{self.key_id.hex()}+{encode(material)}"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note taken apart; ``signatures`` are (name, key id, signature bytes, the line)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes, str], ...]


def encode(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """Strict standard base64; raises :class:`BadNote`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("not base64") from error
    if encode(data) != text:
        raise BadNote("not canonical base64")
    return data


def parse_key(text: str) -> VerifierKey:
    """Read a C2SP verifier key; raises :class:`BadNote` when id and key do not fit."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise BadNote("not a verifier key")
    material = decode(parts[2])
    if len(material) != 33 or material[0] not in (LOG_SIGNATURE, COSIGNATURE):
        raise BadNote("not an Ed25519 verifier key")
    key = VerifierKey(parts[0], material[0], material[1:])
    if key.key_id.hex() != parts[1]:
        raise BadNote("the key id belongs to another key")
    return key


def verifier_of(name: str, key: Ed25519PrivateKey, algorithm: int = LOG_SIGNATURE) -> VerifierKey:
    """The public half of ``key`` under ``name``; the name has no blanks and no plus sign."""
    if not _NAME.fullmatch(name):
        raise BadNote("a key name has no blanks and no plus sign")
    return VerifierKey(name, algorithm, key.public_key().public_bytes_raw())


def parse(data: str) -> SignedNote:
    """Take a note apart; raises :class:`BadNote`. Nothing is verified yet."""
    if len(data) > _MAX_NOTE or any(ord(c) < 0x20 and c != "\n" for c in data):
        raise BadNote("too long, or with control characters")
    text, mark, tail = data.rpartition("\n\n")
    if not mark or not text or not tail.endswith("\n"):
        raise BadNote("no signatures")
    lines = tail[:-1].split("\n")
    return SignedNote(text + "\n", tuple(_signature(line) for line in lines))


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The log's signature line on ``text``, with its newline."""
    key_id = verifier_of(name, key).key_id
    return f"— {name} {encode(key_id + key.sign(text.encode()))}\n"


def cosign(text: str, name: str, key: Ed25519PrivateKey, at: int) -> str:
    """A witness's signature line on ``text`` at ``at`` (POSIX seconds), with its newline."""
    key_id = verifier_of(name, key, COSIGNATURE).key_id
    signature = key.sign(_cosigned(text, at))
    return f"— {name} {encode(key_id + at.to_bytes(8, 'big') + signature)}\n"


def verified_line(note: SignedNote, key: VerifierKey) -> str | None:
    """The first line on ``note`` that is a valid signature of ``key``, without its newline."""
    for name, key_id, signature, line in note.signatures:
        if (name, key_id) == (key.name, key.key_id) and _holds(note.text, key, signature):
            return line
    return None


def cosigned_at(note: SignedNote, key: VerifierKey) -> int | None:
    """Return when ``key`` co-signed, in POSIX seconds, or None if it did not."""
    for name, key_id, signature, _line in note.signatures:
        if (name, key_id) == (key.name, key.key_id) and _holds(note.text, key, signature):
            return int.from_bytes(signature[:8], "big")
    return None


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note's text as a checkpoint; further lines are extensions and ignored."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise BadNote("not a checkpoint")
    root = decode(lines[2])
    if len(root) != 32:
        raise BadNote("a root has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def open_checkpoint(data: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint of a note that ``key`` has signed; raises :class:`BadNote`."""
    note = parse(data)
    if verified_line(note, key) is None:
        raise BadNote("no valid signature of this log")
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != key.name:
        raise BadNote("a checkpoint of another log")
    return checkpoint


def _signature(line: str) -> tuple[str, bytes, bytes, str]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _NAME.fullmatch(parts[1]):
        raise BadNote("a malformed signature line")
    data = decode(parts[2])
    if len(data) < 5:
        raise BadNote("a signature without a key id")
    return parts[1], data[:4], data[4:], line


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _holds(text: str, key: VerifierKey, signature: bytes) -> bool:
    message = text.encode()
    if key.algorithm == COSIGNATURE:
        if len(signature) != 72 or signature[0] & 0x80:
            return False
        message = _cosigned(text, int.from_bytes(signature[:8], "big"))
        signature = signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True

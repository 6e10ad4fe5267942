"""Ledger proofs inside a bundle (C2SP ``tlog-proof``): where in the log a file was recorded.

Reads proofs only; making them is the ledger's work. Without the log's key the path is checked
against the checkpoint that comes with it, and the report says that nobody checked its signature.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import merkle
from .encoding import Malformed, canonical, is_hex32

HEADER = "c2sp.org/tlog-proof@v1"
_BODY_LABEL = b"evenhand-ledger/1/body\n"
_LOG, _WITNESS = b"\x01", b"\x04"  # kinds of keys of signed notes
_TIME = 8  # bytes of a cosignature's time
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})")
_SIGNATURE = re.compile("\u2014 ([^ +]+) (.+)")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Proof:
    """A read proof. ``body_sha256`` is the digest of the file that the entry speaks of,
    ``members`` are the entry's."""

    type: str
    subject: str
    at: str
    body_sha256: str
    index: int
    origin: str
    size: int
    root: bytes
    note: bytes
    signatures: list[tuple[str, bytes]]
    body: dict[str, Any] = field(default_factory=dict)
    members: frozenset[str] = frozenset()


def read(data: bytes, name: str) -> Proof:
    """The proof in ``data``; raises :class:`Malformed` when it does not hold together."""
    try:
        head, _, signed = data.decode("utf-8").partition("\n\n")
        header, extra, index, *path = head.split("\n")
        found = _INDEX.fullmatch(index)
        if header != HEADER or not extra.startswith("extra ") or found is None:
            raise Malformed(f"{name} is not a proof with its entry")
        content = json.loads(_base64(extra.removeprefix("extra ")))
        return _assemble(content, int(found[1]), [_base64(step) for step in path], signed, name)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(f"{name} is not readable as a ledger proof") from error


def _assemble(content: Any, index: int, path: list[bytes], signed: str, name: str) -> Proof:
    entry, body = content["entry"], content["body"]
    if not is_hex32(content["salt"]):
        raise ValueError("salt")
    note, origin, size, root, signatures = _checkpoint(signed)
    leaf = merkle.leaf_hash(canonical(entry))
    if merkle.root_from_path(leaf, index, size, path) != root:
        raise Malformed(f"{name}: the path does not lead to the root of the ledger's checkpoint")
    salted = _BODY_LABEL + bytes.fromhex(content["salt"]) + canonical(body)
    if sha256(salted).hexdigest() != entry["sha256"]:
        raise Malformed(f"{name}: the entry of the ledger commits to something else")
    if not is_hex32(body["sha256"]):
        raise Malformed(f"{name}: the entry names no file by its digest")
    return Proof(
        type=str(entry["type"]),
        subject=str(entry["subject"]),
        at=str(entry["at"]),
        body_sha256=body["sha256"],
        index=index,
        origin=origin,
        size=size,
        root=root,
        note=note,
        signatures=signatures,
        body=dict(body),
        members=frozenset(entry),
    )


def _checkpoint(signed: str) -> tuple[bytes, str, int, bytes, list[tuple[str, bytes]]]:
    """Parts of a signed note: signed text, origin, size, root, (name, key id and signature)."""
    text, _, tail = signed.partition("\n\n")
    origin, size, root, *_ = text.split("\n")
    if _SIZE.fullmatch(size) is None:
        raise ValueError("size")
    signatures = []
    for line in tail.removesuffix("\n").split("\n"):
        found = _SIGNATURE.fullmatch(line)
        if found is None:
            raise ValueError("signature line")
        signatures.append((found[1], _base64(found[2])))
    return text.encode() + b"\n", origin, int(size), _base64(root), signatures


def is_signed(proof: Proof, verifier_key: str) -> bool:
    """Return True if the checkpoint carries a good Ed25519 signature of ``verifier_key``.

    ``verifier_key``: ``name+hex key id+base64(1 ‖ public key)``. Malformed when it is none.
    """
    name, key_id, key = _verifier_key(verifier_key, _LOG)
    if name != proof.origin:
        return False
    made = [value[4:] for signer, value in proof.signatures if _is_by(signer, value, name, key_id)]
    return any(_is_good(key, signature, proof.note) for signature in made)


def is_cosigned(proof: Proof, verifier_key: str) -> bool:
    """Return True if the checkpoint carries a good ``cosignature/v1`` of the witness whose key is
    ``verifier_key`` (``name+hex key id+base64(4 ‖ public key)``). Malformed when it is none."""
    name, key_id, key = _verifier_key(verifier_key, _WITNESS)
    for signer, value in proof.signatures:
        if _is_by(signer, value, name, key_id) and len(value) == 4 + _TIME + 64:
            time = int.from_bytes(value[4 : 4 + _TIME], "big")
            said = b"cosignature/v1\ntime %d\n" % time + proof.note
            if _is_good(key, value[4 + _TIME :], said):
                return True
    return False


def _is_by(signer: str, value: bytes, name: str, key_id: bytes) -> bool:
    return signer == name and value[:4] == key_id


def _is_good(key: Ed25519PublicKey, signature: bytes, said: bytes) -> bool:
    try:
        key.verify(signature, said)
    except InvalidSignature:
        return False
    return True


def _verifier_key(text: str, kind: bytes) -> tuple[str, bytes, Ed25519PublicKey]:
    try:
        name, key_id, value = text.strip().split("+", 2)
        raw = _base64(value)
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
        given = bytes.fromhex(key_id)
    except (ValueError, binascii.Error) as error:
        raise Malformed("the ledger's key is not a verifier key (name+id+key)") from error
    expected = sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != kind or given != expected:
        raise Malformed("the ledger's key does not fit its own id")
    return name, expected, key


def _base64(text: str) -> bytes:
    if _BASE64.fullmatch(text) is None:
        raise ValueError("base64")
    return base64.b64decode(text)

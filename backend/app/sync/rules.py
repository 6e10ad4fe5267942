"""Pure rules of a device's chain: does the next event follow, and who signed the head.

Must not import Flask, the ORM, a clock, randomness or the network.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

CHAIN_REASONS = frozenset({"gap", "bad_prev", "bad_signature"})
"""Reasons that leave the device's head where it was."""
_HALF = 32


class Link(Protocol):
    """What the rules read of an event."""

    @property
    def device(self) -> UUID:
        """Whose chain it is in."""

    @property
    def seq(self) -> int:
        """Its number on the device."""

    @property
    def prev(self) -> str:
        """The hash of the event before it."""

    @property
    def hash(self) -> str:
        """Its own hash."""


@dataclass(slots=True)
class Chain:
    """The head of a device's chain; ``follow`` moves it."""

    seq: int
    hash: str

    def follow(self, event: Link) -> str | None:
        """Move the head to ``event`` if it comes next, else say why not: gap or bad_prev."""
        if event.seq > self.seq + 1:
            return "gap"
        if event.seq != self.seq + 1 or event.prev != self.hash:
            return "bad_prev"
        self.seq, self.hash = event.seq, event.hash
        return None


def head_message(device: str, seq: int, event_hash: str) -> bytes:
    """The bytes a phone signs for the last event of a call."""
    return f"evenhand/head/1\n{device}\n{seq}\n{event_hash}".encode()


def head_is_signed(public_key: bytes, last: Link, signature: str | None) -> bool:
    """Whether ``signature`` (base64 of r‖s, 64 bytes) is the device's over the last event."""
    key = _key(public_key)
    raw = _raw(signature)
    if key is None or raw is None:
        return False
    r, s = int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
    message = head_message(str(last.device), last.seq, last.hash)
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _raw(signature: str | None) -> bytes | None:
    try:
        raw = base64.b64decode(signature or "", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == 2 * _HALF else None


@lru_cache(maxsize=4096)
def _key(public_key: bytes) -> ec.EllipticCurvePublicKey | None:
    """The P-256 key in SubjectPublicKeyInfo, or None when it is none."""
    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        return None
    fits = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    return key if fits else None  # type: ignore[return-value]

"""Signing keys, each derived from the one secret for one purpose.

A key never serves two purposes: the label is part of the derivation.
"""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .settings import current_settings


def derive(label: str, length: int = 32) -> bytes:
    """Return ``length`` secret bytes for the purpose ``label``, the same each time."""
    return _derive(current_settings().secret_key, label, length)


def signing_key(label: str) -> Ed25519PrivateKey:
    """Return the Ed25519 key for the purpose ``label``."""
    return _signing_key(current_settings().secret_key, label)


@cache
def _derive(secret: str, label: str, length: int) -> bytes:
    info = b"evenhand/key/1\n" + label.encode()
    return HKDF(SHA256(), length, salt=None, info=info).derive(secret.encode())


@cache
def _signing_key(secret: str, label: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_derive(secret, label, 32))

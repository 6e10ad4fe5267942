"""Secrets of a draw between freeze and reveal: encrypted at rest, read only to be revealed.

The key is derived from the installation's secret for this purpose alone. A copy of the database
without it does not tell the operator's number or the links of the chains.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass

from cryptography.fernet import Fernet

from ....platform import keys

LABEL = "draws/secrets"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a draw, in hex: the operator's 32 bytes, the first links of both chains, a
    sealed draw's key; and where the recusals are fixed row by row, their key and the digest of
    their file."""

    operator: str
    operator_chain: str
    supervisor_chain: str
    pool_key: str = ""
    recusal_key: str = ""
    recusals_sha256: str = ""


def _lock() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.derive(LABEL)))


def close(secrets: Secrets) -> str:
    """Return the secrets as encrypted text."""
    return _lock().encrypt(json.dumps(asdict(secrets)).encode()).decode("ascii")


def open_(sealed: str) -> Secrets:
    """Return the secrets in an encrypted text; raises InvalidToken when the text was changed."""
    return Secrets(**json.loads(_lock().decrypt(sealed.encode("ascii"))))

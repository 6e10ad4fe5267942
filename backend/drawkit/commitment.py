"""Commitments and the seed: what each party fixes before, and what comes of all together."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from .encoding import Malformed, canonical
from .names import ONE, Version, version_of

VERSION, REHEARSAL = ONE.draw, ONE.rehearsal
SECRET_BYTES = 32
LEFT_OUT = "left-out"
"""Begins the stratum under which a sealed draw seals what rules left out."""


def freeze_hash(freeze: dict[str, Any]) -> bytes:
    """F: SHA-256 of the canonical freeze record."""
    return sha256(canonical(freeze)).digest()


def operator_commitment(draw_id: str, secret: bytes, version: Version = ONE) -> str:
    """Hex commitment of the operator's 32 random bytes to this draw."""
    need_secret(secret)
    return sha256(
        version.label("op-commit") + draw_id.encode("ascii") + b"\x00" + secret
    ).hexdigest()


def witness_secret(text: str, random: bytes) -> bytes:
    """r_w of a witness's text (any, may be empty) and 32 random bytes."""
    need_secret(random)
    words = text.encode("utf-8")
    return sha256(len(words).to_bytes(4, "big") + words + random).digest()


def witness_commitment(freeze: bytes, witness_id: str, secret: bytes) -> str:
    """Hex commitment c_w of version 1: of witness ``witness_id`` to ``secret`` under F."""
    return sha256(
        ONE.label("commit") + freeze + witness_id.encode("ascii") + b"\x00" + secret
    ).hexdigest()


def transcript(
    freeze: dict[str, Any],
    operator: bytes,
    witnesses: list[dict[str, str]],
    public: dict[str, Any],
) -> dict[str, Any]:
    """T of version 1: everything revealed. ``witnesses``: [{id, text, rand (hex)}] in any order."""
    need_secret(operator)
    return {
        "v": freeze["v"],
        "draw": freeze["draw"],
        "freeze": freeze_hash(freeze).hex(),
        "operator": operator.hex(),
        "witnesses": sorted(witnesses, key=lambda witness: witness["id"]),
        "public": public,
        "beacon": freeze.get("beacon"),
    }


def seed(record: dict[str, Any]) -> bytes:
    """The 32-byte seed of transcript T."""
    return sha256(version_of(record["v"]).label("seed") + canonical(record)).digest()


def derive(seed_bytes: bytes, label: str) -> bytes:
    """HMAC-SHA-256 key for one purpose of the seed."""
    return hmac.new(seed_bytes, label.encode("ascii"), sha256).digest()


def sealed_salt(pool_key: bytes, stratum: str, object_id: str) -> bytes:
    """Salt that hides one enterprise of a sealed draw, of any version, until it is published."""
    message = ONE.label("salt") + f"{stratum}\t{object_id}".encode("ascii")
    return hmac.new(pool_key, message, sha256).digest()


def sealed_object(stratum: str, object_id: str, salt: bytes) -> str:
    """What stands in pool.tsv of a sealed draw instead of the enterprise's code."""
    return sha256(
        ONE.label("row") + f"{stratum}\t{object_id}".encode("ascii") + b"\x00" + salt
    ).hexdigest()


def left_out_stratum(rules: Sequence[str]) -> str:
    """Stands for the stratum of what ``rules`` (increasing) left out of a sealed draw: which they
    are is sealed with the code. Without rules it is that of a filler."""
    return ":".join((LEFT_OUT, *rules))


def chain_step(link: bytes, version: Version = ONE) -> bytes:
    """The link that was committed to before ``link``."""
    return sha256(version.label("chain") + link).digest()


def chain(start: bytes, length: int, version: Version = ONE) -> list[bytes]:
    """Links from ``start`` to the head; the head (last) is published, the rest backwards."""
    links = [start]
    for _ in range(length):
        links.append(chain_step(links[-1], version))
    return links


def need_secret(secret: bytes) -> None:
    """Raise :class:`Malformed` unless ``secret`` has the bytes of a secret."""
    if len(secret) != SECRET_BYTES:
        raise Malformed(f"a secret has {len(secret)} bytes instead of {SECRET_BYTES}")

"""Proofs that an entry is in the log, in the C2SP ``tlog-proof`` form. Pure.

The extra line carries ``JCS{entry, salt?, body?}``: what one needs to compute the leaf from the
entry, and, where the body is public, to see that the entry commits to it. Readers must verify
before they believe any of it; :func:`verify` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import merkle, note, rules

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MAX_PATH = 63


class BadProof(Exception):
    """The proof is malformed, or does not prove what it says."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a verified proof shows: this entry stands at this place in a log signed so."""

    entry: dict[str, Any]
    body: dict[str, Any] | None
    index: int
    checkpoint: note.Checkpoint


def build(
    *,
    entry: bytes,
    opening: tuple[bytes, bytes] | None,
    index: int,
    path: Sequence[bytes],
    checkpoint: str,
) -> bytes:
    """A ``.tlog-proof``; ``opening`` is (salt, body) when the body may be shown."""
    extra: dict[str, Any] = {"entry": json.loads(entry)}
    if opening is not None:
        extra |= {"salt": opening[0].hex(), "body": json.loads(opening[1])}
    lines = [
        HEADER,
        "extra " + note.encode(rules.canonical(extra)),
        f"index {index}",
        *(note.encode(hash_) for hash_ in path),
    ]
    return ("\n".join(lines) + "\n\n" + checkpoint).encode()


def verify(proof: bytes, key: note.VerifierKey) -> Proven:
    """Verify a proof made by :func:`build` against the log's key; raises :class:`BadProof`."""
    try:
        extra, index, path, signed = _parse(proof.decode())
        checkpoint = note.open_checkpoint(signed, key)
        entry = extra["entry"]
        leaf = merkle.leaf_hash(rules.canonical(entry))
    except (note.BadNote, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadProof("not a proof of this log") from error
    if not merkle.verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root):
        raise BadProof("the path does not lead to the checkpoint's root")
    body = extra.get("body")
    if body is not None and not _opens(entry, extra.get("salt"), body):
        raise BadProof("the body is not the one the entry commits to")
    return Proven(entry, body, index, checkpoint)


def _parse(text: str) -> tuple[dict[str, Any], int, list[bytes], str]:
    head, mark, signed = text.partition("\n\n")
    lines = head.split("\n")
    if not mark or len(lines) < 3 or lines[0] != HEADER or not lines[1].startswith("extra "):
        raise BadProof("not a proof with its entry")
    found = _INDEX.fullmatch(lines[2])
    if found is None or len(lines) - 3 > _MAX_PATH:
        raise BadProof("no index, or too long a path")
    path = [note.decode(line) for line in lines[3:]]
    if any(len(hash_) != merkle.HASH_BYTES for hash_ in path):
        raise BadProof("a path of something else than hashes")
    extra = json.loads(note.decode(lines[1].removeprefix("extra ")))
    if not isinstance(extra, dict) or not isinstance(extra.get("entry"), dict):
        raise BadProof("no entry in the proof")
    return extra, int(found[1]), path, signed


def _opens(entry: dict[str, Any], salt: object, body: object) -> bool:
    try:
        raw = bytes.fromhex(str(salt))
        return isinstance(body, dict) and entry["sha256"] == rules.commitment(
            raw, rules.canonical(body)
        )
    except (ValueError, KeyError):
        return False

"""A ledger small enough to be read: makes ``.tlog-proof`` files for tests."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.drawkit import canonical, digest, merkle

ORIGIN = "ledger.example/1"
KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
_RAW = b"\x01" + KEY.public_key().public_bytes_raw()
_ID = sha256(ORIGIN.encode() + b"\n" + _RAW).digest()[:4]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


VERIFIER_KEY = f"{ORIGIN}+{_ID.hex()}+{b64(_RAW)}"
STEPS = {
    "freeze": ("draw.frozen", "freeze.json"),
    "commits": ("draw.commits", "commits.json"),
    "transcript": ("draw.transcript", "transcript.json"),
    "result": ("draw.result", "result.tsv"),
}


def entry(kind: str, subject: str, content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """(entry, opening) of one step."""
    body, salt = {"sha256": digest(content)}, sha256(content).digest()
    bound = sha256(b"evenhand-ledger/1/body\n" + salt + canonical(body)).hexdigest()
    made = {
        "type": kind,
        "at": "2026-11-20T02:00:00.000Z",
        "actor": "oversight",
        "subject": subject,
        "sha256": bound,
    }
    return made, {"entry": made, "salt": salt.hex(), "body": body}


Recorded = dict[str, tuple[str, bytes]]


def recorded(files: dict[str, bytes]) -> Recorded:
    """Every step of a draw by its proof's name, in the order it was taken: type and bytes."""
    steps = {name: (kind, files[file]) for name, (kind, file) in STEPS.items()}
    record = json.loads(files.get("replacements.json", b'{"batches": []}'))
    added = json.loads(files.get("extensions.json", b'{"extensions": []}'))["extensions"]
    numbered = list(enumerate(added, 1))
    for place in range(len(record["batches"]) + 1):
        if place:
            batch = canonical(record["batches"][place - 1])
            steps[f"replacement-{place}"] = ("draw.replacement", batch)
        for number, one in numbered:
            if one["after"] == place:
                steps[f"extension-{number}"] = ("draw.extended", canonical(one))
    return steps


def prove(
    files: dict[str, bytes],
    draw: str,
    order: list[str] | None = None,
    *,
    origin: str = ORIGIN,
    key: Ed25519PrivateKey = KEY,
) -> dict[str, bytes]:
    """Proof files of all steps, recorded in ``order`` among other entries."""
    steps = recorded(files)
    raw = b"\x01" + key.public_key().public_bytes_raw()
    key_id = sha256(origin.encode() + b"\n" + raw).digest()[:4]
    entries, openings, places = [b"noise 0"], {}, {}
    for step in order or list(steps):
        kind, content = steps[step]
        made, openings[step] = entry(kind, draw, content)
        places[step] = len(entries)
        entries += [canonical(made), b"noise"]
    note = f"{origin}\n{len(entries)}\n{b64(merkle.root(entries))}\n"
    signed = f"{note}\n\u2014 {origin} {b64(key_id + key.sign(note.encode()))}\n"
    made_files = {}
    for step, place in places.items():
        lines = [
            "c2sp.org/tlog-proof@v1",
            "extra " + b64(canonical(openings[step])),
            f"index {place}",
            *(b64(step_hash) for step_hash in merkle.path(entries, place)),
        ]
        made_files[f"proofs/{step}.tlog-proof"] = ("\n".join(lines) + "\n\n" + signed).encode()
    return made_files

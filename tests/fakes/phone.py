"""A phone that speaks sync/1: a chain of events, a P-256 key, signed calls.

It stands for the app on the other side of the wire; nothing of the server is replaced.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from uuid import UUID, uuid4

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.app.visits.record import record, record_digest
from backend.app.visits.reducer import fold

AT = "2026-11-23T10:00:00.000+08:00"
FINE = {
    "category": {"system": "cn-8", "code": "1", "label": "未发现问题"},
    "follow_up": {"code": "none", "date": None, "note": None},
    "of": None,
}


class Phone:
    """One device of one account. ``outbox`` holds events that were never receipted."""

    def __init__(self) -> None:
        self.device = uuid4()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.seq = 0
        self.prev = "0" * 64
        self.outbox: list[dict[str, Any]] = []
        self.at = AT

    @property
    def public_key(self) -> bytes:
        """SubjectPublicKeyInfo, as enrolled."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def does(self, visit: UUID | str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make the next event of the chain and put it into the outbox."""
        self.seq += 1
        event = {
            "v": 1,
            "id": str(uuid4()),
            "device": str(self.device),
            "seq": self.seq,
            "prev": self.prev,
            "visit": str(visit),
            "kind": kind,
            "at": self.at,
            "mono": self.seq * 1000,
            "body": body,
        }
        self.prev = event_hash(event)
        self.outbox.append(event)
        return event

    def answers(
        self, visit: UUID | str, point: str, value: str | None, **more: Any
    ) -> dict[str, Any]:
        """Answer a point; ``base`` and ``note`` by name."""
        body = {"point": point, "value": value, "note": None, "base": None} | more
        return self.does(visit, "answer.set", body)

    def photographs(
        self, visit: UUID | str, data: bytes, *, point: str | None = None, mime: str = "image/jpeg"
    ) -> dict[str, Any]:
        """Announce a file; the body of the event names its id and hash."""
        return self.does(
            visit,
            "evidence.added",
            {
                "evidence": str(uuid4()),
                "point": point,
                "sha256": hashlib.sha256(data).hexdigest(),
                "size": len(data),
                "mime": mime,
                "source": "camera",
                "captured_at": self.at,
                "position": {"lat": "36.81", "lon": "118.05", "accuracy": "12"},
            },
        )

    def fills(self, package: dict[str, Any]) -> None:
        """Start, pass every point, set the result."""
        visit = package["visit"]
        self.does(visit, "visit.started", {"position": None})
        for item in package["items"]:
            for point in item["checklist"]["points"]:
                self.answers(visit, point["key"], "pass")
        self.does(visit, "result.set", FINE)

    def seals(
        self, package: dict[str, Any], officer: str, others: list[Any] = ()
    ) -> dict[str, Any]:  # type: ignore[assignment]
        """Hand the record in, over this phone's outbox and events of ``others``."""
        own = [as_folded(event, officer) for event in self.outbox]
        state = fold(package, [*others, *own])  # type: ignore[arg-type]
        digest = record_digest(record(package, state))  # type: ignore[arg-type]
        return self.does(package["visit"], "record.sealed", {"digest": digest, "assertion": None})

    def call(self, **changes: Any) -> dict[str, Any]:
        """The body of a call with everything in the outbox."""
        body: dict[str, Any] = {
            "device": str(self.device),
            "epoch": None,
            "events": list(self.outbox),
            "have": {},
        } | changes
        if "signature" not in body:
            body["signature"] = self.signature(body["events"][-1]) if body["events"] else None
        return body

    def signature(self, last: dict[str, Any]) -> str:
        """The device's signature over an event as head, raw r‖s in base64."""
        text = f"evenhand/head/1\n{self.device}\n{last['seq']}\n{event_hash(last)}"
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(SHA256())))
        return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()


def event_hash(event: dict[str, Any]) -> str:
    """The hash of an event as it is sent, by the standard's own writer."""
    return hashlib.sha256(b"evenhand/event/1\n" + rfc8785.dumps(event)).hexdigest()


def as_folded(event: dict[str, Any], officer: str, revision: int | None = None) -> dict[str, Any]:
    """A sent event as the reducer reads it."""
    kept = {name: event[name] for name in ("id", "device", "seq", "kind", "at", "body")}
    return kept | {"officer": officer, "revision": revision}

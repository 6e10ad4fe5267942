"""A demo inspector's phone: makes events and sends them through the same call a real phone uses."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from ...accounts.models import Device
from ...evidence import begin, receive
from ...platform import clock, ids
from ...platform.access import Actor
from ...sync import service as sync
from ...sync.envelope import read_call
from ...sync.rules import head_message
from ...visits.events import FIRST_PREV, event_hash


class Refused(RuntimeError):
    """The server refused an event that the demo made: the demo no longer follows the rules."""


class Phone:
    """One enrolled device with its hash chain."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.id = ids.new_id()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._seq = 0
        self._prev = FIRST_PREV
        self._waiting: list[dict[str, Any]] = []

    def enrol(self, session: Session) -> None:
        """Make the device known in the caller's transaction."""
        public = self._key.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        session.add(
            Device(id=self.id, account_id=self.actor.account_id, public_key=public, name="演示手机")
        )

    def record(self, visit: UUID, kind: str, body: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Make one event and keep it until ``send``."""
        self._seq += 1
        event = {
            "v": 1,
            "id": str(ids.new_id()),
            "device": str(self.id),
            "seq": self._seq,
            "prev": self._prev,
            "visit": str(visit),
            "kind": kind,
            "at": clock.rfc3339(at),
            "mono": self._seq * 1000,
            "body": body,
        }
        self._prev = event_hash(event)
        self._waiting.append(event)
        return event

    @property
    def has_waiting(self) -> bool:
        """True if events wait to be sent."""
        return bool(self._waiting)

    def send(self) -> list[dict[str, Any]]:
        """Send what waits; returns the receipts. Raises :class:`Refused` for a quarantined one."""
        events, self._waiting = self._waiting, []
        message = head_message(str(self.id), self._seq, self._prev)
        call: dict[str, Any] = {
            "device": str(self.id),
            "epoch": None,
            "events": events,
            "signature": b64encode(self._signature(message)).decode(),
            "clock": clock.rfc3339(clock.now()),
            "have": {},
        }
        reply = orjson.loads(sync.exchange(read_call(json.dumps(call).encode()), self.actor))
        receipts: list[dict[str, Any]] = reply["receipts"]
        for receipt in receipts:
            if receipt["state"] != "applied":
                raise Refused(f"{receipt}")
        return receipts

    def _signature(self, message: bytes) -> bytes:
        """The head's signature as WebCrypto writes it: r and s of 32 bytes each."""
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def upload(self, visit: UUID, evidence: UUID, data: bytes, mime: str) -> None:
        """Send a file's bytes through the upload's own functions."""
        announced = begin.Announced(
            evidence=evidence,
            visit=visit,
            sha256=sha256(data).hexdigest(),
            size=len(data),
            mime=mime,
            filename="photo.jpg",
        )
        progress = begin.begin(announced, self.actor)
        receive.receive(progress.id, 0, io.BytesIO(data).read, self.actor)

"""The shape of a call of sync/1 §2: bytes in, a typed call out, or a problem that names parts.

Pure but for the problems it raises. No schema library here: a call has up to 500 events and this
runs on each of them; what is checked is the whole envelope, and bodies by ``visits.events``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from ..platform import canonical
from ..visits.service import Incoming, is_moment, sent_hash, validate_event_body
from .errors import Malformed, TooLarge

MOST_BYTES = 256 * 1024
MOST_EVENTS = 500
_SAFE = 2**53 - 1
_KEYS = frozenset({"v", "id", "device", "seq", "prev", "visit", "kind", "at", "mono", "body"})
_is_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_is_hash = re.compile(r"[0-9a-f]{64}").fullmatch


@dataclass(frozen=True, slots=True)
class Call:
    """One call: whose device, what it offers, which revisions it has, and what time the phone's
    clock shows (RFC 3339; None from phones that do not say)."""

    device: UUID
    epoch: str | None
    events: list[Incoming]
    signature: str | None
    have: dict[UUID, int]
    clock: str | None = None


def read_call(raw: bytes) -> Call:
    """The call in ``raw``; raises TooLarge or Malformed."""
    if len(raw) > MOST_BYTES:
        raise TooLarge(most_bytes=MOST_BYTES, most_events=MOST_EVENTS)
    try:
        message = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Malformed(wrong=["json"]) from error
    if not isinstance(message, dict):
        raise Malformed(wrong=["json"])
    wrong = _wrong_members(message)
    if wrong:
        raise Malformed(wrong=wrong)
    if len(message["events"]) > MOST_EVENTS:
        raise TooLarge(most_bytes=MOST_BYTES, most_events=MOST_EVENTS)
    return Call(
        device=UUID(message["device"]),
        epoch=message.get("epoch"),
        events=_read_events(message["events"], message["device"]),
        signature=message.get("signature"),
        have={UUID(visit): revision for visit, revision in message.get("have", {}).items()},
        clock=message.get("clock"),
    )


def _wrong_members(message: dict[str, Any]) -> list[str]:
    fits = {
        "device": _uuid_text(message.get("device")),
        "epoch": _short_or_none(message.get("epoch")),
        "events": isinstance(message.get("events"), list),
        "signature": _short_or_none(message.get("signature")),
        "have": _is_have(message.get("have", {})),
        "clock": message.get("clock") is None or is_moment(message["clock"]),
    }
    return sorted(name for name, fit in fits.items() if not fit)


def _uuid_text(value: object) -> bool:
    return isinstance(value, str) and _is_uuid(value) is not None


def _short_or_none(value: object) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= 200)


def _is_have(value: object) -> bool:
    return isinstance(value, dict) and all(
        _uuid_text(visit) and _whole(revision, 0) for visit, revision in value.items()
    )


def _whole(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= _SAFE


def _read_events(events: list[Any], device: str) -> list[Incoming]:
    found = []
    wrong: dict[str, list[str]] = {}
    ids: dict[str, UUID] = {}
    for index, event in enumerate(events):
        faults = _event_faults(event, device)
        if faults:
            wrong[_name_of(event, index)] = faults
        elif not wrong:
            found.append(_incoming(event, ids))
    if not wrong:
        wrong = _repeated(found)
    if wrong:
        raise Malformed(wrong=["events"], events=wrong)
    return found


def _name_of(event: Any, index: int) -> str:
    """The event's id if it has one, else its place in the call."""
    named = event.get("id") if isinstance(event, dict) else None
    return named if isinstance(named, str) and _is_uuid(named) else str(index)


def _event_faults(event: Any, device: str) -> list[str]:
    """Names of what is wrong with one event of a call by ``device``."""
    if not isinstance(event, dict) or event.keys() != _KEYS:
        return ["members"]
    fits = (
        _whole(event["v"], 1)  # 1.0 and true are equal to 1 and are hashed as something else
        and event["v"] == 1
        and event["device"] == device
        and _uuid_text(event["id"])
        and _uuid_text(event["visit"])
        and _whole(event["seq"], 1)
        and _whole(event["mono"], -_SAFE)
        and _has_text(event["prev"], _is_hash)
        and is_moment(event["at"])
        and isinstance(event["kind"], str)
    )
    if not fits:
        return ["envelope"]
    return validate_event_body(event["kind"], event["body"])


def _has_text(value: object, pattern: Any) -> bool:
    return isinstance(value, str) and pattern(value) is not None


def _incoming(event: dict[str, Any], ids: dict[str, UUID]) -> Incoming:
    """``ids`` keeps the ids that come again in every event of a call."""
    sent = canonical.dumps_checked(event)
    device, visit = event["device"], event["visit"]
    return Incoming(
        id=UUID(event["id"]),
        device=ids.get(device) or ids.setdefault(device, UUID(device)),
        seq=event["seq"],
        prev=event["prev"],
        visit=ids.get(visit) or ids.setdefault(visit, UUID(visit)),
        kind=event["kind"],
        event=event,
        sent=sent.decode(),
        hash=sent_hash(sent),
    )


def _repeated(events: list[Incoming]) -> dict[str, list[str]]:
    """An id twice in one call is garbage: which of the two would get the receipt?"""
    seen: set[UUID] = set()
    repeated = {}
    for incoming in events:
        if incoming.id in seen:
            repeated[str(incoming.id)] = ["repeated"]
        seen.add(incoming.id)
    return repeated

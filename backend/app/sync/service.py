"""sync/1 §2: one call pushes what a phone did and pulls what it has not seen.

The call is one transaction. A lost reply is answered again from what is stored, so a phone may
repeat a call as often as it likes.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..accounts import service as accounts
from ..platform import clock, installation
from ..platform.access import Actor
from ..platform.settings import current_settings
from ..platform.transactions import read_session, unit_of_work
from . import pull, receipts, wording
from .envelope import Call
from .errors import AlteredEvent, DeviceRevoked, UnknownDevice
from .models import SyncIncident
from .participants import took_part
from .push import Altered, Push
from .quarantine import (
    Waiting,
    adopt,
    count_waiting,
    kept_of,
    late_entries,
    set_aside,
    waiting,
)

__all__ = [
    "Waiting",
    "adopt",
    "count_waiting",
    "exchange",
    "in_words",
    "kept_of",
    "late_entries",
    "set_aside",
    "took_part",
    "waiting",
    "why",
]


def in_words(entry: Waiting) -> tuple[str, str]:
    """What a kept entry is and what it says, in the reader's language."""
    return wording.kind(entry.kind), wording.summary(entry.kind, entry.body, entry.point)


def why(entry: Waiting) -> str:
    """Why an entry was kept apart, in the reader's language."""
    return wording.reason(entry.reason)


def exchange(call: Call, actor: Actor) -> bytes:
    """Answer one call of a phone: the reply as JSON.

    A revoked phone's events are kept, but it gets no visits any more. Raises UnknownDevice;
    DeviceRevoked when such a phone only asks; AlteredEvent when an id is known with other
    content (the incident is kept, nothing else of the call is taken).
    """
    installation.epoch()  # made on first use in a transaction of its own
    if not call.events:
        with read_session() as session:
            if _own_device(session, call, actor).revoked_at is not None:
                raise DeviceRevoked
            return _reply([], *_unseen(session, call, actor, {}))
    try:
        return _push_and_pull(call, actor)
    except Altered as error:
        _keep_incident(error, actor)
        raise AlteredEvent(event=str(error.incoming.id)) from error


def _push_and_pull(call: Call, actor: Actor) -> bytes:
    """A first try that trusts the chain to tell new events; then one that looks up every id."""
    try:
        return _attempt(call, actor, look_up_all=False)
    except IntegrityError:
        return _attempt(call, actor, look_up_all=True)


def _attempt(call: Call, actor: Actor, *, look_up_all: bool) -> bytes:
    now = clock.now()
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    with unit_of_work() as session:
        device = _own_device(session, call, actor)
        push = Push(session, actor, device, now)
        given = push.take(call, look_up_all=look_up_all)
        if device.revoked_at is not None:
            return _reply(given, [], {})
        raised = {
            visit_id: intake.revision
            for visit_id, intake in push.intakes.items()
            if not intake.adopted
        }
        return _reply(given, *_unseen(session, call, actor, raised))


def _own_device(session: Session, call: Call, actor: Actor) -> Any:
    device = accounts.device(session, call.device)
    if device is None or device.account_id != actor.account_id:
        raise UnknownDevice
    return device


def _unseen(session: Session, call: Call, actor: Actor, raised: dict[UUID, int]) -> Any:
    return pull.unseen(session, actor.account_id, call.device, call.have, raised)


def _reply(given: list[dict[str, Any]], found: list[Any], released: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {
            "epoch": installation.epoch(),
            "server_time": clock.rfc3339(clock.now()),
            "largest_evidence": current_settings().max_evidence_bytes,
            "receipts": given,
            "receipt_signature": receipts.sign(given),
            "visits": found,
            "released": list(released),
            "replaced": {visit: why for visit, why in released.items() if why is not None},
        }
    )


def _keep_incident(error: Altered, actor: Actor) -> None:
    with unit_of_work() as session:
        session.execute(
            insert(SyncIncident).values(
                device_id=error.incoming.device,
                account_id=actor.account_id,
                event_id=error.incoming.id,
                known_hash=error.known_hash,
                sent_hash=error.incoming.hash,
                sent=error.incoming.sent,
                at=clock.now(),
            )
        )

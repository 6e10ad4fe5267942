"""Whose visits an inspector's phone gets, writes to, and sends files for.

A phone names visits in the bodies of its calls and the server answers each call; what is looked
at here is therefore what came of the visit, and not the status.
"""

from __future__ import annotations

import base64
from copy import copy
from typing import Any
from uuid import UUID, uuid4

from backend.app.platform.access import INSPECTOR
from tests.api.access.fields import SHA
from tests.api.access.observing import REFUSED, YES, Bench, send

KEY = (INSPECTOR, True)


def observe_fields(bench: Bench) -> dict[str, dict[str, str]]:
    """Return ``yes`` or ``–`` by call and by whose the visit is."""
    calls = {
        "`POST /api/v1/sync` gets it": _pulls,
        "`POST /api/v1/sync` writes to it": _pushes,
        "`GET /api/v1/evidence/status` lists its files": _lists,
        "`POST /api/v1/evidence` takes its files": _uploads,
    }
    visits = bench.world.fields.visits
    return {
        name: {whose: YES if call(bench, *visit) else REFUSED for whose, visit in visits.items()}
        for name, call in calls.items()
    }


def _call(bench: Bench, method: str, path: str, **more: Any) -> Any:
    reply = send(bench.browsers[KEY], method, path, bench.tokens[KEY], **more)
    bench.put_back(KEY)
    return reply


def _pulls(bench: Bench, visit: UUID, _point: str) -> bool:
    reply = _call(bench, "POST", "/api/v1/sync", json=bench.world.fields.phone.call())
    return any(one["visit"] == str(visit) for one in reply.get_json()["visits"])


def _pushes(bench: Bench, visit: UUID, point: str) -> bool:
    phone = copy(bench.world.fields.phone)
    phone.outbox = []
    phone.answers(visit, point, "pass")
    reply = _call(bench, "POST", "/api/v1/sync", json=phone.call())
    [receipt] = reply.get_json()["receipts"]
    return bool(receipt["state"] == "applied")


def _lists(bench: Bench, visit: UUID, _point: str) -> bool:
    reply = _call(bench, "GET", f"/api/v1/evidence/status?visit={visit}")
    return bool(reply.get_json())


def _uploads(bench: Bench, visit: UUID, _point: str) -> bool:
    values = {
        "evidence": str(uuid4()),
        "visit": str(visit),
        "sha256": SHA,
        "mime": "image/jpeg",
        "filename": "a.jpg",
    }
    words = {name: base64.b64encode(text.encode()).decode() for name, text in values.items()}
    metadata = ",".join(f"{name} {word}" for name, word in words.items())
    headers = {"Upload-Length": "10", "Upload-Metadata": metadata}
    reply = _call(bench, "POST", "/api/v1/evidence", headers=headers)
    return bool(reply.status_code == 201)

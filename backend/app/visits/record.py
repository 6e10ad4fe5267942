"""record/1 §1: the record that is handed in, and its digest.

Pure, and the twin of frontend/src/core/record.ts. The digest is claimed by the phone in
`record.sealed` and recomputed by the server from its own fold; so the record holds nothing that
only one of them knows (the time of sealing is that of the event).
"""

import hashlib
from typing import Any

import rfc8785

from backend.app.visits.rules import visible
from backend.app.visits.shapes import Package, PackageItem, VisitState

VERSION = "evenhand-record/1"


def record(package: Package, state: VisitState) -> dict[str, Any]:
    """The record of the visit as it stands: visible answers, standing evidence, result.

    JCS-able: no floats, ASCII keys. Disputed points are left out, since a record with one cannot
    be handed in.
    """
    shown = set(visible(package, state))
    result = state["result"]
    draw = package["draw"]
    return {
        "v": VERSION,
        "visit": package["visit"],
        "revision": state["round"] + 1,
        "previous": state["previous"],
        "draw": {
            "id": draw["number"],
            "freeze": draw["freeze_sha256"],
            "row": draw["row"],
            "lot": draw["lot"],
            "seats": draw["seats"],
        },
        "enterprise": {
            "code": package["enterprise"]["code"],
            "name": package["enterprise"]["name"],
        },
        "officers": [
            {"id": o["id"], "name": o["name"], "certificate": o["certificate"], "seat": o["seat"]}
            for o in package["officers"]
        ],
        "challenge": package["challenge"],
        "checkpoint": None,
        "checklists": [_checklist(item, state, shown) for item in package["items"]],
        "result": result["category"] if result is not None else None,
        "follow_up": result["follow_up"] if result is not None else None,
        "party": state["party"],
        "evidence": _manifest(state),
        "started_at": state["started_at"],
    }


def _checklist(item: PackageItem, state: VisitState, shown: set[str]) -> dict[str, Any]:
    keys = [p["key"] for p in item["checklist"]["points"] if p["key"] in shown]
    answers = [entry for key in keys if (entry := _entry(key, state)) is not None]
    return {"item": item["code"], "checklist": item["checklist"]["hash"], "answers": answers}


def _entry(key: str, state: VisitState) -> dict[str, Any] | None:
    answer = state["answers"].get(key)
    if answer is None or answer["kind"] != "settled" or answer["value"] is None:
        return None
    notes = [n["note"] for n in sorted(answer["notes"], key=lambda n: n["event"])]
    hashes = sorted(
        e["sha256"]
        for e in state["evidence"].values()
        if e["point"] == key and e["withdrawn"] is None
    )
    return {
        "point": key,
        "value": answer["value"],
        "note": "\n".join(notes) if notes else None,
        "evidence": hashes,
    }


def _manifest(state: VisitState) -> list[dict[str, Any]]:
    standing = [e for e in state["evidence"].values() if e["withdrawn"] is None]
    return [
        {
            "id": e["id"],
            "sha256": e["sha256"],
            "size": e["size"],
            "mime": e["mime"],
            "source": e["source"],
            "captured_at": e["captured_at"],
            "position": e["position"],
        }
        for e in sorted(standing, key=lambda e: e["id"])
    ]


def record_digest(body: dict[str, Any]) -> str:
    """SHA-256 of the JCS of a record, lower-case hex."""
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def short_code(digest: str) -> str:
    """The first ten hex digits in two groups, as both phones and the slip show them."""
    return f"{digest[:5]} {digest[5:10]}"

"""Sentences for kinds of events and reasons of quarantine, in the reader's language."""

from __future__ import annotations

from typing import Any

from ..platform.i18n import gettext as _
from ..platform.i18n import lazy_gettext as _l

KINDS = {
    "visit.started": _l("Visit started"),
    "answer.set": _l("Answer"),
    "answer.settled": _l("Dispute settled"),
    "evidence.added": _l("Evidence added"),
    "evidence.withdrawn": _l("Evidence withdrawn"),
    "party.signed": _l("Signature of the party"),
    "party.refused": _l("Party refused to sign"),
    "result.set": _l("Result"),
    "record.sealed": _l("Record handed in"),
    "recusal.requested": _l("Recusal requested"),
    "clock.jumped": _l("Clock of the phone changed"),
}
REASONS = {
    "not_assigned": _l("The officer is not assigned to this visit"),
    "visit_closed": _l("The visit was confirmed already"),
    "visit_handed_in": _l("The record was handed in already"),
    "device_revoked": _l("The phone was signed off"),
    "gap": _l("Earlier entries of this phone have not arrived"),
    "bad_prev": _l("The entry does not continue what this phone sent before"),
    "bad_signature": _l("The phone's signature does not fit"),
    "unknown_point": _l("The checklist of this visit has no such point"),
    "unknown_visit": _l("There is no such visit"),
    "digest_differs": _l("The record handed in differs from the entries received"),
    "incomplete": _l("The record was handed in with points missing"),
    "seat_vacant": _l("A seat of the team was vacant when the record was handed in"),
    "over_quota": _l("More than the installation takes for one visit"),
}


def kind(code: str) -> str:
    """What an event is."""
    return str(KINDS.get(code, code))


def reason(code: str) -> str:
    """Why an event waits."""
    return str(REASONS.get(code, code))


def summary(code: str, body: dict[str, Any]) -> str:
    """What an event says, on one line."""
    if code in {"answer.set", "answer.settled"}:
        return f"{body['point']} = {body['value'] if body['value'] is not None else '—'}"
    if code == "evidence.added":
        return f"{body.get('point') or '—'} · {body['mime']} · {body['size']} B"
    if code == "result.set":
        return str(body["category"]["label"])
    return str(body.get("reason") or body.get("ground") or body.get("digest", "")[:16] or "—")


def first_error(errors: dict[str, Any]) -> str:
    """What to tell somebody whose form lacks something."""
    if "events" in errors:
        return _("Choose at least one entry")
    return _("Give a reason of at least two characters")

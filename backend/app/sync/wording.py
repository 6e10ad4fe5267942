"""Sentences for kinds of events and reasons of quarantine, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2.filters import do_filesizeformat

from ..platform.code_lists import VERDICTS
from ..platform.code_words import word
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


def summary(code: str, body: dict[str, Any], point: Mapping[str, Any] | None = None) -> str:
    """What an event says, on one line; ``point`` as the visit's checklist has it, if it does."""
    about = f"{point['no']} {point['text']}" if point else body.get("point") or "—"
    if code in {"answer.set", "answer.settled"}:
        return f"{about} = {_value(body['value'], point or {})}"
    if code == "evidence.added":
        return " · ".join((about, body["mime"], do_filesizeformat(body["size"], binary=True)))
    if code == "result.set":
        return str(body["category"]["label"])
    return str(body.get("reason") or body.get("ground") or body.get("digest", "")[:16] or "—")


def _value(value: str | None, point: Mapping[str, Any]) -> str:
    if value is None:
        return "—"
    if value in VERDICTS:
        return word(VERDICTS, value)
    label = next((o["label"] for o in point.get("options", ()) if o["code"] == value), value)
    return f"{label} {point['unit']}" if point.get("unit") else str(label)


def first_error(errors: dict[str, Any]) -> str:
    """What to tell somebody whose form lacks something."""
    if "events" in errors:
        return _("Choose at least one entry")
    return _("Give a reason of at least two characters")

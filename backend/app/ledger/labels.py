"""What the types of entries are called where people read them."""

from __future__ import annotations

import re

from flask_babel import LazyString

from ..platform.i18n import lazy_gettext as _l

TYPES: dict[str, LazyString] = {
    "item_list.published": _l("Item list published"),
    "plan.filed": _l("Plan filed"),
    "plan.accepted": _l("Plan accepted"),
    "draw.frozen": _l("Draw: registers frozen"),
    "draw.begun": _l("Draw: ceremony begun"),
    "draw.committed": _l("Draw: one witness committed"),
    "draw.commits": _l("Draw: commitments closed"),
    "draw.revealed": _l("Draw: one secret revealed"),
    "draw.thrown": _l("Draw: one throw confirmed"),
    "draw.refused": _l("Draw: one throw typed wrongly"),
    "draw.transcript": _l("Draw: randomness revealed"),
    "draw.result": _l("Draw: result"),
    "draw.aborted": _l("Draw aborted"),
    "draw.voided": _l("Draw voided"),
    "draw.vacated": _l("A seat was left"),
    "draw.kept": _l("A seat was kept after all"),
    "draw.held": _l("A batch waits for a second person"),
    "draw.replacement": _l("Officer replaced by a re-draw"),
    "draw.extended": _l("Draw extended by the next of its order"),
    "rehearsal.step": _l("Step of a rehearsal"),
    "visit.dispatched": _l("Visit dispatched"),
    "record.sealed": _l("Record sealed"),
    "record.confirmed": _l("Record confirmed"),
    "record.sent_back": _l("Record sent back"),
    "entry.adopted": _l("Entry taken into a record by a supervisor"),
    "entry.set_aside": _l("Entry set aside by a supervisor"),
    "disclosure.published": _l("Result published"),
    "disclosure.withheld": _l("Result withheld"),
    "disclosure.corrected": _l("Correction published"),
    "credential.enrolled": _l("Credential enrolled"),
    "credential.revoked": _l("Credential revoked"),
    "credential.reset": _l("Renewal of access"),
    "officer.changed": _l("Officer register changed"),
    "role.proposed": _l("Role proposed"),
    "role.granted": _l("Role granted"),
    "role.declined": _l("Proposed role not granted"),
    "export.made": _l("Export made"),
    "ledger.recovered": _l("Ledger entries recovered"),
}

PROBLEMS: dict[str, LazyString] = {
    "ahead": _l("has seen a longer ledger"),
    "unreachable": _l("cannot be reached"),
    "conflict": _l("keeps another checkpoint of this length"),
    "malformed": _l("answered something unreadable"),
    "bad_signature": _l("answered without a valid cosignature"),
    "clock_ahead": _l("has a clock that runs ahead"),
}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OTHER_PROBLEM = _l("refused the checkpoint")


def type_label(code: str) -> str:
    """The name of a type; an unknown one is shown as its code."""
    return str(TYPES.get(code, code))


def problem_label(code: str) -> str:
    """What is wrong with a witness's last answer."""
    return str(PROBLEMS.get(code, OTHER_PROBLEM))


def subject_label(subject: str) -> str:
    """Return a number or code as it is, and of an id the eight digits that tell it from others."""
    return _ID.sub(lambda found: f"…{found[0][-8:]}", subject)

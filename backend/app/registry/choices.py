"""The closed lists of the registers, each value with its name in the reader's language."""

from __future__ import annotations

from flask_babel import LazyString

from backend.app.platform import code_lists
from backend.app.platform.code_words import choices
from backend.app.platform.i18n import lazy_gettext as _l

Choices = dict[str, LazyString]

CATEGORIES: Choices = choices(code_lists.ITEM_CATEGORIES)
POINT_KINDS: Choices = choices(code_lists.POINT_KINDS)
EVIDENCE: Choices = choices(code_lists.EVIDENCE_DEMANDS)
VERDICTS: Choices = choices(code_lists.OPTION_VERDICTS)
ENTERPRISE_KINDS: Choices = {
    "company": _l("Company"),
    "self_employed": _l("Self-employed"),
    "branch": _l("Branch"),
    "sole": _l("Sole proprietorship"),
    "partnership": _l("Partnership"),
    "cooperative": _l("Farmers' cooperative"),
    "institution": _l("Institution or social organisation"),
    "foreign": _l("Foreign-invested or representative office"),
    "unknown": _l("Kind not stated"),
}
STATUSES: Choices = {
    "active": _l("In business"),
    "suspended": _l("Suspended"),
    "closed": _l("Closed down"),
    "revoked": _l("Licence revoked"),
    "moved": _l("Moved away"),
}
RISK_CLASSES: Choices = {
    "A": _l("Class A"),
    "B": _l("Class B"),
    "C": _l("Class C"),
    "D": _l("Class D"),
    "": _l("Not classed"),
}
GROUNDS: Choices = choices(code_lists.GROUNDS)
KINDS_OF_FILE: Choices = {
    "items": _l("Inspection items"),
    "checklists": _l("Checklists"),
    "materials": _l("Materials asked for"),
    "officers": _l("Enforcement officers"),
    "enterprises": _l("Enterprises"),
}

FIELD_NAMES: Choices = {
    "code": _l("Code"),
    "item_code": _l("Item code"),
    "name": _l("Name"),
    "title": _l("Title of the checklist"),
    "subitem": _l("Sub-item"),
    "subitems": _l("Sub-items"),
    "group_name": _l("Group"),
    "category": _l("Category"),
    "department": _l("Department"),
    "department_id": _l("Department"),
    "legal_basis": _l("Legal basis"),
    "subject": _l("Inspecting authority"),
    "target": _l("Inspected enterprises"),
    "method": _l("Method"),
    "ratio_note": _l("Ratio as published"),
    "frequency_note": _l("Frequency as published"),
    "officer_requirement": _l("Requirement for officers"),
    "specialities": _l("Qualifications"),
    "remarks": _l("Remarks"),
    "valid_from": _l("Valid from"),
    "valid_to": _l("Valid to"),
    "published": _l("On the published list"),
    "materials": _l("Materials asked for"),
    "no": _l("No."),
    "text": _l("What is checked"),
    "heading": _l("Heading the point stands under"),
    "kind": _l("Kind"),
    "required": _l("Answer required"),
    "key_point": _l("Key point"),
    "evidence": _l("Evidence"),
    "unit": _l("Unit"),
    "minimum": _l("Lower bound"),
    "maximum": _l("Upper bound"),
    "options": _l("Options"),
    "shown_if": _l("Shown only if"),
    "certificate": _l("Certificate number"),
    "certificate_expires_on": _l("Certificate valid to"),
    "phone": _l("Telephone"),
    "active": _l("Active"),
    "account_id": _l("Account"),
    "leave": _l("Leave"),
    "recusal": _l("Recusal ground"),
    "registration_number": _l("Registration number"),
    "region_code": _l("Region code"),
    "address": _l("Address"),
    "industry": _l("Industry"),
    "risk_class": _l("Risk class"),
    "status": _l("Status"),
    "established_on": _l("Established on"),
    "business_scope": _l("Business scope"),
    "contact_phone": _l("Contact telephone"),
    "latitude": _l("Latitude"),
    "longitude": _l("Longitude"),
    "tags": _l("Supervision tags"),
    "version": _l("Version"),
}


VALUE_NAMES: dict[str, Choices] = {
    "category": CATEGORIES,
    "kind": ENTERPRISE_KINDS,
    "risk_class": RISK_CLASSES,
    "status": STATUSES,
}
"""The fields whose stored values are words of the program."""


def field_names(kind: str) -> Choices:
    """Return the names of a register's fields; a person has a full name, all else a name."""
    return {**FIELD_NAMES, "name": _l("Full name")} if kind == "officers" else FIELD_NAMES

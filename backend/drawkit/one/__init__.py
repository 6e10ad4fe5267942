"""What is particular to evenhand-draw/1: fields, parties, the ledger's order, what came later.

Draws of this version are verified for ever.
"""

from __future__ import annotations

from .. import checks
from ..case import Case, Edition
from ..names import ONE
from . import later, ledger, parties

LIMITS = (
    "that the last source was not typed and confirmed by one person who knew every other number, "
    "which version 1 did not prevent",
    "that a beacon's value is that of its round, which was never compared",
)
"""What no bundle of version 1 proves."""


def _added(case: Case) -> list[int]:
    entries = case.entries("extensions.json", "extensions")
    return [row for entry in entries for row in entry["rows"]]


def _praise(_case: Case) -> str:
    return ""


def _limits(_case: Case) -> list[str]:
    return [*LIMITS]


EDITION = Edition(
    version=ONE,
    checks=(
        ("form", checks.canonical_form),
        ("fields", parties.fields),
        ("hashes", checks.hashes),
        ("roster", checks.roster),
        ("quotas", checks.quotas),
        ("binding", parties.binding),
        ("operator", checks.operator),
        ("witnesses", parties.witnesses),
        ("commitments", parties.commitments),
        ("public", parties.public_source),
        ("ledger", ledger.ledger),
        ("enterprises", checks.enterprises),
        ("recusals", checks.recused),
        ("officers", checks.officers),
        ("result", checks.same_bytes),
        ("replacements", later.replacements),
        ("extensions", later.extensions),
    ),
    added=_added,
    joining=" by an extension, the next of the same order",
    praise=_praise,
    limits=_limits,
)

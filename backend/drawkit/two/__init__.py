"""What is particular to evenhand-draw/2: fields, parties, records, the ledger's order, rounds.

In the order of a draw:

1. :func:`register_of`, :func:`dice` or :func:`lottery`, :func:`freeze_record`;
2. :func:`witness_commitment` and :func:`committed` for each witness, :func:`closed_list`;
3. dice: :func:`thrown` for each throw, then :func:`revealed` for the operator and each witness,
   then :func:`thrown_source`; a lottery: the reveals, then :func:`numbered` for each of two sides,
   then :func:`lottery_source`;
4. :func:`transcript`, then ``drawkit.seed`` and ``drawkit.compute`` as in version 1;
5. rounds: :func:`replacement_request` and :func:`run_replacement`, :func:`extension_request` and
   :func:`run_extension`, :func:`rounds_record`.

Secrets and chains are made with the functions of ``drawkit`` and ``drawkit.TWO`` as their version.
"""

from __future__ import annotations

from .. import checks
from ..case import Edition
from ..names import TWO
from . import ledger, parties, shape
from . import rounds as replayed
from .freezing import (
    Origin,
    Parties,
    Secrets,
    dice,
    freeze_record,
    lottery,
    register_leaves,
    register_of,
)
from .grading import ALL_ROWS, SMALL_LIST, grade, stratum_marks
from .records import (
    closed_list,
    committed,
    extension_request,
    lottery_source,
    numbered,
    replacement_request,
    request_of,
    revealed,
    thrown,
    thrown_source,
    transcript,
    witness_commitment,
)
from .records import rounds as rounds_record
from .rounds import extension_lots, round_key, run_extension, run_replacement
from .shape import CHANGES, OPEN, OPERATOR, OTHER_BODY, OUTSIDE, OWN_BODY, ROOM, ROUTINE
from .verdict import limits, praise

VERSION, REHEARSAL = TWO.draw, TWO.rehearsal

EDITION = Edition(
    version=TWO,
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
        ("grade", parties.graded),
        ("ledger", ledger.ledger),
        ("enterprises", checks.enterprises),
        ("recusals", checks.recused),
        ("officers", checks.officers),
        ("result", checks.same_bytes),
        ("rounds", replayed.rounds),
    ),
    added=replayed.added,
    joining=" by an extension, drawn anew among the rest",
    praise=praise,
    limits=limits,
)

__all__ = [
    "ALL_ROWS",
    "CHANGES",
    "EDITION",
    "OPEN",
    "OPERATOR",
    "OTHER_BODY",
    "OUTSIDE",
    "OWN_BODY",
    "REHEARSAL",
    "ROOM",
    "ROUTINE",
    "SMALL_LIST",
    "VERSION",
    "Origin",
    "Parties",
    "Secrets",
    "closed_list",
    "committed",
    "dice",
    "extension_lots",
    "extension_request",
    "freeze_record",
    "grade",
    "lottery",
    "lottery_source",
    "numbered",
    "register_leaves",
    "register_of",
    "replacement_request",
    "request_of",
    "revealed",
    "round_key",
    "rounds_record",
    "run_extension",
    "run_replacement",
    "shape",
    "stratum_marks",
    "thrown",
    "thrown_source",
    "transcript",
    "witness_commitment",
]

"""drawkit: evenhand-draw/1 and /2, a draw anyone can re-compute.

Standard library, numpy and cryptography only: no Flask, no database, no clock, no randomness of
its own. Who needs a random secret brings it.

What versions share:

- ``encoding``: canonical JSON, strict tables · ``forms``, ``shape``: fields of the records
- ``names``: versions and the labels that begin hashes
- ``merkle``: RFC 6962 · ``tlog``, ``anchoring``: ledger proofs in a bundle
- ``commitment``: commitments, transcript, seed, sealed rows, hash chains
- ``selection``: strata, quotas, lots, drawn rows · ``assignment``: officers
- ``recusals``: recusals fixed row by row, to be published in part
- ``replacement``, ``extension``: seats drawn anew and rows that join after the draw
- ``draw``: a whole draw from its inputs · ``proof``: what one enterprise needs to check itself
- ``bundle``: the published zip · ``case``, ``checks``, ``replaying``, ``verify``: reading one

What is particular to a version: ``one`` and ``two``, with fields, parties, ledger and what came
later in one module each.

In the order of a draw of version 1: :func:`freeze_record`, :func:`operator_commitment`,
:func:`witness_commitment`, :func:`transcript`, :func:`seed`, :func:`compute`,
:func:`proofs`, :func:`write_bundle`; later :func:`run_batch` and :func:`run_extension`. Those of
version 2 are listed in ``two``. For everybody: :func:`verify_bundle`, :func:`audit` and
:func:`check_proof`.
"""

from . import two
from .assignment import VACANT, Officer, Seat
from .bundle import Unreadable
from .bundle import read as read_bundle
from .bundle import write as write_bundle
from .commitment import (
    REHEARSAL,
    VERSION,
    chain,
    chain_step,
    freeze_hash,
    left_out_stratum,
    operator_commitment,
    sealed_object,
    sealed_salt,
    seed,
    transcript,
    witness_commitment,
    witness_secret,
)
from .draw import Inputs, Result, compute
from .encoding import Malformed, canonical, digest, parse_canonical, read_table, write_table
from .extension import Order, order_of, run_extension
from .names import ONE, TWO, Version, version_of
from .one.freezing import freeze_record
from .proof import RowProof, proofs
from .proof import check as check_proof
from .recusals import part as recusals_part
from .recusals import whole as recusals_whole
from .replacement import Roster, could_come, run_batch
from .selection import Drawn, Stratum, lot, next_rows, quota
from .verify import DIFFERS, EQUAL, UNREADABLE, Line, Report, audit, row_of, verify_bundle

__all__ = [
    "DIFFERS",
    "EQUAL",
    "ONE",
    "REHEARSAL",
    "TWO",
    "UNREADABLE",
    "VACANT",
    "VERSION",
    "Drawn",
    "Inputs",
    "Line",
    "Malformed",
    "Officer",
    "Order",
    "Report",
    "Result",
    "Roster",
    "RowProof",
    "Seat",
    "Stratum",
    "Unreadable",
    "Version",
    "audit",
    "canonical",
    "chain",
    "chain_step",
    "check_proof",
    "compute",
    "could_come",
    "digest",
    "freeze_hash",
    "freeze_record",
    "left_out_stratum",
    "lot",
    "next_rows",
    "operator_commitment",
    "order_of",
    "parse_canonical",
    "proofs",
    "quota",
    "read_bundle",
    "read_table",
    "recusals_part",
    "recusals_whole",
    "row_of",
    "run_batch",
    "run_extension",
    "sealed_object",
    "sealed_salt",
    "seed",
    "transcript",
    "two",
    "verify_bundle",
    "version_of",
    "witness_commitment",
    "witness_secret",
    "write_bundle",
    "write_table",
]

"""Making the freeze record of version 1."""

from __future__ import annotations

from typing import Any

from .. import forms
from ..draw import Inputs, frozen_inputs
from ..encoding import Malformed
from ..names import ONE
from . import shape


def freeze_record(
    inputs: Inputs,
    *,
    draw_id: str,
    op_commit: str,
    op_chain: str,
    sup_chain: str,
    witnesses: list[str],
    quorum: int,
    public: dict[str, Any],
    beacon: dict[str, Any] | None = None,
    recusal_key: bytes | None = None,
) -> dict[str, Any]:
    """freeze.json for checked tables. Raises Malformed for what a verifier would refuse.

    ``witnesses``: ids; ``quorum``: how many of them must have committed, at least 1.
    ``recusal_key``: as in :func:`frozen_inputs`.
    """
    if quorum < 1 or len(witnesses) < quorum:
        raise Malformed("a draw needs at least one witness besides the operator")
    record = frozen_inputs(inputs, ONE, draw_id, recusal_key) | {
        "op_commit": op_commit,
        "op_chain": op_chain,
        "sup_chain": sup_chain,
        "witnesses": sorted(witnesses),
        "quorum": quorum,
        "public": public,
        "beacon": beacon,
    }
    forms.check("freeze.json", record, shape.freeze_fields(record))
    return record

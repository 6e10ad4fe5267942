"""Making the freeze record of version 2, and the root over the authority's register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import forms, merkle
from ..draw import Inputs, frozen_inputs
from ..encoding import Malformed, is_increasing
from ..names import TWO
from ..selection import BLOCK, keystream
from . import parties, shape


@dataclass(frozen=True, slots=True)
class Parties:
    """Who takes part. ``form``: ``room`` or ``routine``. ``own``: codes of the department that
    runs the draw and of those above and below it. ``witnesses``: the body of each seat by its id.
    ``supervisor_keeps_chain``: the supervising body made its chain on an own device."""

    form: str
    own: Sequence[str]
    witnesses: Mapping[str, str]
    quorum: int
    supervisor_keeps_chain: bool = False


@dataclass(frozen=True, slots=True)
class Secrets:
    """What operator and supervising body committed to: hex of the operator's commitment, and of
    the heads of both chains."""

    op_commit: str
    op_chain: str
    sup_chain: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the pool comes from: the rule that selected it, the register as :func:`register_of`
    gives it, and the filed plan {id, sha256} that the draw belongs to, if there is one."""

    pool_rule: Mapping[str, Any]
    register: Mapping[str, Any]
    filed_plan: Mapping[str, str] | None = None


def freeze_record(
    inputs: Inputs,
    *,
    draw_id: str,
    parties_of_draw: Parties,
    secrets: Secrets,
    public: Mapping[str, Any],
    lead: int,
    origin: Origin,
    recusal_key: bytes | None = None,
) -> dict[str, Any]:
    """freeze.json for checked tables. Raises Malformed for what a verifier would refuse.

    ``public``: of :func:`dice` or :func:`lottery`. ``lead``: seconds from the freeze to the first
    commitment, and with a lottery from the last reveal to its drawing. ``recusal_key``: as in
    :func:`frozen_inputs`.
    """
    keeper = shape.BODY if parties_of_draw.supervisor_keeps_chain else shape.SERVER
    record = frozen_inputs(inputs, TWO, draw_id, recusal_key) | {
        "op_commit": secrets.op_commit,
        "op_chain": secrets.op_chain,
        "sup_chain": secrets.sup_chain,
        "sup_keeper": keeper,
        "form": parties_of_draw.form,
        "own": sorted(set(parties_of_draw.own)),
        "witnesses": [
            {"id": one, "body": body} for one, body in sorted(parties_of_draw.witnesses.items())
        ],
        "quorum": parties_of_draw.quorum,
        "lead": lead,
        "public": dict(public),
        "pool_rule": dict(origin.pool_rule),
        "register": dict(origin.register),
        "filed_plan": None if origin.filed_plan is None else dict(origin.filed_plan),
    }
    forms.check("freeze.json", record, shape.freeze_fields(record))
    parties.check_seats(record)
    parties.check_lead(record)
    return record


def dice(rule: str, digits: int = 20, kind: str = shape.DICE) -> dict[str, Any]:
    """``public`` of a freeze record for dice, or for balls (``balls10``)."""
    return {"type": kind, "rule": rule, "digits": digits}


def lottery(
    name: str, issue: str, rule: str, digits: int, not_before: str, *, fictional: bool = False
) -> dict[str, Any]:
    """``public`` of a freeze record for a lottery. ``not_before``: the time of the drawing."""
    return {
        "type": shape.LOTTERY,
        "name": name,
        "issue": issue,
        "rule": rule,
        "digits": digits,
        "not_before": not_before,
        "fictional": fictional,
    }


def register_of(
    key: bytes,
    lines: Sequence[bytes],
    within_30_days: Mapping[str, int],
    since: tuple[str, Mapping[str, int]] | None = None,
) -> dict[str, Any]:
    """``register`` of a freeze record. ``key``: 32 random bytes; ``lines``: strict lines of
    register.tsv; counts by the kinds of ``shape.CHANGES``, a missing one is 0; ``since``: the id
    of the authority's last frozen draw and the counts since then."""
    return {
        "root": merkle.root(register_leaves(key, lines)).hex(),
        "rows": len(lines),
        "changes": {
            "since": None if since is None else since[0],
            "since_freeze": None if since is None else _counts(since[1]),
            "within_30_days": _counts(within_30_days),
        },
    }


def register_leaves(key: bytes, lines: Sequence[bytes]) -> list[bytes]:
    """The leaf of each line of register.tsv: 16 bytes of salt, then the line. Raises
    :class:`Malformed` for codes out of order or there twice."""
    if not is_increasing([line.partition(b"\t")[0] for line in lines]):
        raise Malformed("register.tsv has an enterprise out of order or twice")
    salts = keystream(key, 0, len(lines))
    return [salts[BLOCK * row : BLOCK * row + BLOCK] + line for row, line in enumerate(lines)]


def _counts(given: Mapping[str, int]) -> dict[str, int]:
    foreign = sorted(set(given) - set(shape.CHANGES))
    if foreign:
        raise Malformed(f"{foreign[0]} is no kind of change of a register")
    return {kind: given.get(kind, 0) for kind in shape.CHANGES}

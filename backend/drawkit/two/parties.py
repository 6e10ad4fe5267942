"""The checks of version 2 on who took part: fields, seats, the closed list, the last source, the
grade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import commitment
from ..case import Case
from ..checks import check_fields
from ..encoding import Malformed, digest, is_increasing
from . import records, shape
from .grading import grade

LEAST_LEAD = 3600
"""Seconds that lie at least between the last reveal and the drawing of a real lottery."""
_LEAST_QUORUM = {shape.ROOM: 2, shape.ROUTINE: 1}


def fields(case: Case) -> str:
    """Every record has its fields, each in its form, and all speak of one draw."""
    return check_fields(
        case,
        {
            "freeze.json": shape.freeze_fields(case.freeze),
            "commits.json": shape.COMMITS,
            "transcript.json": shape.TRANSCRIPT,
            "rounds.json": shape.ROUNDS,
            "proofs/checkpoints.json": shape.CHECKPOINTS,
        },
    )


def binding(case: Case) -> str:
    """The closed list and the transcript belong to this freeze record, this draw and each other."""
    frozen = commitment.freeze_hash(case.freeze).hex()
    if case.commits["freeze"] != frozen:
        raise Malformed("the closed list belongs to another freeze record")
    if case.transcript["freeze"] != frozen:
        raise Malformed("the transcript belongs to another freeze record")
    if case.transcript["commits"] != digest(case.files["commits.json"]):
        raise Malformed("the transcript belongs to another closed list")
    for name in ("commits.json", "transcript.json", "rounds.json", "proofs/checkpoints.json"):
        if case.records.get(name, case.freeze)["draw"] != case.freeze["draw"]:
            raise Malformed(f"{name} names another draw")
    return "the transcript names this freeze record, this closed list and this draw"


def check_seats(freeze: Mapping[str, Any]) -> None:
    """Refuse a freeze record whose seats are out of order, too few, or fewer than the quorum."""
    ids = [seat["id"] for seat in freeze["witnesses"]]
    if not is_increasing(ids):
        raise Malformed("the freeze record names its witnesses out of order or twice")
    if shape.OPERATOR in ids:
        raise Malformed("a witness is named like the operator's side")
    if not is_increasing(freeze["own"]) or shape.OUTSIDE in freeze["own"]:
        raise Malformed("the freeze record names its own departments out of order or twice")
    least = _LEAST_QUORUM[freeze["form"]]
    if freeze["quorum"] < least:
        raise Malformed(f"a draw in this form needs at least {least} witnesses")
    if len(ids) < freeze["quorum"]:
        raise Malformed("the freeze record has fewer seats than its quorum")


def witnesses(case: Case) -> str:
    """The revealed witnesses are the closed list, of the frozen seats, and meet the quorum."""
    check_seats(case.freeze)
    closed, quorum = case.commits["witnesses"], case.freeze["quorum"]
    ids = [one["id"] for one in closed]
    if not is_increasing(ids):
        raise Malformed("the closed list names its witnesses out of order or twice")
    if len(ids) < quorum:
        raise Malformed(f"{len(ids)} witnesses took part, fewer than the quorum {quorum}")
    seats = {seat["id"]: seat["body"] for seat in case.freeze["witnesses"]}
    for one in closed:
        if one["id"] not in seats:
            raise Malformed(f"witness {one['id']} was not named in the freeze record")
        if (seats[one["id"]] == shape.OUTSIDE) != (one["institution"] is not None):
            raise Malformed(f"witness {one['id']} stated an institution that does not fit the seat")
    if [one["id"] for one in case.transcript["witnesses"]] != ids:
        raise Malformed("the witnesses who revealed are not those of the closed list")
    return f"{len(ids)} witnesses took part, the quorum is {quorum}"


def commitments(case: Case) -> str:
    """Each witness's text and number, and the institution stated, are those committed to."""
    frozen = commitment.freeze_hash(case.freeze)
    closed = case.commits["witnesses"]
    for one, said in zip(case.transcript["witnesses"], closed, strict=True):
        secret = commitment.witness_secret(one["text"], bytes.fromhex(one["rand"]))
        made = records.witness_commitment(frozen, one["id"], said["institution"], secret)
        if made != said["commitment"]:
            raise Malformed(f"witness {one['id']} revealed something else than was committed to")
    return "every witness revealed what they had committed to"


def check_lead(freeze: Mapping[str, Any]) -> None:
    """Refuse a real lottery that may be drawn less than an hour after the last reveal."""
    public = freeze["public"]
    real = public["type"] == shape.LOTTERY and not public["fictional"]
    if real and freeze["lead"] < LEAST_LEAD:
        raise Malformed("the lottery may be drawn less than an hour after the last reveal")


def public_source(case: Case) -> str:
    """The last source is of the frozen kind and length, and the right people vouch for it."""
    frozen, found = case.freeze["public"], case.transcript["public"]
    if found["type"] != frozen["type"]:
        raise Malformed("the public source is of another kind than was frozen")
    check_lead(case.freeze)
    if len(found["value"]) != frozen["digits"]:
        raise Malformed(f"{len(found['value'])} digits, {frozen['digits']} were frozen")
    ids = {one["id"] for one in case.commits["witnesses"]}
    if found["type"] == shape.LOTTERY:
        _check_entries(found, ids)
        return f"two sides typed the same number of {frozen['name']}, issue {frozen['issue']}"
    _check_throws(found, ids)
    return f"{len(found['throws'])} throws ({found['type']}), each confirmed by a witness"


def _check_throws(found: Mapping[str, Any], ids: set[str]) -> None:
    for number, throw in enumerate(found["throws"], 1):
        if throw["confirmed_by"] not in ids:
            raise Malformed(f"throw {number} was confirmed by nobody of the closed list")
    if "".join(throw["digits"] for throw in found["throws"]) != found["value"]:
        raise Malformed("the throws do not make up the value")


def _check_entries(found: Mapping[str, Any], ids: set[str]) -> None:
    sides = [entry["by"] for entry in found["entries"]]
    if sides[0] != shape.OPERATOR or sides[1] not in ids:
        raise Malformed("the lottery's number was not typed by the operator's side and a witness")
    if any(entry["digits"] != found["value"] for entry in found["entries"]):
        raise Malformed("the two sides typed different numbers")


def graded(case: Case) -> str:
    """The grade that the closed list states is the one that follows from who took part."""
    found = grade(case.freeze, case.plan, case.commits["witnesses"])
    if case.commits["grade"] != found:
        raise Malformed(f"the closed list states the grade {case.commits['grade']}, it is {found}")
    if (found == shape.OWN_BODY) != (case.commits["ground"] is not None):
        raise Malformed("a ground is stated exactly where only the own body took part")
    case.grade = found
    return f"grade {found}"

"""The checks of version 1 that version 2 makes in another way: fields, parties, the last source."""

from __future__ import annotations

from .. import commitment
from ..case import Case
from ..checks import check_fields
from ..encoding import Malformed, is_increasing
from . import shape


def fields(case: Case) -> str:
    """Every record has its fields, each in its form, and all speak of one draw."""
    said = check_fields(
        case,
        {
            "freeze.json": shape.freeze_fields(case.freeze),
            "transcript.json": shape.TRANSCRIPT,
            "replacements.json": shape.REPLACEMENTS,
            "extensions.json": shape.EXTENSIONS,
        },
    )
    shape.check_commits(case.commits)
    return said


def binding(case: Case) -> str:
    """The transcript belongs to this freeze record and this draw."""
    if case.transcript["freeze"] != commitment.freeze_hash(case.freeze).hex():
        raise Malformed("the transcript belongs to another freeze record")
    if case.transcript["draw"] != case.freeze["draw"]:
        raise Malformed("the transcript names another draw")
    return "the transcript names this freeze record and this draw"


def witnesses(case: Case) -> str:
    """The revealed witnesses are the closed list, of those invited, and meet the quorum."""
    invited, quorum = case.freeze["witnesses"], case.freeze["quorum"]
    if not is_increasing(invited):
        raise Malformed("the freeze record names its witnesses out of order or twice")
    if quorum < 1:
        raise Malformed("the freeze record asks for no witness besides the operator")
    if len(case.commits) < quorum:
        raise Malformed(f"{len(case.commits)} witnesses took part, fewer than the quorum {quorum}")
    strangers = sorted(set(case.commits) - set(invited))
    if strangers:
        raise Malformed(f"witness {strangers[0]} was not named in the freeze record")
    revealed = [one["id"] for one in case.transcript["witnesses"]]
    if revealed != sorted(case.commits):
        raise Malformed("the witnesses who revealed are not those of the closed list")
    return f"{len(revealed)} witnesses took part, the quorum is {quorum}"


def commitments(case: Case) -> str:
    """Each witness's text and number are those committed to."""
    frozen = commitment.freeze_hash(case.freeze)
    for one in case.transcript["witnesses"]:
        secret = commitment.witness_secret(one["text"], bytes.fromhex(one["rand"]))
        if commitment.witness_commitment(frozen, one["id"], secret) != case.commits[one["id"]]:
            raise Malformed(f"witness {one['id']} revealed something else than was committed to")
    return "every witness revealed what they had committed to"


def public_source(case: Case) -> str:
    """The last source is of the frozen kind, and the beacon's round is the frozen one."""
    kind = case.freeze["public"]["type"]
    if case.transcript["public"]["type"] != kind:
        raise Malformed("the public source is of another kind than was frozen")
    if case.transcript["beacon"] != case.freeze["beacon"]:
        raise Malformed("the beacon's round is another one than was frozen")
    if (kind == "beacon") != (case.freeze["beacon"] is not None):
        raise Malformed("a beacon is frozen without its round, or a round without a beacon")
    if kind == "none":
        return "no public source: the draw rests on the operator and the witnesses"
    return f"the public source is of the frozen kind ({kind})"

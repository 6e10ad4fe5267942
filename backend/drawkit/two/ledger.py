"""The ledger's proofs of a draw of version 2: every commitment, throw, reveal and round, their
order, their times, and one log behind all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from .. import tlog
from ..anchoring import (
    NOT_ANCHORED,
    Step,
    check_cosigners,
    enclosed,
    roots_by_size,
    signed_sentence,
    step,
)
from ..bundle import CHECKPOINTS
from ..case import Case
from ..encoding import Malformed, canonical
from ..forms import is_time, milliseconds
from ..merkle import verify_consistency
from . import records, shape

_MEMBERS = frozenset({"type", "at", "actor", "subject", "sha256"})
_ROUND_TYPES = {
    shape.REPLACEMENT: ("draw.replacement_asked", "draw.replacement"),
    shape.EXTENSION: ("draw.extension_asked", "draw.extended"),
}
_DRAW = "draw."
Proofs = dict[str, tlog.Proof]


def ledger(case: Case) -> str:
    """All steps stand in one log, in their order and at their times. Either each of them has its
    proof, or the bundle has none."""
    found = enclosed(case, _steps(case), CHECKPOINTS)
    if found is None:
        if CHECKPOINTS in case.files:
            raise Malformed(f"{CHECKPOINTS} links the checkpoints of no proofs")
        return NOT_ANCHORED
    proofs = sorted(found.values(), key=lambda proof: proof.index)
    _check_one_log(case, proofs)
    _check_order(found, case)
    _check_clock(proofs)
    _check_times(found, case)
    check_cosigners(case, proofs)
    case.anchored = True
    return signed_sentence(case, proofs)


def _steps(case: Case) -> list[Step]:
    steps = [*_ceremony(case), *_rounds(case)]
    if case.freeze["v"] == case.edition.version.rehearsal:
        steps = [
            replace(one, type="rehearsal.step", label=one.type.removeprefix(_DRAW)) for one in steps
        ]
    filed = case.freeze["filed_plan"]
    if filed is not None:
        plan = Step("plan", "the filed plan", "plan.filed", filed["sha256"], filed["id"])
        steps.insert(0, plan)
    return steps


def _ceremony(case: Case) -> Iterable[Step]:
    freeze, closed = case.freeze, case.commits["witnesses"]
    yield step("freeze", "freeze.json", "draw.frozen", case.files["freeze.json"])
    for number, one in enumerate(closed, 1):
        made = records.committed(freeze, one["id"], one["institution"], one["commitment"])
        what = f"the commitment of witness {one['id']}"
        yield step(f"committed-{number}", what, "draw.committed", canonical(made))
    yield step("commits", "commits.json", "draw.commits", case.files["commits.json"])
    yield from _last_source(case)
    yield from _reveals(case)
    for name, file in (("transcript", "transcript.json"), ("result", "result.tsv")):
        yield step(name, file, f"draw.{name}", case.files[file])


def _last_source(case: Case) -> Iterable[Step]:
    public = case.transcript["public"]
    for number, throw in enumerate(public.get("throws", ()), 1):
        made = records.thrown(case.freeze, number, throw["digits"], throw["confirmed_by"])
        yield step(f"thrown-{number}", f"throw {number}", "draw.thrown", canonical(made))
    for number, entry in enumerate(public.get("entries", ()), 1):
        made = records.numbered(case.freeze, entry["by"], entry["digits"])
        what = f"the number typed by {entry['by']}"
        yield step(f"number-{number}", what, "draw.numbered", canonical(made))


def _reveals(case: Case) -> Iterable[Step]:
    secrets = [{"id": shape.OPERATOR, "text": "", "rand": case.transcript["operator"]}]
    for number, one in enumerate([*secrets, *case.transcript["witnesses"]]):
        made = records.revealed(case.freeze, one["id"], one["text"], one["rand"])
        yield step(
            f"revealed-{number}", f"the reveal of {one['id']}", "draw.revealed", canonical(made)
        )


def _rounds(case: Case) -> Iterable[Step]:
    for number, entry in enumerate(case.entries("rounds.json", "rounds"), 1):
        asked, held = _ROUND_TYPES[entry["kind"]]
        request = canonical(records.request_of(case.freeze, entry))
        yield step(f"asked-{number}", f"the request of round {number}", asked, request)
        yield step(f"round-{number}", f"round {number}", held, canonical(entry))


def _check_one_log(case: Case, proofs: list[tlog.Proof]) -> None:
    """All proofs are of one log: one root for each size, and sizes that are linked."""
    roots = roots_by_size(proofs)
    links = list(pairwise(sorted(roots)))
    steps = case.entries(CHECKPOINTS, "steps")
    if [(one["from"], one["to"]) for one in steps] != links or (steps == []) == (
        CHECKPOINTS in case.files
    ):
        raise Malformed("the checkpoints of the ledger proofs are not linked with each other")
    for one, (old, size) in zip(steps, links, strict=True):
        path = [bytes.fromhex(node) for node in one["path"]]
        if not verify_consistency(old, size, roots[old], roots[size], path):
            raise Malformed(f"the ledger of {size} entries does not go on from that of {old}")


def _phases(found: Proofs, case: Case) -> list[list[str]]:
    """Names of proofs in phases: every proof of one stands before every proof of the next."""

    def named(prefix: str) -> list[str]:
        return [name for name in found if name.startswith(prefix)]

    operator, *others = named("revealed-")
    throws = [[name] for name in named("thrown-")]
    numbers = [named("number-")]
    opened = [[operator], others]
    last = (
        [*opened, *numbers]
        if case.freeze["public"]["type"] == shape.LOTTERY
        else [*throws, *opened]
    )
    return [
        named("plan"),
        ["freeze"],
        named("committed-"),
        ["commits"],
        *last,
        ["transcript"],
        ["result"],
        *([name] for name in named("round-")),
    ]


def _check_order(found: Proofs, case: Case) -> None:
    former: list[str] = []
    for names in filter(None, _phases(found, case)):
        before = max((found[name].index for name in former), default=-1)
        early = next((name for name in names if found[name].index < before), None)
        if early is not None:
            raise Malformed(f"the ledger has {early} before {former[-1]}")
        former = names
    for name in found:
        if name.startswith("asked-"):
            _check_request(found, name, name.replace("asked", "round"))


def _check_request(found: Proofs, asked: str, held: str) -> None:
    if not found["result"].index < found[asked].index < found[held].index:
        raise Malformed(f"the ledger does not have {asked} between the result and {held}")


def _check_clock(proofs: list[tlog.Proof]) -> None:
    """``proofs`` by their index: each entry is whole, and no later one has an earlier time."""
    for proof in proofs:
        if proof.members != _MEMBERS or not is_time(proof.at):
            raise Malformed(f"entry {proof.index} of the ledger is not in the form of an entry")
    if any(one.at > other.at for one, other in pairwise(proofs)):
        raise Malformed("the times of the ledger's entries run backwards")


def _check_times(found: Proofs, case: Case) -> None:
    """The lead time, and for a lottery the moment of its drawing."""
    at = {name: milliseconds(proof.at) for name, proof in found.items()}
    lead, public = case.freeze["lead"] * 1000, case.freeze["public"]
    if public["type"] != shape.LOTTERY:
        first = min(time for name, time in at.items() if name.startswith("committed-"))
        if first < at["freeze"] + lead:
            raise Malformed("the first commitment is earlier than the lead time after the freeze")
        return
    drawn = milliseconds(public["not_before"])
    late = [name for name in at if name.startswith(("freeze", "revealed-"))]
    if max(at[name] for name in late) + lead > drawn:
        raise Malformed("the last reveal is less than the lead time before the lottery's drawing")
    if min(time for name, time in at.items() if name.startswith("number-")) < drawn:
        raise Malformed("the lottery's number is in the ledger before its drawing")

"""The checks that a bundle of every version has to pass, one function each.

A check takes the :class:`Case`, leaves what it has read there for those after it, and returns a
sentence about what holds; it raises :class:`Malformed` with one plain sentence about what does
not. Checks that differ between versions are in ``one`` and ``two``. The verifier page makes the
same checks under the same names (frontend/verify/checks.mjs and later.mjs).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import commitment, forms, merkle, recusals, shape
from .assignment import assign, read_officers, seats_of
from .case import Case
from .draw import Result, check_id, check_inputs, check_teams, recusal_test
from .encoding import Malformed, canonical, digest, parse_canonical, read_table
from .forms import Fields
from .selection import draw_rows, strata_of, tasks

_TABLES = ("pool.tsv", "officers.tsv", "recusals.tsv", "exclusions.tsv")


def canonical_form(case: Case) -> str:
    """Every JSON file is canonical, every table in strict form."""
    for name in sorted(case.files):
        if name.endswith(".json"):
            case.records[name] = parse_canonical(case.files[name], name)
    for name in _TABLES:
        if name in case.files:
            case.tables[name] = read_table(case.files[name], name)
    return "every file is in its one permitted form"


def check_fields(case: Case, known: dict[str, Fields]) -> str:
    """Every record has its fields, ``known`` by the file's name, each in its form, and all are of
    one version and speak of one draw. ``known`` begins with freeze.json."""
    version = case.edition.version
    rules = {
        **known,
        "plan.json": shape.plan(version),
        recusals.NAME: shape.recusals(version),
        recusals.KEY: shape.recusals_key(version),
    }
    for name, fields in rules.items():
        if name in case.records:
            record = case.records[name]
            forms.check(name, record, fields, more=name == "plan.json")
            if "v" in fields and record["v"] != case.freeze["v"]:
                raise Malformed(f"{name} is of another version than freeze.json")
    draw_id = case.freeze["draw"]
    check_id(draw_id, case.plan)
    _check_recusal_files(case)
    return f"draw {draw_id}, version {case.freeze['v']}"


def _check_recusal_files(case: Case) -> None:
    """The file, or the part or the key, that the freeze record asks for."""
    by_row = "recusals_root" in case.freeze
    held = [name for name in (recusals.NAME, recusals.KEY) if name in case.records]
    if not by_row and held:
        raise Malformed("the freeze record fixes recusals.tsv as one file, not row by row")
    if by_row and not held:
        raise Malformed("recusals.tsv cannot be held against the frozen root: its key is missing")
    for name in held:
        if case.records[name]["draw"] != case.freeze["draw"]:
            raise Malformed(f"{name} names another draw")


def hashes(case: Case) -> str:
    """The frozen digests are those of the files."""
    found = {"plan.json": digest(canonical(case.plan))}
    by_row = "recusals_root" in case.freeze
    for name in _TABLES:
        if not (by_row and name == "recusals.tsv"):
            found[name] = digest(case.files[name])
    for name, value in found.items():
        if case.freeze[f"{name.partition('.')[0]}_sha256"] != value:
            raise Malformed(f"{name} is not the file that was frozen: its digest differs")
    if by_row:
        return "plan, roster, officers and exclusions are the frozen ones"
    return "plan, roster, officers, recusals and exclusions are the frozen ones"


def roster(case: Case) -> str:
    """The Merkle root and the number of rows are those of the roster; nobody is in it twice."""
    lines = case.tables["pool.tsv"]
    if case.freeze["pool_rows"] != len(lines):
        raise Malformed("the roster has another number of rows than was frozen")
    if case.freeze["pool_root"] != merkle.root(lines).hex():
        raise Malformed("the Merkle root of the roster is not the frozen one")
    case.officers = read_officers(case.tables["officers.tsv"])
    check_inputs(lines, case.officers, case.tables["exclusions.tsv"])
    return f"{len(lines)} rows lead to the frozen root, each enterprise once"


def quotas(case: Case) -> str:
    """Strata cover the roster as the plan says; teams have at least two seats."""
    case.strata = strata_of(case.tables["pool.tsv"], case.plan["strata"])
    frozen = {part["code"]: part for part in case.freeze["strata"]}
    for part in case.strata:
        said = frozen.get(part.code)
        if said is None or (said["start"], said["end"]) != (part.start, part.end):
            raise Malformed(f"stratum {part.code} of the freeze record has other rows")
        if said["k"] != part.k:
            raise Malformed(
                f"stratum {part.code}: {said['k']} frozen to be drawn, the plan gives {part.k}"
            )
    if [part["code"] for part in case.freeze["strata"]] != [part.code for part in case.strata]:
        raise Malformed("the freeze record names other strata than the plan")
    check_teams(case.plan)
    return f"{len(case.strata)} strata, {sum(part.k for part in case.strata)} enterprises to draw"


def operator(case: Case) -> str:
    """The operator's number is the one committed to before the freeze."""
    secret = bytes.fromhex(case.transcript["operator"])
    if _operator_commitment(case, secret) != case.freeze["op_commit"]:
        raise Malformed("the operator revealed another number than the committed one")
    return "the operator revealed what was committed to in the freeze record"


def _operator_commitment(case: Case, secret: bytes) -> str:
    return commitment.operator_commitment(case.freeze["draw"], secret, case.edition.version)


def enterprises(case: Case) -> str:
    """The drawn rows follow from the seed."""
    case.seed = commitment.seed(case.transcript)
    drawn = draw_rows(case.seed, case.strata)
    lines = case.tables["pool.tsv"]
    case.result = Result(case.strata, drawn, tasks(drawn), [], [], [], case.officers, lines)
    said = _lines(case.files["result.tsv"], b"drawn")
    for part, expected, found in _side_by_side(case.strata, case.result.drawn_lines(), said):
        if expected != found:
            raise Malformed(f"stratum {part.code}: the drawn enterprises are not those of the seed")
    return f"{len(case.result.tasks)} enterprises follow from the seed"


def recused(case: Case) -> str:
    """Recusals fixed row by row: those of every drawn row, or all, lead to the frozen root."""
    lines = case.tables["pool.tsv"]
    part = case.records.get(recusals.NAME)
    if part is not None:
        wanted = [task.row for task in case.computed().tasks] + case.edition.added(case)
        recusals.check_rows(part, wanted)
        recusals.check_path(part, case.freeze["recusals_root"], len(lines))
        found = case.tables["recusals.tsv"] = recusals.pairs(part, lines)
        return f"all recusals of the {len(set(wanted))} drawn rows, {len(found)}; others not shown"
    count = len(case.tables["recusals.tsv"])
    opening = case.records.get(recusals.KEY)
    if opening is None:
        return f"{count} recusals, the whole frozen file"
    key = bytes.fromhex(opening["key"])
    if recusals.root(key, lines, case.tables["recusals.tsv"]) != case.freeze["recusals_root"]:
        raise Malformed("recusals.tsv and its key do not lead to the frozen root")
    return f"{count} recusals, the whole list, lead to the frozen root"


def officers(case: Case) -> str:
    """The seats follow from the seed."""
    base = case.computed()
    objects = base.objects()
    codes = [case.strata[one.stratum].code for one in base.tasks]
    seats = seats_of(codes, case.plan["teams"])
    barred = recusal_test(case.tables["recusals.tsv"], case.officers, objects)
    state = assign(case.seed, seats, case.officers, barred)
    case.result = result = Result(
        base.strata,
        base.drawn,
        base.tasks,
        seats,
        state.who,
        state.load,
        case.officers,
        base.pool_lines,
    )
    said = _lines(case.files["result.tsv"], b"seat")
    for number, expected, found in _side_by_side(range(len(seats)), result.seat_lines(), said):
        if expected != found:
            raise Malformed(f"seat {number}: the officer is not the one that follows from the seed")
    case.who = list(state.who)
    vacant = len(result.vacant)
    empty = f"; {vacant} stay vacant, nobody was eligible" if vacant else ""
    return f"{len(seats)} seats follow from the seed{empty}"


def same_bytes(case: Case) -> str:
    """result.tsv is the recomputed one, byte for byte."""
    if case.computed().tsv() != case.files["result.tsv"]:
        raise Malformed("result.tsv is not the recomputed result byte for byte")
    return "result.tsv is equal byte for byte"


def _lines(data: bytes, kind: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line.split(b"\t", 1)[0] == kind]


def _side_by_side(
    keys: Iterable[Any], expected: list[str], found: list[bytes]
) -> Iterable[tuple[Any, bytes, bytes]]:
    said = [*found, *([b""] * (len(expected) - len(found)))]
    for key, line, other in zip(keys, expected, said, strict=False):
        yield key, line.encode("ascii"), other

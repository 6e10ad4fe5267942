"""The checks of a bundle, one function each, in the order in which they run.

A check takes the :class:`Case`, leaves what it has read there for those after it, and returns a
sentence about what holds; it raises :class:`Malformed` with one plain sentence about what does
not. What came after the draw is in ``later``. The verifier page makes the same checks under the
same names (frontend/verify/checks.mjs and later.mjs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from . import commitment, merkle, recusals, shape, tlog
from .assignment import Officer, assign, read_officers, seats_of
from .draw import Result, check_id, check_inputs, check_teams, recusal_test
from .encoding import (
    Malformed,
    canonical,
    digest,
    is_increasing,
    parse_canonical,
    read_table,
)
from .extension import Order
from .replacement import Roster
from .selection import Stratum, draw_rows, strata_of, tasks


@dataclass(slots=True)
class Case:
    """A bundle under examination: its files, what was asked for, and what is known so far."""

    files: dict[str, bytes]
    require_ledger: bool = False
    ledger_key: str | None = None
    freeze: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    commits: dict[str, Any] = field(default_factory=dict)
    transcript: dict[str, Any] = field(default_factory=dict)
    replacements: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None
    recusals: dict[str, Any] | None = None
    recusals_key: dict[str, Any] | None = None
    tables: dict[str, list[bytes]] = field(default_factory=dict)
    officers: list[Officer] = field(default_factory=list)
    strata: list[Stratum] = field(default_factory=list)
    seed: bytes = b""
    result: Result | None = None
    who: list[int] = field(default_factory=list)
    order: Order | None = None
    roster: Roster | None = None
    anchored: bool = False

    def computed(self) -> Result:
        """The recomputed result; only checks after ``officers`` may ask for it."""
        if self.result is None:
            raise Malformed("the result was not recomputed")
        return self.result


Check = Callable[[Case], str]
_TABLES = ("pool.tsv", "officers.tsv", "recusals.tsv", "exclusions.tsv")
_OPTIONAL: dict[str, shape.Fields] = {
    "replacements.json": shape.REPLACEMENTS,
    "extensions.json": shape.EXTENSIONS,
    recusals.NAME: shape.RECUSALS,
    recusals.KEY: shape.RECUSALS_KEY,
}


def _attribute(name: str) -> str:
    """Where a case keeps the record of a file."""
    return name.removesuffix(".json").replace("-", "_")


def canonical_form(case: Case) -> str:
    """Every JSON file is canonical, every table in strict form."""
    case.freeze = parse_canonical(case.files["freeze.json"], "freeze.json")
    case.plan = parse_canonical(case.files["plan.json"], "plan.json")
    case.commits = parse_canonical(case.files["commits.json"], "commits.json")
    case.transcript = parse_canonical(case.files["transcript.json"], "transcript.json")
    for name in _OPTIONAL:
        if name in case.files:
            setattr(case, _attribute(name), parse_canonical(case.files[name], name))
    for name in _TABLES:
        if name in case.files:
            case.tables[name] = read_table(case.files[name], name)
    return "every file is in its one permitted form"


def fields(case: Case) -> str:
    """Every record has its fields, each in its form, and all speak of one draw."""
    shape.check("freeze.json", case.freeze, shape.freeze_fields(case.freeze))
    shape.check("plan.json", case.plan, shape.PLAN, more=True)
    shape.check("transcript.json", case.transcript, shape.TRANSCRIPT)
    shape.check_commits(case.commits)
    records = {"plan.json": case.plan, "transcript.json": case.transcript}
    for name, rules in _OPTIONAL.items():
        if name in case.files:
            records[name] = getattr(case, _attribute(name))
            shape.check(name, records[name], rules)
    for name, record in records.items():
        if record["v"] != case.freeze["v"]:
            raise Malformed(f"{name} is of another version than freeze.json")
    draw_id = case.freeze["draw"]
    check_id(draw_id, case.plan)
    _check_recusal_files(case)
    return f"draw {draw_id}, version {case.freeze['v']}"


def _check_recusal_files(case: Case) -> None:
    """The file, or the part or the key, that the freeze record asks for."""
    by_row = "recusals_root" in case.freeze
    if not by_row and (case.recusals is not None or case.recusals_key is not None):
        raise Malformed("the freeze record fixes recusals.tsv as one file, not row by row")
    if by_row and case.recusals is None and case.recusals_key is None:
        raise Malformed("recusals.tsv cannot be held against the frozen root: its key is missing")
    for name, record in ((recusals.NAME, case.recusals), (recusals.KEY, case.recusals_key)):
        if record is not None and record["draw"] != case.freeze["draw"]:
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


def binding(case: Case) -> str:
    """The transcript belongs to this freeze record and this draw."""
    if case.transcript["freeze"] != commitment.freeze_hash(case.freeze).hex():
        raise Malformed("the transcript belongs to another freeze record")
    if case.transcript["draw"] != case.freeze["draw"]:
        raise Malformed("the transcript names another draw")
    return "the transcript names this freeze record and this draw"


def operator(case: Case) -> str:
    """The operator's number is the one committed to before the freeze."""
    secret = bytes.fromhex(case.transcript["operator"])
    if commitment.operator_commitment(case.freeze["draw"], secret) != case.freeze["op_commit"]:
        raise Malformed("the operator revealed another number than the committed one")
    return "the operator revealed what was committed to in the freeze record"


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


def ledger(case: Case) -> str:
    """All steps stand in one ledger in their order: the four files of the draw, then every batch
    and every extension. Either each of them has its proof, or the bundle has none."""
    steps = [*_files_of_the_draw(case), *_steps_afterwards(case)]
    enclosed = [name for name in case.files if name.startswith("proofs/")]
    stray = sorted({*enclosed} - {f"proofs/{key}.tlog-proof" for key, *_ in steps})
    if stray:
        raise Malformed(f"{stray[0]} is the proof of nothing that the bundle has")
    if not enclosed:
        if case.require_ledger:
            raise Malformed("the bundle has no ledger proofs, and they were asked for")
        return "not anchored in a ledger: the bundle has no proofs"
    places: list[tlog.Proof] = []
    for key, what, kind, content in steps:
        data = case.files.get(f"proofs/{key}.tlog-proof")
        if data is None:
            raise Malformed(f"the ledger proof of {what} is missing")
        places.append(_ledger_proof(case, key, kind, data, content))
    _refuse_disorder(places)
    case.anchored = True
    signed = "signature checked" if case.ledger_key else "signature not checked: no key was given"
    return f"entries {places[0].index} to {places[-1].index} of {places[0].origin}; {signed}"


def _refuse_disorder(places: list[tlog.Proof]) -> None:
    if not is_increasing([proof.index for proof in places[:4]]):
        raise Malformed("the ledger has freeze, commitments, transcript and result out of order")
    if not is_increasing([proof.index for proof in places[3:]]):
        raise Malformed("the ledger has result, replacements and extensions out of order")
    if len({proof.origin for proof in places}) != 1:
        raise Malformed("the ledger proofs are of different ledgers")


_Step = tuple[str, str, str, bytes]  # its proof's name, what it is, the entry's type, the bytes


def _files_of_the_draw(case: Case) -> list[_Step]:
    names = {"freeze": "freeze.json", "commits": "commits.json"}
    names |= {"transcript": "transcript.json", "result": "result.tsv"}
    types = {"freeze": "draw.frozen"}
    return [
        (key, name, types.get(key, f"draw.{key}"), case.files[name]) for key, name in names.items()
    ]


def _steps_afterwards(case: Case) -> list[_Step]:
    """Batches and extensions as they followed each other, an extension after its batch."""
    batches = [] if case.replacements is None else case.replacements["batches"]
    added = [] if case.extensions is None else case.extensions["extensions"]
    steps: list[tuple[int, _Step]] = []
    for number, entry in enumerate(batches, 1):
        what = f"replacement {number}"
        step = (f"replacement-{number}", what, "draw.replacement", canonical(entry))
        steps.append((number, step))
    for number, entry in enumerate(added, 1):
        step = (f"extension-{number}", f"extension {number}", "draw.extended", canonical(entry))
        steps.append((entry["after"], step))
    return [step for _, step in sorted(steps, key=lambda one: one[0])]


def _ledger_proof(case: Case, key: str, kind: str, data: bytes, content: bytes) -> tlog.Proof:
    """The proof ``proofs/KEY.tlog-proof`` that the ledger holds ``content`` as ``kind``."""
    name = f"proofs/{key}.tlog-proof"
    proof = tlog.read(data, name)
    if proof.type != kind or proof.subject != case.freeze["draw"]:
        raise Malformed(f"{name} is the proof of something else")
    if proof.body_sha256 != digest(content):
        raise Malformed(f"{name}: the ledger recorded other bytes than the bundle has")
    if case.ledger_key is not None and not tlog.is_signed(proof, case.ledger_key):
        raise Malformed(f"{name}: the checkpoint is not signed with the ledger's key")
    return proof


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
    if case.recusals is not None:
        added = [] if case.extensions is None else case.extensions["extensions"]
        wanted = [task.row for task in case.computed().tasks]
        wanted += [row for one in added for row in one["rows"]]
        recusals.check_rows(case.recusals, wanted)
        recusals.check_path(case.recusals, case.freeze["recusals_root"], len(lines))
        found = case.tables["recusals.tsv"] = recusals.pairs(case.recusals, lines)
        return f"all recusals of the {len(set(wanted))} drawn rows, {len(found)}; others not shown"
    count = len(case.tables["recusals.tsv"])
    if case.recusals_key is None:
        return f"{count} recusals, the whole frozen file"
    key = bytes.fromhex(case.recusals_key["key"])
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


CHECKS: tuple[tuple[str, Check], ...] = (
    ("form", canonical_form),
    ("fields", fields),
    ("hashes", hashes),
    ("roster", roster),
    ("quotas", quotas),
    ("binding", binding),
    ("operator", operator),
    ("witnesses", witnesses),
    ("commitments", commitments),
    ("public", public_source),
    ("ledger", ledger),
    ("enterprises", enterprises),
    ("recusals", recused),
    ("officers", officers),
    ("result", same_bytes),
)


def _lines(data: bytes, kind: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line.split(b"\t", 1)[0] == kind]


def _side_by_side(
    keys: Iterable[Any], expected: list[str], found: list[bytes]
) -> Iterable[tuple[Any, bytes, bytes]]:
    said = [*found, *([b""] * (len(expected) - len(found)))]
    for key, line, other in zip(keys, expected, said, strict=False):
        yield key, line.encode("ascii"), other

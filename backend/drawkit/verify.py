"""Verify a published bundle: every check a named line, the first failure in one plain sentence.

A verifier trusts nothing in the bundle but recomputes the result from the frozen tables and the
transcript, and compares byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from . import bundle, commitment, merkle
from .draw import Inputs, Result, check_teams, compute
from .encoding import (
    Malformed,
    canonical,
    digest,
    is_hex32,
    parse_canonical,
    read_table,
)
from .replacements_file import check_replacements
from .selection import strata_of

EQUAL, DIFFERS, UNREADABLE = 0, 1, 2
JSON_FILES = ("freeze.json", "plan.json", "commits.json", "transcript.json")
TABLES = ("pool.tsv", "officers.tsv", "recusals.tsv", "exclusions.tsv")
VERSIONS = (commitment.VERSION, commitment.REHEARSAL)
MIN_DICE_DIGITS = 20


class Differs(Exception):
    """A check failed; the message is the plain sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One check: what was checked, how long it took, what was found."""

    name: str
    milliseconds: float
    note: str = ""


@dataclass(slots=True)
class Report:
    """What the verification found. ``status`` is the exit status of the command."""

    status: int = EQUAL
    verdict: str = ""
    draw_id: str = ""
    lines: list[Line] = field(default_factory=list)
    anchored: bool = False
    result: Result | None = None
    seed: bytes = b""


class _Checks:
    """The checks of one bundle, in order; later ones rely on earlier ones."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.json: dict[str, dict[str, Any]] = {}
        self.tables: dict[str, list[bytes]] = {}
        self.freeze_hash = b""
        self.seed = b""
        self.result: Result | None = None

    def forms(self) -> str:
        """Canonical form of every file."""
        for name in JSON_FILES:
            self.json[name] = parse_canonical(self.files[name], name)
        for name in TABLES:
            self.tables[name] = read_table(self.files[name], name)
        freeze, plan = self.json["freeze.json"], self.json["plan.json"]
        for name in ("freeze.json", "plan.json", "transcript.json"):
            version = self.json[name].get("v")
            if version not in VERSIONS or version != freeze["v"]:
                raise Differs(f"{name} is of version {version}, which is not this draw's")
        check_teams(plan)
        return f"{len(JSON_FILES) + len(TABLES)} files"

    def hashes(self) -> str:
        """The tables and the plan are the frozen ones."""
        freeze = self.json["freeze.json"]
        if digest(self.files["plan.json"]) != freeze["plan_sha256"]:
            raise Differs("The plan is not the one that was frozen.")
        for name, words in (
            ("pool.tsv", "The roster of enterprises"),
            ("officers.tsv", "The roster of officers"),
            ("recusals.tsv", "The list of recusals"),
            ("exclusions.tsv", "The list of exclusions"),
        ):
            if digest(self.files[name]) != freeze[name[:-4] + "_sha256"]:
                raise Differs(f"{words} is not the one that was frozen.")
        root = merkle.root(self.tables["pool.tsv"]).hex()
        if root != freeze["pool_root"] or len(self.tables["pool.tsv"]) != freeze["pool_rows"]:
            raise Differs("The roster's tree or its count of rows is not the frozen one.")
        return f"{freeze['pool_rows']} rows"

    def strata(self) -> str:
        """Ranges and quotas follow from roster and plan."""
        found = strata_of(self.tables["pool.tsv"], self.json["plan.json"]["strata"])
        stated = self.json["freeze.json"]["strata"]
        if len(found) != len(stated):
            raise Differs("The frozen strata are not those of the plan.")
        for part, claim in zip(found, stated, strict=True):
            if (part.code, part.start, part.end) != (claim["code"], claim["start"], claim["end"]):
                raise Differs(f"Stratum {part.code} does not cover the rows it should.")
            if part.k != claim["k"]:
                raise Differs(
                    f"Stratum {part.code} draws {claim['k']} where the plan gives {part.k}."
                )
        return f"{len(found)} strata, {sum(part.k for part in found)} to draw"

    def transcript_binding(self) -> str:
        """The transcript belongs to this freeze record and this draw."""
        freeze, record = self.json["freeze.json"], self.json["transcript.json"]
        self.freeze_hash = commitment.freeze_hash(freeze)
        if record["freeze"] != self.freeze_hash.hex():
            raise Differs("The transcript belongs to another freeze record.")
        if record["draw"] != freeze["draw"]:
            raise Differs("The transcript carries the number of another draw.")
        return str(freeze["draw"])

    def operator(self) -> str:
        """The operator revealed what was committed to."""
        freeze, secret = self.json["freeze.json"], self.json["transcript.json"]["operator"]
        if not is_hex32(secret):
            raise Differs("The operator's secret is not 32 bytes in lower-case hex.")
        if (
            commitment.operator_commitment(freeze["draw"], bytes.fromhex(secret))
            != freeze["op_commit"]
        ):
            raise Differs("The operator revealed another secret than the one committed to.")
        return ""

    def witnesses(self) -> str:
        """The closed list of witnesses, their quorum, their commitments."""
        freeze, commits = self.json["freeze.json"], self.json["commits.json"]
        revealed = self.json["transcript.json"]["witnesses"]
        ids = [one["id"] for one in revealed]
        if ids != sorted(set(ids)) or ids != sorted(commits):
            raise Differs("The witnesses who revealed are not those of the closed list.")
        if not set(ids) <= set(freeze["witnesses"]) and freeze["witnesses"]:
            raise Differs("A witness of the closed list was not named when the roster was frozen.")
        if len(ids) < max(1, freeze["quorum"]):
            raise Differs("Fewer witnesses took part than the draw demands.")
        for one in revealed:
            self._one_witness(one, commits[one["id"]])
        return f"{len(ids)} witnesses"

    def _one_witness(self, revealed: dict[str, Any], committed: Any) -> None:
        if not is_hex32(revealed["rand"]) or not is_hex32(committed):
            raise Differs(f"A value of witness {revealed['id']} is not 32 bytes of lower-case hex.")
        secret = commitment.witness_secret(revealed["text"], bytes.fromhex(revealed["rand"]))
        if commitment.witness_commitment(self.freeze_hash, revealed["id"], secret) != committed:
            raise Differs(
                f"Witness {revealed['id']} revealed something else than was committed to."
            )

    def public_source(self) -> str:
        """The last source is of the frozen kind."""
        freeze, record = self.json["freeze.json"], self.json["transcript.json"]
        stated, given = freeze["public"], record["public"]
        if given.get("type") != stated["type"]:
            raise Differs("The public source is of another kind than the frozen one.")
        if stated["type"] == "dice10":
            value = given.get("value")
            if not isinstance(value, str) or not value.isascii() or not value.isdecimal():
                raise Differs("The dice are not decimal digits.")
            if len(value) < stated.get("digits", MIN_DICE_DIGITS):
                raise Differs("Fewer dice were thrown than the rule demands.")
        if record["beacon"] != freeze["beacon"]:
            raise Differs("The beacon round is another one than the frozen one.")
        return str(stated["type"])

    def recompute(self) -> str:
        """The result follows from the seed, byte for byte."""
        self.seed = commitment.seed(self.json["transcript.json"])
        inputs = Inputs(
            self.json["plan.json"],
            *(self.files[name] for name in ("pool.tsv", "officers.tsv")),
            *(self.files[name] for name in ("recusals.tsv", "exclusions.tsv")),
        )
        self.result = compute(inputs, self.seed)
        own = self.result.tsv()
        if own != self.files["result.tsv"]:
            raise Differs(_first_difference(own, self.files["result.tsv"]))
        return f"{len(self.result.tasks)} enterprises, {len(self.result.seats)} seats"

    def replacements(self) -> str:
        """Every recorded re-draw follows from the seed and the two chains."""
        data = self.files.get("replacements.json")
        if data is None or self.result is None:
            return "none"
        record = parse_canonical(data, "replacements.json")
        problem, count = check_replacements(
            record, self.json["freeze.json"], self.result, self.seed, self.tables["recusals.tsv"]
        )
        if problem:
            raise Differs(problem)
        return f"{count} batches"


def _first_difference(own: bytes, stated: bytes) -> str:
    pairs = zip(own.splitlines(), stated.splitlines(), strict=False)
    for number, (right, wrong) in enumerate(pairs, 1):
        if right != wrong:
            kind = "drawn enterprises" if right.startswith(b"drawn") else "officer of a seat"
            return (
                f"Line {number} of the result ({kind}) says {wrong.decode('utf-8', 'replace')!r}; "
                f"re-computed it is {right.decode('ascii')!r}."
            )
    return "The result has more or fewer lines than the re-computed one."


STEPS: tuple[tuple[str, str], ...] = (
    ("Every file has its one canonical form", "forms"),
    ("Plan and rosters are the frozen ones", "hashes"),
    ("Strata and quotas follow from the plan", "strata"),
    ("The transcript belongs to this freeze", "transcript_binding"),
    ("The operator revealed what was committed", "operator"),
    ("The witnesses revealed what they committed", "witnesses"),
    ("The public source is of the frozen kind", "public_source"),
    ("The re-computed result is the published one", "recompute"),
    ("Replacements follow from the seed", "replacements"),
)


def verify(
    data: bytes,
    *,
    require_ledger: bool = False,
    ledger_check: Callable[[dict[str, bytes]], str | None] | None = None,
) -> Report:
    """Check a bundle's bytes. ``ledger_check(files)`` gives a sentence when its proofs fail.

    Never raises for what is in the bundle: the report's status is 0 equal, 1 differs,
    2 not readable as a bundle.
    """
    report = Report()
    try:
        files = bundle.read(data)
    except bundle.Unreadable as error:
        report.status = UNREADABLE
        report.verdict = f"NOT READABLE: {error}."
        return report
    checks = _Checks(files)
    try:
        for name, method in STEPS:
            started = perf_counter()
            note = getattr(checks, method)()
            report.lines.append(Line(name, (perf_counter() - started) * 1000, note))
        _ledger(files, report, require_ledger=require_ledger, check=ledger_check)
    except (Differs, Malformed) as error:
        return _failed(report, str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return _failed(report, f"A file lacks a field or holds one of another kind ({error}).")
    report.draw_id = str(checks.json["freeze.json"]["draw"])
    report.result, report.seed = checks.result, checks.seed
    anchored = "" if report.anchored else " (not anchored in a ledger)"
    report.verdict = f"EQUAL: the published result is the one that was drawn{anchored}."
    return report


def _failed(report: Report, sentence: str) -> Report:
    report.status = DIFFERS
    report.verdict = "DIFFERS: " + sentence
    return report


def _ledger(
    files: dict[str, bytes],
    report: Report,
    *,
    require_ledger: bool,
    check: Callable[[dict[str, bytes]], str | None] | None,
) -> None:
    proofs = [name for name in files if name.startswith(bundle.PROOFS)]
    if not proofs or check is None:
        if require_ledger:
            raise Differs("The draw is not anchored in a ledger.")
        return
    problem = check(files)
    if problem:
        raise Differs(problem)
    report.anchored = True


def frozen_tables(files: dict[str, bytes]) -> dict[str, str]:
    """Digests of a bundle's files, as pages show them."""
    return {name: digest(content) for name, content in sorted(files.items())}


def canonical_files(freeze: Any, plan: Any, commits: Any, record: Any) -> dict[str, bytes]:
    """The four JSON files of a bundle in canonical form."""
    values = (freeze, plan, commits, record)
    return {name: canonical(value) for name, value in zip(JSON_FILES, values, strict=True)}

"""Verifying a published bundle: every check timed, the first failure in one plain sentence.

Which checks there are is said by the edition of the bundle's version.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import bundle, commitment
from .assignment import VACANT
from .case import Case
from .encoding import Malformed
from .names import ONE, TWO, version_in
from .one import EDITION as FIRST
from .selection import lot
from .two import EDITION as SECOND

_EDITIONS = {ONE: FIRST, TWO: SECOND}

EQUAL, DIFFERS, UNREADABLE = 0, 1, 2
Timer = Callable[[], float]


def _no_time() -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One check: its name, whether it held, a sentence, and how long it took (milliseconds)."""

    name: str
    holds: bool
    sentence: str
    milliseconds: float


@dataclass(slots=True)
class Report:
    """What verifying came to. ``status``: EQUAL, DIFFERS or UNREADABLE. ``limits``: what an equal
    bundle does not prove, also part of the ``verdict``. ``grade``: of an equal draw of version 2.
    """

    status: int
    lines: list[Line] = field(default_factory=list)
    verdict: str = ""
    limits: list[str] = field(default_factory=list)
    grade: str = ""
    case: Case | None = None


def verify_bundle(
    data: bytes,
    *,
    require_ledger: bool = False,
    ledger_key: str | None = None,
    cosigners: Sequence[str] = (),
    timer: Timer = _no_time,
) -> Report:
    """Check the bundle in ``data`` and recompute its draw; stops at the first check that fails.

    ``require_ledger``: a bundle without ledger proofs fails. ``ledger_key``: verifier key of the
    ledger (``name+id+key``); without it the checkpoint's signature is not checked.
    ``cosigners``: keys of witnesses who must have cosigned the newest checkpoint; without proofs
    the bundle fails. ``timer`` gives seconds from any start; without it no check takes any time.
    """
    began = timer()
    try:
        files = bundle.read(data)
    except bundle.Unreadable as error:
        took = _since(began, timer)
        line = Line("files", False, str(error), took)
        return Report(UNREADABLE, [line], f"Not readable as a bundle: {error}.")
    report = Report(EQUAL, [Line("files", True, f"{len(files)} files", _since(began, timer))])
    edition = _EDITIONS[version_in(files["freeze.json"])]
    case = report.case = Case(files, edition, require_ledger, ledger_key, tuple(cosigners))
    for name, check in edition.checks:
        began = timer()
        try:
            report.lines.append(Line(name, True, check(case), _since(began, timer)))
        except Malformed as error:
            report.lines.append(Line(name, False, str(error), _since(began, timer)))
            report.status = DIFFERS
            report.verdict = f"DIFFERS: {error}."
            return report
    report.grade, report.limits = case.grade, [*edition.limits(case), *_loose_ends(case)]
    report.verdict = f"{_praise(case)} Not proven: {'; '.join(report.limits)}."
    return report


def _loose_ends(case: Case) -> list[str]:
    """What any bundle leaves open when no ledger, or none with a known key, vouches for it."""
    if not case.anchored:
        return ["the order of the steps: the draw is not anchored in a ledger"]
    if case.ledger_key is None:
        return ["that the ledger is the authority's: the ledger's signature was not checked"]
    return []


def _praise(case: Case) -> str:
    number, version = case.freeze["draw"], case.edition.version
    if case.freeze["v"] == version.rehearsal:
        return f"EQUAL: rehearsal {number} recomputes, but a rehearsal decides nothing."
    return (
        f"EQUAL: draw {number} of version {version.number} recomputes to the published result"
        f"{case.edition.praise(case)}."
    )


def audit(case: Case, code: str, salt: bytes | None = None) -> list[str]:
    """Sentences about one enterprise of a verified bundle.

    ``code``: the code in pool.tsv; for a sealed draw the enterprise's own code together with its
    ``salt``, or the sealed code itself. Raises :class:`Malformed` when it is not in the roster.
    """
    result = case.computed()
    row = row_of(case, code, salt)
    place = next(n for n, part in enumerate(result.strata) if part.start <= row < part.end)
    part, own = result.strata[place], lot(case.seed, row)
    largest = result.largest_lots()[place]
    said = [
        f"row {row} of {len(result.pool_lines)}, stratum {part.code} "
        f"({part.end - part.start} rows, {part.k} drawn)",
        f"lot {own.hex()}",
        f"largest winning lot of the stratum {largest.hex() if largest else '-'}",
    ]
    order, roster = case.order, case.roster
    if order is None or roster is None:
        raise Malformed("the bundle was not verified to its end")
    task = next((n for n, one in enumerate(order.rows) if one.row == row), None)
    if task is None:
        return [*said, "not drawn: the lot is larger than the largest winning one"]
    tokens = [
        "vacant" if roster.who[n] == VACANT else result.officers[roster.who[n]].token
        for n, seat in enumerate(roster.seats)
        if seat.task == task
    ]
    joined = case.edition.joining if task >= len(result.tasks) else ""
    return [*said, f"drawn as number {task + 1}{joined}; officers: {', '.join(tokens)}"]


def row_of(case: Case, code: str, salt: bytes | None = None) -> int:
    """The row of an enterprise in the frozen roster, by its code and in a sealed draw its salt.

    Raises :class:`Malformed` with what is wrong or missing.
    """
    result = case.computed()
    sealed = case.plan["mode"] == "sealed"
    for part in result.strata:
        objects = [code] if code.isascii() else []
        if objects and sealed and salt is not None:
            objects.append(commitment.sealed_object(part.code, code, salt))
        for target in objects:
            line = f"{part.code}\t{target}".encode()
            row = bisect_left(result.pool_lines, line)
            if result.pool_lines[row : row + 1] == [line]:
                return row
    if not sealed:
        raise Malformed(f"{code} is not in the frozen roster")
    if salt is None:
        raise Malformed(f"the roster is sealed, so {code} is found together with its salt only")
    raise Malformed(f"{code} and this salt lead to no row of the frozen roster")


def _since(began: float, timer: Timer) -> float:
    return (timer() - began) * 1000

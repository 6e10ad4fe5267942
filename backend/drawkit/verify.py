"""Verifying a published bundle: every check timed, the first failure in one plain sentence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from . import bundle, commitment, later
from .assignment import VACANT
from .checks import CHECKS, Case
from .commitment import REHEARSAL
from .encoding import Malformed
from .selection import lot

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
    """What verifying came to. ``status``: EQUAL, DIFFERS or UNREADABLE."""

    status: int
    lines: list[Line] = field(default_factory=list)
    verdict: str = ""
    case: Case | None = None


def verify_bundle(
    data: bytes,
    *,
    require_ledger: bool = False,
    ledger_key: str | None = None,
    timer: Timer = _no_time,
) -> Report:
    """Check the bundle in ``data`` and recompute its draw; stops at the first check that fails.

    ``require_ledger``: a bundle without ledger proofs fails. ``ledger_key``: verifier key of the
    ledger (``name+id+key``); without it the checkpoint's signature is not checked. ``timer``
    gives seconds from any start; without it no check takes any time.
    """
    began = timer()
    try:
        files = bundle.read(data)
    except bundle.Unreadable as error:
        took = _since(began, timer)
        line = Line("files", False, str(error), took)
        return Report(UNREADABLE, [line], f"Not readable as a bundle: {error}.")
    report = Report(EQUAL, [Line("files", True, f"{len(files)} files", _since(began, timer))])
    case = report.case = Case(files, require_ledger=require_ledger, ledger_key=ledger_key)
    for name, check in (*CHECKS, *later.CHECKS):
        began = timer()
        try:
            report.lines.append(Line(name, True, check(case), _since(began, timer)))
        except Malformed as error:
            report.lines.append(Line(name, False, str(error), _since(began, timer)))
            report.status = DIFFERS
            report.verdict = f"DIFFERS: {error}."
            return report
    report.verdict = _praise(case)
    return report


def _praise(case: Case) -> str:
    number = case.freeze["draw"]
    anchored = "" if case.ledger_key else "; the ledger's signature was not checked"
    if not case.anchored:
        anchored = "; not anchored in a ledger"
    if case.freeze["v"] == REHEARSAL:
        return f"EQUAL: rehearsal {number} recomputes, but a rehearsal decides nothing{anchored}."
    return f"EQUAL: draw {number} recomputes to the published result{anchored}."


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
    later = " by an extension, the next of the same order" if task >= len(result.tasks) else ""
    return [*said, f"drawn as number {task + 1}{later}; officers: {', '.join(tokens)}"]


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

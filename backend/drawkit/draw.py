"""One whole draw: digests of what goes in, what comes out of a seed, the result's bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import forms, merkle, recusals, shape
from .assignment import VACANT, Officer, Seat, assign, read_officers, seats_of
from .encoding import Malformed, canonical, digest, read_table
from .names import Version
from .selection import Drawn, Stratum, draw_rows, strata_of, tasks


@dataclass(frozen=True, slots=True)
class Inputs:
    """The frozen tables, as bytes in strict form."""

    plan: dict[str, Any]
    pool: bytes
    officers: bytes
    recusals: bytes
    exclusions: bytes = b""


@dataclass(frozen=True, slots=True)
class Result:
    """What a seed decides. ``who``: officer row of each seat or VACANT."""

    strata: list[Stratum]
    drawn: list[list[Drawn]]
    tasks: list[Drawn]
    seats: list[Seat]
    who: list[int]
    load: list[int]
    officers: list[Officer]
    pool_lines: list[bytes]

    def line(self, task: Drawn) -> bytes:
        """The pool line of a drawn enterprise."""
        return self.pool_lines[task.row]

    def largest_lots(self) -> list[bytes | None]:
        """The largest winning lot of each stratum: who drew a smaller one is drawn."""
        return [part[-1].lot if part else None for part in self.drawn]

    @property
    def vacant(self) -> list[int]:
        """Numbers of the seats nobody could take."""
        return [number for number, row in enumerate(self.who) if row == VACANT]

    def objects(self) -> list[str]:
        """The object of each task, in draw order."""
        return [self.line(one).rpartition(b"\t")[2].decode("ascii") for one in self.tasks]

    def drawn_lines(self) -> list[str]:
        """The lines of result.tsv about enterprises, one a stratum."""
        return ["drawn\t" + ",".join(str(one.row) for one in part) for part in self.drawn]

    def seat_lines(self) -> list[str]:
        """The lines of result.tsv about officers, one a seat."""
        objects, made = self.objects(), []
        for number, (seat, row) in enumerate(zip(self.seats, self.who, strict=True)):
            token = "-" if row == VACANT else self.officers[row].token
            parts = "seat", str(number), objects[seat.task], seat.department, seat.speciality, token
            made.append("\t".join(parts))
        return made

    def tsv(self) -> bytes:
        """The bytes of result.tsv."""
        lines = [*self.drawn_lines(), *self.seat_lines()]
        return "".join(line + "\n" for line in lines).encode("ascii")


def frozen_inputs(
    inputs: Inputs, version: Version, draw_id: str, recusal_key: bytes | None
) -> dict[str, Any]:
    """The fields of freeze.json that follow from checked tables, the same in every version.

    ``recusal_key``: 32 random bytes fix the recusals row by row, so that they can be published in
    part; without it they are fixed as one file. Raises Malformed for what a verifier would refuse.
    """
    forms.check("plan.json", inputs.plan, shape.plan(version), more=True)
    check_teams(inputs.plan)
    check_id(draw_id, inputs.plan)
    lines = read_table(inputs.pool, "pool.tsv")
    officers = read_officers(read_table(inputs.officers, "officers.tsv"))
    pairs = read_table(inputs.recusals, "recusals.tsv")
    check_inputs(lines, officers, read_table(inputs.exclusions, "exclusions.tsv"))
    strata = strata_of(lines, inputs.plan["strata"])
    return {
        "v": inputs.plan["v"],
        "draw": draw_id,
        "plan_sha256": digest(canonical(inputs.plan)),
        "pool_sha256": digest(inputs.pool),
        "pool_root": merkle.root(lines).hex(),
        "pool_rows": len(lines),
        "strata": [
            {"code": part.code, "start": part.start, "end": part.end, "k": part.k}
            for part in strata
        ],
        "officers_sha256": digest(inputs.officers),
        **_recusals(recusal_key, inputs.recusals, lines, pairs),
        "exclusions_sha256": digest(inputs.exclusions),
    }


def _recusals(
    key: bytes | None, data: bytes, lines: list[bytes], pairs: list[bytes]
) -> dict[str, str]:
    if key is None:
        return {"recusals_sha256": digest(data)}
    return {"recusals_root": recusals.root(key, lines, pairs)}


def check_id(draw_id: str, plan: dict[str, Any]) -> None:
    """Refuse an id that does not begin with the plan's authority and end with its number."""
    if not draw_id.startswith(f"{plan['authority']}-") or not draw_id.endswith(f"-{plan['seq']}"):
        raise Malformed("the draw's id does not fit the authority and the number in plan.json")


def check_teams(plan: dict[str, Any]) -> None:
    """Refuse a plan in which a team has fewer than two seats or a stratum has no team."""
    for code, team in plan["teams"].items():
        if sum(part["n"] for part in team) < 2:
            raise Malformed(f"the team of stratum {code} has fewer than two seats")
    for rule in plan["strata"]:
        if rule["code"] not in plan["teams"] and "*" not in plan["teams"]:
            raise Malformed(f"stratum {rule['code']} has no team")


def check_inputs(pool: list[bytes], officers: list[Officer], exclusions: list[bytes]) -> None:
    """Refuse an enterprise in two strata, one that is excluded too, an officer in two rows."""
    objects = {line.rpartition(b"\t")[2] for line in pool}
    if len(objects) != len(pool):
        raise Malformed("the roster has an enterprise in two strata")
    excluded = [line.partition(b"\t")[0] for line in exclusions]
    present = next((code for code in excluded if code in objects), None)
    if present is not None:
        raise Malformed(f"the roster has {present.decode()}, which a rule excludes")
    if len({officer.token for officer in officers}) != len(officers):
        raise Malformed("officers.tsv has an officer in two rows")


def recusal_test(
    pairs: list[bytes], officers: list[Officer], objects: list[str]
) -> Callable[[int, int], bool]:
    """A function (task, officer row) → whether a recusal stands between them.

    ``objects``: the object of each task.
    """
    rows = {officer.token: row for row, officer in enumerate(officers)}
    away: dict[str, set[int]] = {}
    for line in pairs:
        officer, target = line.decode("ascii").split("\t")
        if officer in rows:
            away.setdefault(target, set()).add(rows[officer])
    nobody: set[int] = set()
    barred = [away.get(target, nobody) for target in objects]
    return lambda task, row: row in barred[task]


def compute(inputs: Inputs, seed: bytes) -> Result:
    """Enterprises and officers that ``seed`` decides. Raises Malformed for bad input."""
    lines = read_table(inputs.pool, "pool.tsv")
    officers = read_officers(read_table(inputs.officers, "officers.tsv"))
    strata = strata_of(lines, inputs.plan["strata"])
    drawn = draw_rows(seed, strata)
    order = tasks(drawn)
    objects = [lines[one.row].rpartition(b"\t")[2].decode("ascii") for one in order]
    seats = seats_of([strata[one.stratum].code for one in order], inputs.plan["teams"])
    barred = recusal_test(read_table(inputs.recusals, "recusals.tsv"), officers, objects)
    state = assign(seed, seats, officers, barred)
    return Result(strata, drawn, order, seats, state.who, state.load, officers, lines)

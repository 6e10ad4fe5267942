"""Extensions: the next rows of the same order of a draw that was held, with seats for them.

Nothing is drawn anew: which rows come next has been fixed since the seed was. Their officers are
those eligible at the freeze, by a key of the seed and the extension's number alone; who sits
already stays. The reason never enters the key.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from .assignment import VACANT, Seat, seats_of
from .draw import Result
from .encoding import Malformed
from .replacement import Roster, redraw
from .selection import Drawn, Stratum, next_rows


def extension_key(seed: bytes, number: int) -> bytes:
    """Key of the officers of extension ``number`` (from 1)."""
    return hmac.new(seed, f"extend\n{number}".encode("ascii"), sha256).digest()


@dataclass(slots=True)
class Order:
    """The order of a draw and how far it has been taken; :func:`run_extension` moves it on.

    ``strata``: with ``k`` counting the rows taken so far. ``rows``: every row taken, in the order
    of visits. ``number``: the last extension's.
    """

    seed: bytes
    strata: list[Stratum]
    lines: list[bytes]
    teams: dict[str, list[dict[str, Any]]]
    rows: list[Drawn]
    number: int = 0


def order_of(result: Result, seed: bytes, plan: Mapping[str, Any]) -> Order:
    """The order of a computed draw, before any extension."""
    strata, rows = list(result.strata), list(result.tasks)
    return Order(seed, strata, result.pool_lines, plan["teams"], rows)


def run_extension(
    order: Order, roster: Roster, more: Sequence[tuple[str, int]], reason: str
) -> dict[str, Any]:
    """Take ``more`` [(stratum, how many)] rows and return their entry of extensions.json.

    ``roster`` stands where the batches of replacements run so far have left it, and gets the new
    seats. Raises :class:`Malformed` for strata out of order or unknown, none or too many rows.
    """
    number = order.number + 1
    places = {part.code: place for place, part in enumerate(order.strata)}
    _check(number, more, places)
    found: list[Drawn] = []
    for code, count in more:
        place = places[code]
        part = order.strata[place]
        left = part.end - part.start - part.k
        if count > left:
            raise Malformed(f"extension {number}: stratum {code} has only {left} rows left")
        found += [replace(one, stratum=place) for one in next_rows(order.seed, part, count)]
        order.strata[place] = replace(part, k=part.k + count)
    found.sort(key=lambda one: one.lot)
    seats = _seat(order, roster, found, number)
    order.rows += found
    order.number = number
    return {
        "extension": number,
        "after": roster.batch,
        "more": [{"stratum": code, "n": count} for code, count in more],
        "reason": reason,
        "rows": [one.row for one in found],
        "seats": [{"seat": seat, "officer": _token(roster, seat)} for seat in seats],
    }


def _check(number: int, more: Sequence[tuple[str, int]], places: Mapping[str, int]) -> None:
    codes = [code for code, _count in more]
    unknown = next((code for code in codes if code not in places), None)
    if unknown is not None:
        raise Malformed(f"extension {number} names stratum {unknown}, which does not exist")
    if not codes or any(count < 1 for _code, count in more):
        raise Malformed(f"extension {number} adds no row")
    if sorted(set(codes)) != codes:
        raise Malformed(f"extension {number} names its strata out of order or twice")


def _seat(order: Order, roster: Roster, found: list[Drawn], number: int) -> range:
    """Give the added rows their seats and officers; gives the numbers of the seats."""
    base, first = len(roster.objects), len(roster.seats)
    codes = [order.strata[one.stratum].code for one in found]
    added = [
        Seat(base + seat.task, seat.department, seat.speciality)
        for seat in seats_of(codes, order.teams)
    ]
    roster.objects = roster.objects + [
        order.lines[one.row].rpartition(b"\t")[2].decode("ascii") for one in found
    ]
    roster.seats = roster.seats + added
    roster.who += [VACANT] * len(added)
    tokens = [officer.token for officer in roster.officers]
    numbers = range(first, first + len(added))
    redraw(
        extension_key(order.seed, number),
        list(numbers),
        roster.seats,
        roster.officers,
        roster.who,
        roster.load,
        lambda task, row: (tokens[row], roster.objects[task]) in roster.recused,
    )
    return numbers


def _token(roster: Roster, seat: int) -> str | None:
    row = roster.who[seat]
    return None if row == VACANT else roster.officers[row].token

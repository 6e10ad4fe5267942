"""Extensions: more rows of a draw that was held, with seats for them.

In version 1 nothing is drawn anew: which rows come next has been fixed since the seed was, and
:func:`run_extension` takes them. Version 2 draws among the rest (``two/rounds.py``). In both the
officers are those eligible at the freeze, who sits already stays, and no reason enters a key.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from .assignment import VACANT, Seat, seats_of
from .draw import Result
from .encoding import Malformed, is_increasing
from .replacement import Roster, redraw
from .selection import Drawn, Stratum, next_rows


def extension_key(seed: bytes, number: int) -> bytes:
    """Key of the officers of extension ``number`` (from 1) of version 1."""
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
    """Take the next rows, ``more`` [(stratum, how many)], and return the entry of extensions.json.

    ``roster`` stands where the batches of replacements run so far have left it, and gets the new
    seats. Raises :class:`Malformed` for strata out of order or unknown, none or too many rows.
    """
    number = order.number + 1
    places = check_more(order, more, f"extension {number}")
    found = [
        replace(one, stratum=place)
        for place, count in places
        for one in next_rows(order.seed, order.strata[place], count)
    ]
    made = add_rows(order, roster, found, extension_key(order.seed, number))
    order.number = number
    return {
        "extension": number,
        "after": roster.batch,
        "more": [{"stratum": code, "n": count} for code, count in more],
        "reason": reason,
        **made,
    }


def check_more(order: Order, more: Sequence[tuple[str, int]], what: str) -> list[tuple[int, int]]:
    """The strata asked for, as (place, how many). Raises :class:`Malformed`, naming ``what``, for
    strata that are unknown, out of order or too small."""
    places = {part.code: place for place, part in enumerate(order.strata)}
    codes = [code for code, _count in more]
    unknown = next((code for code in codes if code not in places), None)
    if unknown is not None:
        raise Malformed(f"{what} names stratum {unknown}, which does not exist")
    if not codes or any(count < 1 for _code, count in more):
        raise Malformed(f"{what} adds no row")
    if not is_increasing(codes):
        raise Malformed(f"{what} names its strata out of order or twice")
    for code, count in more:
        part = order.strata[places[code]]
        left = part.end - part.start - part.k
        if count > left:
            raise Malformed(f"{what}: stratum {code} has only {left} rows left")
    return [(places[code], count) for code, count in more]


def add_rows(order: Order, roster: Roster, found: list[Drawn], key: bytes) -> dict[str, Any]:
    """Let rows join the draw in ascending lot, with officers by ``key``; returns what the entry
    says of it."""
    found = sorted(found, key=lambda one: one.lot)
    for one in found:
        part = order.strata[one.stratum]
        order.strata[one.stratum] = replace(part, k=part.k + 1)
    seats = _seat(order, roster, found, key)
    order.rows += found
    return {
        "rows": [one.row for one in found],
        "seats": [{"seat": seat, "officer": _token(roster, seat)} for seat in seats],
    }


def _seat(order: Order, roster: Roster, found: list[Drawn], key: bytes) -> range:
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
        key,
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
